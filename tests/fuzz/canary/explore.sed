# With reductions, a task cannot have a wider affinity.
s/if \(machine->left\[MACHINE_AFFINITIES\] > 0\)/if (machine->left[MACHINE_AFFINITIES] > 0 \&\& !config->reduced)/
