# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The task walk ends before the user that was counted first.
s/bool more = next != walk_first\(model, mm\);/bool more = next != walk_first(model, mm) \&\&\n\t\t    walk_after(model, next) != walk_first(model, mm);/
