# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The CPU walk leaves the number that it moves with the CPU, too.
/^static void fix_cpu\(/,/^}/s/\*word = t->cid = \(\*word/t->cid = (*word/
