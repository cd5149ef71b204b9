# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The task walk does not copy a word in transit to its CPU.
/^static void fix_task/,/^}/s/model_words\(.*\)\[t->cpu\] = t->cid;/(void)mm;/
