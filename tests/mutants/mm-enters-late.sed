# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# One user too many for the numbers does not yet flip the mode.
s/m->users > m->max_cids\)/m->users > m->max_cids + 1)/
