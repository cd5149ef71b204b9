/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/breach/breach.h"

#include <inttypes.h>
#include <string.h>

#include "sim/engine/engine.h"
#include "sim/record/expect.h"

enum { ABOUT_MAX = 160 };

/* How much a record says about an event: of several it is the first one that says most. */
enum rank { RANK_NONE, RANK_SWITCH, RANK_NOTE, RANK_DECISION };

/* A run made again, and what its last event was. */
struct again {
	const struct scenario *scenario;
	struct engine *engine;
	bool (*goes_on)(void *context);
	void *context;
	enum rank rank;
	char about[ABOUT_MAX]; /* "fork by pid 119 on CPU 2" */
	char flip[ABOUT_MAX];  /* ", flip 4 of app: to per CPU at 5 users"; "" */
};

/* --- what happens --- */

static uint32_t cpu_id(const struct again *again, uint32_t cpu)
{
	g_assert(cpu < again->scenario->cpus_count);
	return again->scenario->cpu_ids[cpu];
}

static const struct {
	const char *event, *words;
} notes[] = {
	{ "start", "start" },
	{ "fork", "fork" },
	{ "undo_fork", "end of a failed fork" },
	{ "exit", "exit" },
	{ "exec_leave", "exec" },
	{ "exec_join", "exec" },
	{ "work", "deferred work" },
	{ "walk", "step of a walk" },
	{ "complete", "end of a walk" },
	{ "affinity", "affinity change" },
	{ "spin", "get that spins" },
	{ "spin_end", "end of a spin" },
	{ "give_up", "get that gives up" },
};

/* The words for a note of the log; its own name if it is no step of the model. */
static const char *words_of(const char *event, enum rank *rank)
{
	for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
		*rank = RANK_DECISION;
		if (strcmp(notes[i].event, event) == 0)
			return notes[i].words;
	}
	*rank = RANK_NOTE;
	return event;
}

static void see_note(void *context, const struct record_note *note)
{
	struct again *again = context;
	enum rank rank;
	const char *words = words_of(note->event, &rank);

	if (rank <= again->rank)
		return;
	again->rank = rank;
	if (note->task->pid)
		g_snprintf(again->about, ABOUT_MAX, "%s by pid %" PRIu32 " on CPU %" PRIu32, words,
			note->task->pid, cpu_id(again, note->cpu));
	else
		g_snprintf(again->about, ABOUT_MAX, "%s on CPU %" PRIu32, words,
			cpu_id(again, note->cpu));
}

static void see_switch(void *context, const struct record_switch *fact)
{
	struct again *again = context;

	if (again->rank >= RANK_SWITCH)
		return;
	again->rank = RANK_SWITCH;
	g_snprintf(again->about, ABOUT_MAX,
		"switch from pid %" PRIu32 " to pid %" PRIu32 " on CPU %" PRIu32, fact->prev->pid,
		fact->next->pid, cpu_id(again, fact->cpu));
}

static void see_flip(void *context, const struct record_mode_switch *flip)
{
	struct again *again = context;
	const GPtrArray *accounts = engine_totals(again->engine)->accounts;
	const struct record_account *account = accounts->pdata[flip->account];

	g_snprintf(again->flip, ABOUT_MAX,
		", flip %" PRIu64 " of %s: to per %s at %" PRIu32 " user%s",
		account->to_percpu + account->to_task, account->name,
		flip->to_percpu ? "CPU" : "task", flip->users, flip->users == 1 ? "" : "s");
}

/* --- the runs --- */

/* Broken properties are kept with their times. */
static bool is_of_violations(const struct scenario_expect *expect)
{
	return expect->metric == METRIC_VIOLATIONS || expect->metric == METRIC_LIVELOCKS;
}

/* Can only another run tell at which event it failed? */
static bool is_pending(const struct record_verdict *verdict)
{
	return !verdict->passed && verdict->failed == FAILED_UNKNOWN && verdict->expect->at_end &&
	       !is_of_violations(verdict->expect);
}

/* Note in @pieces, one for each verdict, in which piece it failed. Those that did not fail stay as
 * they are. False: the run was given up. */
static bool find_pieces(
	struct again *again, const struct record_result *result, uint64_t *pieces, guint pending)
{
	bool more = true;

	for (uint64_t piece = 0; more && pending > 0; piece++) {
		if (!again->goes_on(again->context))
			return false;
		more = engine_advance(again->engine, BREACH_PIECE);
		for (guint i = 0; i < result->verdicts->len; i++) {
			const struct record_verdict *verdict = result->verdicts->pdata[i];

			if (!is_pending(verdict) || pieces[i] != UINT64_MAX ||
				!expect_has_failed(engine_totals(again->engine), verdict->expect))
				continue;
			pieces[i] = piece;
			pending--;
		}
	}
	return true;
}

