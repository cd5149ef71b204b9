# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The CPU walk leaves the number of a running task alone.
/^static void fix_cpu\(/,/^}/s/if \(cid_is_task_owned\(t->cid\)\) \{/if (false) {/
