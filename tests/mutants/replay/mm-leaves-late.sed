# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The mode leads back one user later.
s/mm->users < thrs \? 0/mm->users + 1 < thrs ? 0/
