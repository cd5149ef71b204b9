# A word may be longer than its room.
s/TOKEN_MAX - 1\)/TOKEN_MAX + 64)/
