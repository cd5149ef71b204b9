# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# Get leaves the bit of the number that it answers clear.
/^uint32_t pool_take/,/^}/s/set_bit\(model, m, number\);/(void)set_bit;/
