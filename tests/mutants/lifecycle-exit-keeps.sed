# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An exit keeps its number.
/^static void leave_users/,/^}/s/pool_unset_task\(.*;/(void)observer;/
