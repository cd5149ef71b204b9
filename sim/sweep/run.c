/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/run.h"

#include "sim/engine/engine.h"

enum { TICK_US = 200000 };

enum row_state { ROW_OPEN, ROW_RUNNING, ROW_DONE };

/* A row; once it is handed over the slot is that of row + SWEEP_AHEAD, and OPEN. */
struct slot {
	enum row_state state;
	enum sweep_outcome outcome;
	char *row;
	char *message; /* why the point cannot be; NULL = it can */
};

struct crew {
	const struct sweep_run *run;
	struct sweep_events *events;
	gint64 ticked_us; /* these are the caller's, the mutex is for all that follow */
	GMutex mutex;
	GCond done; /* a row is DONE */
	GCond room; /* there is a row to take, or the sweep is to stop */
	struct slot slots[SWEEP_AHEAD];
	uint64_t next; /* row to be handed over; written by the caller only */
	uint64_t open; /* row to be taken */
	int stop;      /* atomic */
};

static struct slot *slot_of(struct crew *crew, uint64_t row)
{
	return &crew->slots[row % SWEEP_AHEAD];
}

static void change_state(struct slot *slot, enum row_state from, enum row_state to)
{
	g_assert(slot->state == from);
	g_assert((to == ROW_DONE) == (slot->row != NULL));
	slot->state = to;
}

static bool must_stop(struct crew *crew)
{
	return g_atomic_int_get(&crew->stop) != 0;
}

static void stop_all(struct crew *crew)
{
	g_mutex_lock(&crew->mutex);
	g_atomic_int_set(&crew->stop, 1);
	g_cond_broadcast(&crew->room);
	g_mutex_unlock(&crew->mutex);
}

/* --- the caller, between its own points --- */

static void note_impossible(struct crew *crew, uint64_t row, struct slot *slot)
{
	struct sweep_events *events = crew->events;

	g_assert((slot->message != NULL) == (slot->outcome == SWEEP_IMPOSSIBLE));
	if (!slot->message)
		return;
	if (events->impossible++ == 0) {
		events->first_impossible = crew->run->first_point + row * crew->run->step;
		events->message = g_steal_pointer(&slot->message);
	}
	g_free(slot->message);
}

/* Take the next row to hand over out of its slot. False if it is not done. */
static bool take_done(struct crew *crew, struct slot *taken)
{
	struct slot *slot;

	g_mutex_lock(&crew->mutex);
	slot = slot_of(crew, crew->next);
	*taken = *slot;
	if (taken->state == ROW_DONE) {
		g_assert(crew->next < crew->open);
		slot->row = slot->message = NULL;
		change_state(slot, ROW_DONE, ROW_OPEN);
		crew->next++;
		g_cond_signal(&crew->room);
	}
	g_mutex_unlock(&crew->mutex);
	return taken->state == ROW_DONE;
}

static void hand_over(struct crew *crew)
{
	const struct sweep_run *run = crew->run;
	struct slot taken;

	while (!must_stop(crew) && take_done(crew, &taken)) {
		note_impossible(crew, crew->next - 1, &taken);
		if (!run->row(run->context, taken.row, taken.outcome))
			stop_all(crew);
		g_free(taken.row);
	}
}

static void tick(struct crew *crew)
{
	gint64 now = g_get_monotonic_time();

	if (must_stop(crew) || crew->next == crew->run->rows || now - crew->ticked_us < TICK_US)
		return;
	crew->ticked_us = now;
	if (!crew->run->tick(crew->run->context))
		stop_all(crew);
}

/* Until a row can be handed over, at most up to the next tick. */
static void wait_for_done(struct crew *crew)
{
	gint64 until = g_get_monotonic_time() + TICK_US;

	g_assert(crew->next < crew->run->rows);
	g_mutex_lock(&crew->mutex);
	while (slot_of(crew, crew->next)->state != ROW_DONE &&
		g_cond_wait_until(&crew->done, &crew->mutex, until))
		continue;
	g_mutex_unlock(&crew->mutex);
}

/* --- one point, in any thread --- */

/* NULL if the sweep is to stop. */
static struct record_result *run_point(
	struct crew *crew, const struct scenario *scenario, bool is_caller)
{
	struct engine *engine = engine_new(scenario);
	struct record_result *result = NULL;
	bool more = true;

	while (more && !must_stop(crew)) {
		more = engine_advance(engine, ENGINE_EVENTS_AT_ONCE);
		if (is_caller) {
			hand_over(crew);
			tick(crew);
		}
	}
	if (!more)
		result = engine_run(engine);
	engine_free(engine);
	return result;
}

/* Takes @message. */
static void describe_impossible(
	const struct crew *crew, uint64_t point, struct slot *slot, char *message)
{
	GString *text = g_string_new(NULL);

	g_assert(message);
	sweep_row_append_impossible(text, crew->run->axes, point, crew->run->base);
	*slot = (struct slot){ .outcome = SWEEP_IMPOSSIBLE, .message = message };
	slot->row = g_string_free(text, FALSE);
}

static void describe_result(const struct crew *crew, uint64_t point, struct slot *slot,
	const struct record_result *result)
{
	GString *text = g_string_new(NULL);

	g_assert(!result->input_error);
	*slot = (struct slot){ 0 };
	slot->outcome = sweep_row_append(text, crew->run->axes, point, result, crew->run->mm);
	slot->row = g_string_free(text, FALSE);
}

