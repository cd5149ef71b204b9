# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# In, per task: the CPU word is left alone.
/^static inline struct step enter_per_task/,/^}/s/\*c = t->cid = word;/t->cid = word;/
