# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The task walk puts the number of a task that does not run in transit, too.
s/if \(!model_is_running\(model, task\)\) \{/if (false) {/
