# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A number that settles is written to the task only.
/^static void leave/,/^}/s/\*cpu_word\(.*= owned;/(void)forgotten;/
