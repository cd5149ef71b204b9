# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An exit leaves TRANSIT in its word: the number is not seen to be its own.
/^static void leave_users/,/^}/s/t->cid &= .*;/;/
