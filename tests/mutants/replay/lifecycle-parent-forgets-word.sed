# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The fork that flips the mode leaves the CPU word alone.
/^static void fix_parent/,/^}/s/\*word = p->cid;/(void)word;/