/* At the last event those of @piece failed that cannot hold now. Returns how many there are. */
static guint note_failed(const struct again *again, struct record_result *result,
	const uint64_t *pieces, uint64_t piece)
{
	guint failed = 0;

	for (guint i = 0; i < result->verdicts->len; i++) {
		struct record_verdict *verdict = result->verdicts->pdata[i];

		if (pieces[i] != piece || !is_pending(verdict) ||
			!expect_has_failed(engine_totals(again->engine), verdict->expect))
			continue;
		verdict->failed = FAILED_AT;
		verdict->failed_ns = engine_now_ns(again->engine);
		verdict->failed_by = g_strconcat(again->about, again->flip, NULL);
		failed++;
	}
	return failed;
}

static guint count_in(const struct record_result *result, const uint64_t *pieces, uint64_t piece)
{
	guint count = 0;

	for (guint i = 0; i < result->verdicts->len; i++)
		count += pieces[i] == piece;
	return count;
}

static void begin_event(struct again *again)
{
	again->rank = RANK_NONE;
	again->flip[0] = '\0';
	g_strlcpy(again->about, "event without record", ABOUT_MAX);
}

/* Look after each event of the piece, with the log on, until its @count verdicts failed. */
static void look_closely(struct again *again, struct record_result *result, const uint64_t *pieces,
	uint64_t piece, guint count)
{
	const struct record_sink sink = { .context = again,
		.mode_switch = see_flip,
		.sched_switch = see_switch,
		.note = see_note };
	uint64_t left = BREACH_PIECE;
	bool more = true;

	g_assert(count > 0);
	engine_set_sink(again->engine, &sink);
	for (; left > 0 && more && count > 0; left--) {
		begin_event(again);
		more = engine_advance(again->engine, 1);
		count -= note_failed(again, result, pieces, piece);
	}
	g_assert(count == 0); /* the same events as in the run before */
	engine_set_sink(again->engine, NULL);
	if (left > 0 && more)
		engine_advance(again->engine, left);
}

static void find_events(
	struct again *again, struct record_result *result, const uint64_t *pieces, guint pending)
{
	for (uint64_t piece = 0; pending > 0 && again->goes_on(again->context); piece++) {
		guint count = count_in(result, pieces, piece);

		if (count > 0)
			look_closely(again, result, pieces, piece, count);
		else
			engine_advance(again->engine, BREACH_PIECE);
		g_assert(count <= pending);
		pending -= count;
	}
}

static void begin_again(struct again *again)
{
	engine_free(again->engine);
	again->engine = engine_new(again->scenario);
}

/* @pending verdicts failed at an event. */
static void run_again(struct again *again, struct record_result *result, guint pending)
{
	g_autofree uint64_t *pieces = g_new(uint64_t, result->verdicts->len);

	for (guint i = 0; i < result->verdicts->len; i++)
		pieces[i] = UINT64_MAX;
	begin_again(again);
	if (find_pieces(again, result, pieces, pending)) {
		begin_again(again);
		find_events(again, result, pieces, pending);
	}
	engine_free(again->engine);
}

/* --- what is known without another run --- */

/* The violation that was one too many: one of those that are kept. A live lock breaks I3. */
static void find_violation(const struct record_result *result, struct record_verdict *verdict)
{
	const struct scenario_expect *expect = verdict->expect;
	uint64_t skip = expect->value - (expect->relation == REL_LT && expect->value > 0);
	bool stuck = expect->metric == METRIC_LIVELOCKS;

	for (guint i = 0; i < result->violations->len; i++) {
		const struct record_violation *violation = result->violations->pdata[i];

		if ((stuck && strcmp(violation->property, "I3") != 0) || skip-- > 0)
			continue;
		verdict->failed = FAILED_AT;
		verdict->failed_ns = violation->time_ns;
		verdict->failed_by = g_strdup_printf("%s in %s", violation->property,
			record_account_name(result->accounts, violation->account, "-"));
		return;
	}
}

/* Returns whether another run tells more. */
static bool find_without_run(const struct record_result *result, struct record_verdict *verdict)
{
	if (verdict->passed || !verdict->expect->at_end)
		return false;
	if (!expect_has_failed(result, verdict->expect)) {
		verdict->failed = FAILED_AT_END;
		return false;
	}
	if (!is_of_violations(verdict->expect))
		return true;
	find_violation(result, verdict);
	return false;
}

void breach_find(struct record_result *result, bool (*goes_on)(void *context), void *context)
{
	struct again again = {
		.scenario = result->scenario, .goes_on = goes_on, .context = context
	};
	guint pending = 0;

	g_assert(!record_result_cut_short(result) && !result->input_error);
	for (guint i = 0; i < result->verdicts->len; i++)
		pending += find_without_run(result, result->verdicts->pdata[i]);
	if (pending > 0)
		run_again(&again, result, pending);
}
