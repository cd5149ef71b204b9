# A number may be larger than what it is for.
s/\(uint64_t\)value->number <= max\)/max > 0)/
