/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_DUMP_SIGNS_H
#define CIDSIM_SIM_DUMP_SIGNS_H

/*
 * Signs: what can be asked of a dump, and speaks for or against a known defect. Each appends to
 * @why a sentence without a full stop: what the dump shows, or, where the answer is UNKNOWN, what
 * is missing.
 */

#include "sim/dump/view.h"

typedef enum answer sign(const struct view *view, GString *why);

sign sign_per_cpu;     /* the mode is per CPU */
sign sign_transit;     /* the mode has TRANSIT */
sign sign_window;      /* a change of the mode is under way */
sign sign_bare_window; /* ... towards per CPU, and the mode has no TRANSIT */
sign sign_spin;        /* a get spins */
sign sign_exec_window; /* ... in a window that a failed exec has opened, or its holder spins itself
                        */
sign sign_stale_spin;  /* ... of a task whose CID another CPU keeps */
sign sign_cpu_owned;   /* a CPU owns a CID */
sign sign_task_owned;  /* a user owns a CID */
sign sign_in_transit;  /* the word of a task is in transit */
sign sign_unset_transit; /* a word is UNSET and in transit, or bit 31 was cleared */
sign sign_inactive;      /* a task that is no user holds a CID */
sign sign_exit_dropped;  /* an exit dropped a word of its CPU that is in transit */
sign sign_groups;        /* the users are of several thread groups */
sign sign_owner_new;     /* who owns a CID is not on the list of its thread group yet */
sign sign_forks;         /* a fork is under way */
sign sign_unset_runs;    /* a user runs with UNSET on a CPU that owns a CID */
sign sign_too_few;       /* there are fewer users than at which an mm of this width leaves */
sign sign_deferred;      /* deferred work is queued */

#endif
