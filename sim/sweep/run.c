/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/run.h"

#include <assert.h>

#include "sim/engine/engine.h"

enum {
	TICK_US = 200000,
	EVENTS_AT_ONCE = 1 << 16, /* between looks at whether to stop */
};

/* A row that is done and waits for those before it. */
struct slot {
	char *row; /* NULL: not done */
	char *fault;
	enum sweep_outcome outcome;
};

struct crew {
	const struct sweep_run *run;
	GMutex mutex;
	GCond changed; /* a slot has been filled */
	struct slot slots[SWEEP_AHEAD];
	int stop; /* atomic */
};

static bool stopped(struct crew *crew)
{
	return g_atomic_int_get(&crew->stop) != 0;
}

/* --- one point, in a thread of the pool --- */

/* NULL if it was to stop. */
static struct record_result *run_point(struct crew *crew, const struct scenario *scenario)
{
	struct engine *engine = engine_new(scenario);
	struct record_result *result = NULL;
	bool more = true;

	while (more && !stopped(crew))
		more = engine_advance(engine, EVENTS_AT_ONCE);
	if (!more)
		result = engine_run(engine);
	engine_free(engine);
	return result;
}

static void do_possible(
	struct crew *crew, uint64_t point, const struct scenario *scenario, struct slot *slot)
{
	struct record_result *result = run_point(crew, scenario);
	GString *row;

	if (!result)
		return;
	row = g_string_new(NULL);
	if (result->input_error) {
		slot->fault = g_strdup_printf("%s:%s", scenario->path, result->input_error);
		slot->outcome = SWEEP_IMPOSSIBLE;
		sweep_row_append_impossible(row, crew->run->axes, point, crew->run->base);
	} else {
		slot->outcome =
			sweep_row_append(row, crew->run->axes, point, result, crew->run->mm);
	}
	slot->row = g_string_free(row, FALSE);
	record_result_free(result);
}

static void do_impossible(
	struct crew *crew, uint64_t point, const GPtrArray *errors, struct slot *slot)
{
	GString *row = g_string_new(NULL);

	assert(errors->len > 0);
	slot->fault = g_strdup(errors->pdata[0]);
	slot->outcome = SWEEP_IMPOSSIBLE;
	sweep_row_append_impossible(row, crew->run->axes, point, crew->run->base);
	slot->row = g_string_free(row, FALSE);
}

/* @data is the number of the row, and 1. */
static void work(gpointer data, gpointer user_data)
{
	struct crew *crew = user_data;
	uint64_t row = GPOINTER_TO_SIZE(data) - 1;
	uint64_t point = crew->run->first_point + row * crew->run->step;
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	struct slot slot = { 0 };
	struct scenario *scenario;

	if (!stopped(crew)) {
		scenario = sweep_axes_scenario(crew->run->axes, crew->run->source, point, errors);
		if (scenario)
			do_possible(crew, point, scenario, &slot);
		else
			do_impossible(crew, point, errors, &slot);
		scenario_free(scenario);
	}
	g_ptr_array_free(errors, TRUE);
	g_mutex_lock(&crew->mutex);
	crew->slots[row % SWEEP_AHEAD] = slot;
	g_cond_signal(&crew->changed);
	g_mutex_unlock(&crew->mutex);
}

/* --- the thread that hands rows over --- */

/* Take the slot of @row if it is filled within a tick. */
static struct slot take(struct crew *crew, uint64_t row)
{
	gint64 until = g_get_monotonic_time() + TICK_US;
	struct slot *slot = &crew->slots[row % SWEEP_AHEAD], taken;

	g_mutex_lock(&crew->mutex);
	while (!slot->row && g_cond_wait_until(&crew->changed, &crew->mutex, until))
		continue;
	taken = *slot;
	*slot = (struct slot){ 0 };
	g_mutex_unlock(&crew->mutex);
	return taken;
}

static void note_fault(
	const struct sweep_run *run, struct sweep_faults *faults, uint64_t row, struct slot *slot)
{
	if (!slot->fault)
		return;
	if (faults->count++ == 0) {
		faults->first_point = run->first_point + row * run->step;
		faults->first = g_steal_pointer(&slot->fault);
	}
	g_free(slot->fault);
}

/* Hand rows over until all are there, or something says to stop. Returns how many there are. */
static uint64_t hand_over(struct crew *crew, GThreadPool *pool, struct sweep_faults *faults)
{
	const struct sweep_run *run = crew->run;
	uint64_t next = run->done, begun = run->done;
	gint64 ticked = 0;
	bool go_on = true;

	while (go_on && next < run->rows) {
		struct slot slot;

		for (; begun < run->rows && begun - next < SWEEP_AHEAD; begun++)
			g_thread_pool_push(pool, GSIZE_TO_POINTER(begun + 1), NULL);
		slot = take(crew, next);
		if (slot.row) {
			note_fault(run, faults, next, &slot);
			go_on = run->row(run->context, slot.row, slot.outcome);
			g_free(slot.row);
			next += go_on;
		}
		if (go_on && g_get_monotonic_time() - ticked >= TICK_US) {
			ticked = g_get_monotonic_time();
			go_on = run->tick(run->context);
		}
	}
	return next;
}

bool sweep_run(const struct sweep_run *run, struct sweep_faults *faults)
{
	struct crew *crew = g_new0(struct crew, 1);
	GThreadPool *pool;
	uint64_t done;

	assert(run->jobs >= 1 && run->jobs <= SWEEP_JOBS_MAX);
	*faults = (struct sweep_faults){ 0 };
	crew->run = run;
	g_mutex_init(&crew->mutex);
	g_cond_init(&crew->changed);
	/* A pool that is not exclusive starts no threads, so that it cannot fail. */
	pool = g_thread_pool_new(work, crew, (gint)run->jobs, FALSE, NULL);
	done = hand_over(crew, pool, faults);
	g_atomic_int_set(&crew->stop, 1);
	g_thread_pool_free(pool, FALSE, TRUE);
	for (unsigned i = 0; i < SWEEP_AHEAD; i++) {
		g_free(crew->slots[i].row);
		g_free(crew->slots[i].fault);
	}
	g_cond_clear(&crew->changed);
	g_mutex_clear(&crew->mutex);
	g_free(crew);
	return done == run->rows;
}
