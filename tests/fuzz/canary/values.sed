# A list of CPUs may run backwards by one.
s/(range->last) < (range->first)\)/\1 + 1 < \2)/
