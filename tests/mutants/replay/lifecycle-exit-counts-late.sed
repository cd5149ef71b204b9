# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An exit decides as if its task were still a user.
s/^\tif \(!(mm_update_constraints\(model, mm, TRIGGER_EXIT, cpu, task, observer\))\)/\tm->users++;\n\tbool changed = \1;\n\tm->users--;\n\tif (!changed)/
