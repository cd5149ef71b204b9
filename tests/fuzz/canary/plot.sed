# Backquotes reach gnuplot.
s/g_ascii_isalnum\(bytes\[i\]\) \|\| /bytes[i] == 0x60 || &/
