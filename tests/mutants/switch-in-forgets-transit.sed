# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# In, towards per CPU: the number is the CPU's at once (B1).
/word & ~CID_ONCPU\) \| CID_TRANSIT/s/=.*/= word;/
