# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# In, towards per task: the number is the task's at once.
s/word \|= CID_TRANSIT;/;/
