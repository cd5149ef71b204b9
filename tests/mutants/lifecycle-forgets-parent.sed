# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The fork that flips the mode leaves its own word as it was.
s/^\t\tfix_parent\(model, m, cpu, parent\);/\t\t(void)fix_parent;/
