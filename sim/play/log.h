/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLAY_LOG_H
#define CIDSIM_SIM_PLAY_LOG_H

/* What the event log has of played steps besides what it has of any run: the machine that they
 * are taken on, and after each of them its whole state. */

#include <glib.h>

#include "sim/machine/machine.h"

/* The machine, "start=3 max=4 groups=0,0,1 …": all that machine_start() and machine_apply() ask. */
void play_log_machine(GString *text, const struct machine_config *config);

/* The state, "mode=1 users=3 … words=0x0,- cpu_words=0x1,0x0 on=T0,-": - is no task; behind the
 * task of a CPU stands * where it spins in get, + where the CPU is between the halves of a switch.
 */
void play_log_state(
	GString *text, const struct machine *machine, const struct machine_config *config);

#endif
