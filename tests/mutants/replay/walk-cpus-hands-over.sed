# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The CPU walk gives the number of a CPU to its running task for good.
/^static void fix_cpu\(/,/^}/s/\(\*word & CID_NUMBER\) \| transit/*word \& CID_NUMBER/
