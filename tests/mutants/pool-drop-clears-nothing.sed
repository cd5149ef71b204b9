# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# Drop leaves the bit set.
/^void pool_drop\(/,/^}/s/clear_bit\(.*;/(void)clear_bit;/
