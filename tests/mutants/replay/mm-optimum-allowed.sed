# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The optimum does not look at the users.
s/uint32_t opt = min32\(allowed_count, users\);/uint32_t opt = allowed_count;/
