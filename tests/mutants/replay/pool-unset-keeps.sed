# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# A task that is unset does not give its number back.
/^void pool_unset_task/,/^}/s/if \(cid_is_task_owned\(old\)\)/if (false)/
