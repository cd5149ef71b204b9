# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# In, per CPU: the CPU does not take the number of the task.
s/word = t->cid \| CID_ONCPU;/pool_unset_task(model, next, observer);/
