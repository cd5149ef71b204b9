# CPUs are printed by their position, not by their id.
s/cpu_ids_add\(&ids, scenario->cpu_ids\[cpu\]\)/cpu_ids_add(\&ids, cpu)/
