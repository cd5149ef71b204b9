# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# In, per task: a task without number does not take that of its CPU.
s/word = \*c & CID_NUMBER;/pool_drop_cpu(model, t->mm, cpu, observer);/
