# A share is printed without its first decimal.
s/millionths % 1000000\)/millionths % 100000)/
