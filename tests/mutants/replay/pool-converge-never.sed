# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A number at or above max_cids stays.
/^cid_word pool_converge/,/^}/s/if \(cid_number\(word\) < max\)/if (max)/
