# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A number settles although the window is not over.
s/ && !\(mode & MODE_TRANSIT\) && number/ \&\& number/
