# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An affinity change leaves max_cids alone.
s/^\tm->max_cids = now.max_cids;/\t;/
