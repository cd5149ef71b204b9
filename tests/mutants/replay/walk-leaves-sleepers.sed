# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The task walk leaves the number of a task that does not run alone.
/^static void fix_task/,/^}/s/pool_unset_task\(.*;/;/
