# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# In: a task that is no user gets a number, too.
s/if \(t->has_mm && t->active\)/if (t->has_mm)/
