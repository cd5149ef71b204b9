# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The task walk gives the number of a running task to its CPU at once (B1).
s/t->cid \|= model->protocol.transit_to_percpu \? CID_TRANSIT : CID_ONCPU;/t->cid |= CID_ONCPU;/
