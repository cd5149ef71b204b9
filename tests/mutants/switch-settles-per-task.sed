# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A number settles with the task in each mode.
s/mode & MODE_PER_CPU \? CID_ONCPU : 0/0/
