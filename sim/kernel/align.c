/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/align.h"

#include <string.h>

#include "model/walk.h"
#include "sim/kernel/compare.h"
#include "sim/kernel/follow.h"
#include "sim/kernel/path.h"
#include "sim/kernel/program.h"
#include "sim/kernel/stop.h"

enum {
	STEPS_MAX = 4,  /* of the model for one stop */
	STOPS_MAX = 12, /* of the code in the middle of a step */
};

/* Steps that are only tried. */

struct attempt {
	enum due due;
	struct drops drops;
	uint64_t steps;
	uint32_t noted; /* of the path */
	bool tainted[CODE_MMS_MAX];
};

static void attempt_begin(
	struct attempt *attempt, struct pair *pair, const struct operation *operation)
{
	memcpy(pair->saved, pair->model, pair->model->size);
	*attempt = (struct attempt){
		.due = operation->due, .drops = pair->drops, .steps = pair->steps
	};
	attempt->noted = pair->path ? pair->path->count : 0;
	memcpy(attempt->tainted, pair->tainted, sizeof(attempt->tainted));
}

static void attempt_undo(
	const struct attempt *attempt, struct pair *pair, struct operation *operation)
{
	memcpy(pair->model, pair->saved, pair->saved->size);
	memcpy(pair->tainted, attempt->tainted, sizeof(attempt->tainted));
	operation->due = attempt->due;
	pair->drops = attempt->drops;
	pair->steps = attempt->steps;
	if (pair->path)
		pair->path->count = attempt->noted;
}

/* What to tell if the states do not become equal. */

/* Where they were nearest to each other; of several such places the last. */
struct nearest {
	uint32_t count; /* of values that differ; UINT32_MAX: none was looked at */
	struct code_at at;
	char what[200];
};

static void look(
	struct nearest *nearest, const struct pair *pair, const struct operation *operation)
{
	uint32_t count;
	g_autoptr(GString) text = NULL;

	if (!stop_is_place(&operation->at))
		return;
	count = compare_count(pair);
	if (count == 0 || count > nearest->count)
		return;
	text = g_string_new(NULL);
	compare_describe(pair, text);
	nearest->count = count;
	nearest->at = operation->at;
	g_strlcpy(nearest->what, text->str, sizeof(nearest->what));
}

/* Take the step that is due, but not one of a walk: follow_walk() takes that, where the code has
 * had the rq lock. */
static bool take_next(struct pair *pair, struct operation *operation, uint32_t cpu)
{
	return operation->due != DUE_WALK && program_take(pair, operation, cpu);
}

/* Take a step that must not change anything. */
static bool take_if_equal(struct pair *pair, struct operation *operation, uint32_t cpu)
{
	struct attempt attempt;

	attempt_begin(&attempt, pair, operation);
	if (!take_next(pair, operation, cpu))
		return false;
	if (compare_equal(pair))
		return true;
	attempt_undo(&attempt, pair, operation);
	return false;
}

/* Take steps, as few as can be, until the states are equal. */
static bool take_until_equal(
	struct pair *pair, struct operation *operation, uint32_t cpu, struct nearest *nearest)
{
	struct attempt attempt;

	if (compare_equal(pair))
		return true;
	look(nearest, pair, operation);
	attempt_begin(&attempt, pair, operation);
	for (int i = 0; i < STEPS_MAX && take_next(pair, operation, cpu); i++) {
		if (compare_equal(pair))
			return true;
		look(nearest, pair, operation);
	}
	attempt_undo(&attempt, pair, operation);
	return false;
}

/* Does the stop say that the step which is due comes next? */
static bool is_where_the_stop_says(const struct operation *operation)
{
	enum due due = operation->due;

	switch (operation->at.stop) {
	case CODE_RQ:
		return due == DUE_WALK || due == DUE_AFFINITY || due == DUE_COMPLETE;
	case CODE_FINDS:
		return due == DUE_FORK_GET || due == DUE_FORK_SPIN;
	case CODE_SPINS:
		return due == DUE_SPIN || due == DUE_FORK_SPIN;
	case CODE_ENDS:
		return due == DUE_NOTHING;
	default:
		return true;
	}
}

/* The states are equal. Where the stop says that a later step comes next, those before it must
 * change nothing: take them. */
