# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The CPU walk leaves the number of a CPU under a task that is no user any more.
/^static void fix_cpu\(/,/^}/s/ && t->mm == mm && t->active;/ \&\& t->mm == mm;/
