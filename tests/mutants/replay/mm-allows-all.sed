# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A new mm is allowed all CPUs, whatever its creator is.
/^struct step mm_create/,/^}/s/mask \? mask_count\(model, mask\) : model->cpus_count/model->cpus_count/
