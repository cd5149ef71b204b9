# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The task walk visits its initiator, too.
s/if \(task == mm->initiator\)/if (task == mm->initiator \&\& model->protocol.walk_users != WALK_USERS_LIST)/
