# With reductions, a task cannot have a wider affinity.
s/for \(uint32_t task = 0; machine->left\[MACHINE_AFFINITIES\] > 0/for (uint32_t task = config->reduced ? 99 : 0; machine->left[MACHINE_AFFINITIES] > 0/
