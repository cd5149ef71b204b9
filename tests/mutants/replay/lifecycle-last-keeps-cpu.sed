# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The last user leaves its number to its CPU.
s/if \(m->users == 1 && model_cpu.*\{/if (false) {/
