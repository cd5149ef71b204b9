# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# In, per task: the CPU keeps its number beside that of the task.
/^static inline struct step enter_per_task/,/^}/s/pool_drop_cpu\(.*;/;/
