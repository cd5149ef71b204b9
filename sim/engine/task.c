/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/task.h"

#include <glib.h>

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
