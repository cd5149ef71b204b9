# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A number that converges is the CPU's no more.
s/number \| \(word & CID_ONCPU\)/number/
