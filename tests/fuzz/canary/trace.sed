# Control characters of a line stay in it.
s/letter == '\\t' \? ' ' : '\?'/letter == '\\t' ? ' ' : (int)letter/
