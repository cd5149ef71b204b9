# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# Drop CPU does not test that the CPU owns the number (B4).
s/model->protocol.drop_tests_owned && !cid_is_cpu_owned\(word\)/false/
