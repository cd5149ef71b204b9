/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_KERNEL_RECORD_H
#define CIDSIM_SIM_CLI_KERNEL_RECORD_H

/*
 * Records what happens in a run as parts of a load: one for each mm, in which a CPU idles while it
 * runs a task of another mm. A part begins with the first task of its mm: a process, or one that is
 * made by a fork or an exec. A task whose exec succeeds leaves its part and begins another one.
 */

#include "sim/engine/engine.h"
#include "sim/kernel/load.h"

struct kernel_record;

/* Of a run of @scenario, up to @events_max events. */
struct kernel_record *kernel_record_new(const struct scenario *scenario, uint32_t events_max);
void kernel_record_free(struct kernel_record *record);

/* What hears the run. */
struct record_sink kernel_record_sink(struct kernel_record *record);

/* Are there @events_max events, or is there something that no load can have? */
bool kernel_record_is_over(const struct kernel_record *record);

/* The parts as they are now, until @record is freed. False: no load can have what has happened, such
 * as more than CODE_TASKS_MAX tasks of one mm at once. */
bool kernel_record_load(struct kernel_record *record, struct load *load);

#endif
