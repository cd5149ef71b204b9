# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The first user leaves the CPU word alone.
s/\(mm->users == 1 \|\| mm_is_per_cpu\(mm\)\)/mm_is_per_cpu(mm)/
