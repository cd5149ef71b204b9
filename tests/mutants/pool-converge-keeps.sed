# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# Converge does not give the old number back.
/^cid_word pool_converge/,/^}/s/pool_drop\(.*;/;/
