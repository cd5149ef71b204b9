/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_KINDS_H
#define CIDSIM_SIM_MACHINE_KINDS_H

/*
 * The kinds of steps, a row for each: how it is written and described, what must hold before it,
 * what it does. The table is in kinds.c.
 */

#include "sim/machine/machine.h"

/* What an argument is, and so which field of the step it fills. */
enum step_argument {
	NOTHING,
	A_CPU,
	A_TASK,
	A_TASK_OR_IDLE,
	A_CHILD,
	A_PLACE, /* a CPU, a task or nothing */
};

enum { STEP_ARGUMENTS_MAX = 2 };

/* NULL, or why the step cannot be taken. */
typedef const char *step_refuse(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step);

/* Take the step, which is not refused. */
typedef enum step_outcome step_apply(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer);

struct step_kind {
	const char *word;
	enum step_argument arguments[STEP_ARGUMENTS_MAX];
	bool reads_mode; /* "sees MODE" may follow */
	const char *form;
	/*
	 * In words, with these in braces: cpu, task, child: those of the step; at: the CPU of the
	 * task; runs: what the CPU runs before; partner: of the task; target: of the walk; seen:
	 * ", reading the mode as …" where that is not the present one.
	 */
	const char *text;
	enum machine_op op; /* what it uses up; MACHINE_OPS: nothing */
	step_refuse *refuse;
	step_apply *apply;
	const char *other_text; /* enter idle; an exec that succeeds; NULL: there is no other */
};

/* The row of @verb, below VERB_COUNT. */
const struct step_kind *step_kind(enum step_verb verb);

/* refuse.c */
step_refuse refuse_out, refuse_in, refuse_leave, refuse_enter, refuse_retry, refuse_give_up,
	refuse_migrate, refuse_fork, refuse_show, refuse_walk, refuse_complete, refuse_fork_retry,
	refuse_fork_give_up, refuse_begin, refuse_exec_end, refuse_affinity, refuse_work;

/* apply-switch.c */
step_apply apply_out, apply_in, apply_leave, apply_enter, apply_retry, apply_give_up, apply_migrate;

/* apply-mm.c */
step_apply apply_fork, apply_show, apply_walk, apply_complete, apply_fork_retry, apply_fork_give_up,
	apply_exit, apply_exec, apply_failed_exec, apply_exec_end, apply_affinity, apply_work;

#endif