/* Fill @slot, unless the sweep is to stop. */
static void run_possible(struct crew *crew, uint64_t point, const struct scenario *scenario,
	struct slot *slot, bool is_caller)
{
	struct record_result *result = run_point(crew, scenario, is_caller);

	if (!result)
		return;
	if (result->input_error)
		describe_impossible(crew, point, slot,
			g_strdup_printf("%s:%s", scenario->path, result->input_error));
	else
		describe_result(crew, point, slot, result);
	record_result_free(result);
}

static void run_taken_row(struct crew *crew, uint64_t row, bool is_caller)
{
	const struct sweep_run *run = crew->run;
	uint64_t point = run->first_point + row * run->step;
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = sweep_axes_scenario(run->axes, run->source, point, errors);
	struct slot filled = { 0 }, *slot = slot_of(crew, row);

	g_assert(row < run->rows);
	if (scenario)
		run_possible(crew, point, scenario, &filled, is_caller);
	else
		describe_impossible(crew, point, &filled, g_strdup(errors->pdata[0]));
	scenario_free(scenario);
	g_mutex_lock(&crew->mutex);
	slot->row = filled.row;
	slot->message = filled.message;
	slot->outcome = filled.outcome;
	change_state(slot, ROW_RUNNING, filled.row ? ROW_DONE : ROW_OPEN);
	g_cond_signal(&crew->done);
	g_mutex_unlock(&crew->mutex);
}

/* --- threads --- */

static bool has_room(const struct crew *crew)
{
	g_assert(crew->next <= crew->open && crew->open - crew->next <= SWEEP_AHEAD);
	return crew->open - crew->next < SWEEP_AHEAD;
}

/* Take an open row. False if there is none: with @wait only at the end of the sweep. */
static bool take_open(struct crew *crew, bool wait, uint64_t *row)
{
	bool taken;

	g_mutex_lock(&crew->mutex);
	g_assert(crew->open <= crew->run->rows);
	while (wait && !must_stop(crew) && crew->open < crew->run->rows && !has_room(crew))
		g_cond_wait(&crew->room, &crew->mutex);
	taken = !must_stop(crew) && crew->open < crew->run->rows && has_room(crew);
	if (taken) {
		*row = crew->open++;
		change_state(slot_of(crew, *row), ROW_OPEN, ROW_RUNNING);
	}
	g_mutex_unlock(&crew->mutex);
	return taken;
}

static void *work(void *data)
{
	struct crew *crew = data;
	uint64_t row;

	while (take_open(crew, true, &row))
		run_taken_row(crew, row, false);
	return NULL;
}

/* The caller's part. */
static void lead(struct crew *crew)
{
	uint64_t row;

	while (!must_stop(crew) && crew->next < crew->run->rows) {
		if (take_open(crew, false, &row))
			run_taken_row(crew, row, true);
		else
			wait_for_done(crew);
		hand_over(crew);
		tick(crew);
	}
}

/* Those besides the caller: as many as there are rows for, and as the system gives. */
static GPtrArray *start_threads(struct crew *crew)
{
	uint64_t wanted = MIN(crew->run->jobs, crew->run->rows - crew->run->done);
	GPtrArray *threads = g_ptr_array_new();
	GThread *thread;

	g_assert(crew->next == crew->run->done);
	while (threads->len + 1 < wanted &&
		(thread = g_thread_try_new("sweep", work, crew, NULL)) != NULL)
		g_ptr_array_add(threads, thread);
	if (threads->len + 1 < wanted)
		crew->events->threads_missing = (unsigned)(wanted - threads->len - 1);
	return threads;
}

static void end_threads(struct crew *crew, GPtrArray *threads)
{
	g_assert(threads->len < crew->run->jobs);
	stop_all(crew);
	for (guint i = 0; i < threads->len; i++)
		g_thread_join(threads->pdata[i]);
	g_ptr_array_free(threads, TRUE);
}

static struct crew *crew_new(const struct sweep_run *run, struct sweep_events *events)
{
	struct crew *crew = g_new0(struct crew, 1);

	g_assert(run->rows <= POINTS_MAX);
	crew->run = run;
	crew->events = events;
	crew->next = crew->open = run->done;
	g_mutex_init(&crew->mutex);
	g_cond_init(&crew->done);
	g_cond_init(&crew->room);
	return crew;
}

static void crew_free(struct crew *crew)
{
	for (unsigned i = 0; i < SWEEP_AHEAD; i++) {
		g_assert(crew->slots[i].state != ROW_RUNNING);
		g_free(crew->slots[i].row);
		g_free(crew->slots[i].message);
	}
	g_cond_clear(&crew->room);
	g_cond_clear(&crew->done);
	g_mutex_clear(&crew->mutex);
	g_free(crew);
}

bool sweep_run(const struct sweep_run *run, struct sweep_events *events)
{
	struct crew *crew;
	GPtrArray *threads;
	bool all;

	g_assert(run->jobs >= 1 && run->jobs <= SWEEP_JOBS_MAX);
	g_assert(run->step >= 1 && run->done <= run->rows);
	*events = (struct sweep_events){ 0 };
	crew = crew_new(run, events);
	threads = start_threads(crew);
	lead(crew);
	all = !must_stop(crew);
	g_assert(!all || crew->next == run->rows);
	end_threads(crew, threads);
	crew_free(crew);
	return all;
}
