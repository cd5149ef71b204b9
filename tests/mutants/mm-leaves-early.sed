# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The mode leads back one user earlier.
s/mm->users < thrs \? 0/mm->users <= thrs ? 0/
