# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The CPU walk copies a word that is in transit already to its CPU, too.
/^static void fix_cpu\(/,/^}/s/^\tif \(!ours \|\| cid_is_in_transit/\tif (ours \&\& cid_is_in_transit(t->cid))\n\t\t*word = t->cid;\n&/
