# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# Out takes the number of a task that owns it, too.
/^static void leave/,/^}/s/!cid_is_in_transit\(t->cid\)/!(cid_is_in_transit(t->cid) || cid_is_task_owned(t->cid))/
