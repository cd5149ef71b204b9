# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An exit that flips the mode does not drop its CPU's number.
/^static void exit_fix_cpu/,/^}/s/^\t\tpool_drop_cpu\(model, mm, cpu, observer\);/\t\t;/
