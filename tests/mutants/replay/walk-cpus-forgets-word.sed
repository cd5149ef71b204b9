# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The CPU walk does not copy a word in transit to its CPU.
/^static void fix_cpu\(/,/^}/{/if \(cid_is_task_owned\(t->cid\)\) \{/,/\}/s/\*word = t->cid = /t->cid = /}
