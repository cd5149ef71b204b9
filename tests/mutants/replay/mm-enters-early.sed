# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# As many users as numbers flip the mode.
s/m->users > m->max_cids\)/m->users >= m->max_cids)/
