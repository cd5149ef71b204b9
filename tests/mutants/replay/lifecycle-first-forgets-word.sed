# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The first user leaves the CPU word alone.
s/if \(locked && m->users == 1\)/if (false)/
