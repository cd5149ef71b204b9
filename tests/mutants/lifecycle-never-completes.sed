# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# TRANSIT stays in the mode when the window is over.
/^struct step window_complete/,/^}/s/m->mode &= \(uint8_t\)~MODE_TRANSIT;/;/
