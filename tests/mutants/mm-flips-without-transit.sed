# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A flip does not set TRANSIT in the mode.
s/mm->mode (\||\^)= MODE_TRANSIT;/;/
