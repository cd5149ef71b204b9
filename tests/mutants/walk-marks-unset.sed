# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The CPU walk sets TRANSIT in a word that is UNSET (B7).
s/ && !model->protocol.walk_keeps_unset//
