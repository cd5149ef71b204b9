# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A number settles although it is not below max_cids.
s/ && number < mm->max_cids\) \{/) {/
