# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The task walk from 7.0 on begins with the user that was counted last but one.
/^void walk_begin/,/^}/s/walk_seek\(model, m, walk_first\(model, m\)\)/walk_seek(model, m, model->protocol.walk_users == WALK_USERS_LIST ? walk_after(model, walk_first(model, m)) : walk_first(model, m))/