static void follow_the_stop(struct pair *pair, struct operation *operation, uint32_t cpu)
{
	while (!is_where_the_stop_says(operation) && take_if_equal(pair, operation, cpu))
		;
}

static void note_what_differs(
	struct pair *pair, const struct operation *operation, const struct nearest *nearest)
{
	g_autoptr(GString) text = g_string_new(NULL);

	compare_describe(pair, text);
	if (text->len > 0 && nearest->count < UINT32_MAX)
		pair_differs(pair, &nearest->at, "%s", nearest->what);
	else if (text->len > 0)
		pair_differs(pair, &operation->at, "%s", text->str);
	else
		pair_differs(pair, &operation->at,
			"the code's operation is over, in the model %s follows",
			program_due_to_string(operation->due));
}

/* The states differ: say how, after the steps of the model that are due. */
static void note_difference(
	struct pair *pair, struct operation *operation, uint32_t cpu, const struct nearest *nearest)
{
	struct attempt attempt;

	attempt_begin(&attempt, pair, operation);
	for (int i = 0; i < STEPS_MAX && operation->due != DUE_NOTHING; i++) {
		if (!take_next(pair, operation, cpu))
			break;
	}
	if (compare_equal(pair))
		attempt_undo(&attempt, pair, operation);
	note_what_differs(pair, operation, nearest);
}

/* Walks over the system visit tasks that are no users, too: the model has no steps for these. */
static bool visits_others(const struct pair *pair)
{
	return pair->protocol.walk_users == WALK_USERS_SYSTEM;
}

/* The code has held the rq lock of @rq as its walk does: the model's step is one of the same CPU. A
 * task may have been moved before its lock could be had: then the code looks again. */
static void follow_walk(struct pair *pair, struct operation *operation, uint32_t cpu, uint32_t rq)
{
	uint32_t expected;

	if (operation->due == DUE_COMPLETE && !visits_others(pair))
		pair_differs(pair, &operation->at,
			"the walk takes the rq lock of CPU%u, in the model it is over", rq);
	if (operation->due != DUE_WALK)
		return;
	expected = walk_next_cpu(pair->model, operation->mm);
	if (expected == rq)
		program_take(pair, operation, cpu);
	else if (model_mm_const(pair->model, operation->mm)->phase == PHASE_WALK_CPUS)
		pair_differs(pair, &operation->at,
			"the walk takes the rq lock of CPU%u, in the model that of CPU%u", rq,
			expected);
}

/* Run the code to its next stop. The last one is where a message says that it was. */
static void run_code(struct pair *pair, uint32_t actor, uint32_t cpu)
{
	struct operation *operation = &pair->operations[actor];
	struct code_at before = operation->at;

	operation->at = *pair->code->resume(actor, cpu);
	operation->waits = false;
	if (operation->at.stop == CODE_ENDS) {
		operation->at.file = before.file;
		operation->at.line = before.line;
	}
	if (before.stop == CODE_RQ && operation->op != CODE_AFFINITY)
		follow_walk(pair, operation, cpu, before.lock);
}

/* Is the code in the middle of a step although the states are equal? It has read what others can
 * change: in a get it has found nothing below max_cids and will look above. An affinity change has
 * asked for users and then wants the lock: in the model that is one step. */
static bool must_go_on(const struct operation *operation)
{
	if (operation->op == CODE_AFFINITY && operation->at.stop != CODE_ENDS)
		return true;
	return !is_where_the_stop_says(operation);
}

bool align_resume(struct pair *pair, uint32_t actor, uint32_t cpu)
{
	struct operation *operation = &pair->operations[actor];
	struct nearest nearest = { .count = UINT32_MAX };

	if (pair->partner != PARTNER_MODEL)
		return follow_resume(pair, actor, cpu);
	g_assert(operation->busy && !pair->difference.found);
	for (int stops = 0; stops < STOPS_MAX; stops++) {
		run_code(pair, actor, cpu);
		if (pair->difference.found)
			return false;
		if (take_until_equal(pair, operation, cpu, &nearest)) {
			follow_the_stop(pair, operation, cpu);
			if (!must_go_on(operation))
				return true;
			nearest.count = UINT32_MAX;
		}
		if (!stop_can_go_on(&operation->at, pair->code))
			break;
	}
	note_difference(pair, operation, cpu, &nearest);
	return false;
}
