# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A new mm is allowed all CPUs, not those of its creator.
/^struct step mm_create/,/^}/s/mask \? mask_count\(model, mask\) : model->cpus_count/model->cpus_count/
