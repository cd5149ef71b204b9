# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# TRANSIT stays in the mode when the window is over.
/^static void complete/,/^}/s/m->mode &= \(uint8_t\)~MODE_TRANSIT;/;/
