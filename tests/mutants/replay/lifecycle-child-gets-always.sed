# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The child of a fork in per-CPU mode gets a number, too.
/^struct step fork_decide/,/^}/s/^\tmm_release_mutex\(m\);/\tif (pool_has_room(model, mm))\n\t\tmodel_task(model, child)->cid = (cid_word)pool_get(model, mm, observer);\n\tmm_release_mutex(m);/
