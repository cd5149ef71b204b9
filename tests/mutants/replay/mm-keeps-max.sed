# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# In per-CPU mode forks and exits leave max_cids alone.
s/^\tm->max_cids = now.max_cids;/\tif (!per_cpu)\n\t\tm->max_cids = now.max_cids;/
