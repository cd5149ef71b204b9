# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The CPU walk leaves a CPU on which no task of the mm runs its number.
/if \(!ours\) \{/,/\}/s/pool_drop_cpu\(.*;/;/
