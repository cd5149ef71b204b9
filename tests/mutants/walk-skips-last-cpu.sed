# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The CPU walk ends before the last CPU.
s/\+\+m->cursor == model->cpus_count/++m->cursor + 1 >= model->cpus_count/
