# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# Drop CPU leaves no number in the CPU word.
/^void pool_drop_cpu/,/^}/s/words\[cpu\] = word;/words[cpu] = CID_UNSET;/
