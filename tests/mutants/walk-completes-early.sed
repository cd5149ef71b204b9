# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# TRANSIT leaves the mode when the task walk has one user to visit.
s/^\t\twalk_tasks_advance\(model, m\);/&\n\t\tif (walk_after(model, m->cursor) == walk_first(model, m))\n\t\t\tm->mode \&= (uint8_t)~MODE_TRANSIT;/
