/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/task.h"

#include <glib.h>

#define BIT(x) (1U << (x))

/* Where a decision is made, and what may follow it. */
#define MUTEX_STAGES (BIT(STAGE_DECIDE) | BIT(STAGE_WALK) | BIT(STAGE_COMPLETE))
#define AFTER_FINISH (BIT(STAGE_ENTER) | BIT(STAGE_DECIDE) | BIT(STAGE_RETURN) | BIT(STAGE_USER))
#define ALL_STAGES (BIT(TASK_STAGES) - 1)

const uint16_t task_states_after[TASK_STATES] = {
	[TASK_FREE] = BIT(TASK_WAITS),
	[TASK_WAITS] = BIT(TASK_QUEUED) | BIT(TASK_SLEEPS) | BIT(TASK_FREE),
	[TASK_SLEEPS] = BIT(TASK_QUEUED) | BIT(TASK_SLEEPS),
	[TASK_QUEUED] = BIT(TASK_RUNS) | BIT(TASK_MOVES),
	[TASK_RUNS] = BIT(TASK_QUEUED) | BIT(TASK_MOVES) | BIT(TASK_WAITS) | BIT(TASK_SLEEPS) |
	              BIT(TASK_BLOCKED) | BIT(TASK_DIES),
	[TASK_MOVES] = BIT(TASK_QUEUED) | BIT(TASK_RUNS),
	[TASK_BLOCKED] = BIT(TASK_QUEUED),
	[TASK_DIES] = BIT(TASK_FREE),
};

const uint16_t task_stages_in_state[TASK_STATES] = {
	[TASK_FREE] = ALL_STAGES,
	/* ENTER: the deferred work, queued while its kernel thread waits */
	[TASK_WAITS] = BIT(STAGE_USER) | BIT(STAGE_ENTER) | BIT(STAGE_RETURN),
	[TASK_SLEEPS] = BIT(STAGE_USER) | BIT(STAGE_RETURN),
	[TASK_QUEUED] = ALL_STAGES,
	[TASK_RUNS] = ALL_STAGES,
	[TASK_MOVES] = ALL_STAGES,
	[TASK_BLOCKED] = BIT(STAGE_DECIDE),
	[TASK_DIES] = BIT(STAGE_DECIDE) | BIT(STAGE_COMPLETE),
};

const uint16_t task_stages_of_op[TASK_OPS] = {
	[OP_NONE] = BIT(STAGE_USER),
	[OP_FORK] = BIT(STAGE_ENTER) | MUTEX_STAGES | BIT(STAGE_RETURN),
	[OP_UNDO_FORK] = MUTEX_STAGES,
	[OP_EXIT] = BIT(STAGE_ENTER) | MUTEX_STAGES,
	[OP_EXEC_LEAVE] = BIT(STAGE_ENTER) | MUTEX_STAGES,
	[OP_EXEC_JOIN] = BIT(STAGE_ENTER) | MUTEX_STAGES,
	[OP_AFFINITY] = BIT(STAGE_ENTER),
	[OP_WORK] = BIT(STAGE_ENTER) | MUTEX_STAGES,
};

const uint16_t task_stages_after[TASK_STAGES] = {
	[STAGE_USER] = BIT(STAGE_ENTER),
	/* to ENTER or USER: a fork that fails before the decision, an affinity change */
	[STAGE_ENTER] = BIT(STAGE_DECIDE) | BIT(STAGE_ENTER) | BIT(STAGE_USER),
	[STAGE_DECIDE] = BIT(STAGE_WALK) | BIT(STAGE_COMPLETE) | AFTER_FINISH,
	[STAGE_WALK] = BIT(STAGE_WALK) | BIT(STAGE_COMPLETE),
	[STAGE_COMPLETE] = AFTER_FINISH,
	[STAGE_RETURN] = BIT(STAGE_ENTER) | BIT(STAGE_USER),
};

const char *task_state_to_string(enum task_state state)
{
	static const char *const words[] = { "free", "waits", "sleeps", "queued", "runs", "moves",
		"blocked", "dies" };

	_Static_assert(G_N_ELEMENTS(words) == TASK_STATES, "a word for each state");
	g_assert(state < TASK_STATES);
	return words[state];
}

const char *task_stage_to_string(enum task_stage stage)
{
	static const char *const words[] = { "user", "enter", "decide", "walk", "complete",
		"return" };

	_Static_assert(G_N_ELEMENTS(words) == TASK_STAGES, "a word for each stage");
	g_assert(stage < TASK_STAGES);
	return words[stage];
}

const char *task_op_to_string(enum task_op op)
{
	static const char *const words[] = { "none", "fork", "undo_fork", "exit", "exec_leave",
		"exec_join", "affinity", "work" };

	_Static_assert(G_N_ELEMENTS(words) == TASK_OPS, "a word for each operation");
	g_assert(op < TASK_OPS);
	return words[op];
}
