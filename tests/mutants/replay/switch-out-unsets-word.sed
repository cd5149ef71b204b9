# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# Out leaves no number in the CPU word.
/^static void leave/,/^}/s/^\tt->cid = CID_UNSET;/\tt->cid = *cpu_word(model, t->mm, cpu, \&forgotten) = CID_UNSET;/
