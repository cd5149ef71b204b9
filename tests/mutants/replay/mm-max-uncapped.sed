# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# max_cids is not capped by the possible CPUs.
s/result.max_cids = min32\((opt .*), model->cpus_count\);/result.max_cids = \1;/
