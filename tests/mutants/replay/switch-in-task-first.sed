# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# In, per CPU: of two numbers the one of the task stays.
/^static struct step enter_per_cpu/,/^}/s/pool_unset_task\(.*;/{\n\t\t\tpool_drop_cpu(model, t->mm, cpu, observer);\n\t\t\tword = t->cid | CID_ONCPU;\n\t\t}/
