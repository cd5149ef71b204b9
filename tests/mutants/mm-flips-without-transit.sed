# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A flip does not set TRANSIT in the mode.
s/m->mode \|= MODE_TRANSIT;/;/
