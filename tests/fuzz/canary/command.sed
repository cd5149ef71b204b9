# The memory of an exploration may be too small.
s/size < MEMORY_MIN/size < 4096/
