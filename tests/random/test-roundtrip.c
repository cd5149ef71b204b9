/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/scenario/scenario.h"
#include "tests/lib/random-scenario.h"
#include "tests/lib/random-steps.h"
#include "tests/lib/round-trip.h"
#include "tests/lib/suite.h"

/*
 * What a run writes as its event log, a replay must read and agree with completely, and make the
 * records of the run of it. One that fails names the seed.
 */

/* Comparing the records */

/* @text from its first line on that is no comment. */
static const char *body(const char *text)
{
	while (*text == '#')
		text = strchr(text, '\n') + 1;
	return text;
}

static void check_file(const struct round_trip *trip, const char *name, const char *what)
{
	g_autofree char *run = trip_file(trip, "run", name);
	g_autofree char *replay = trip_file(trip, "replay", name);

	if (strcmp(body(run), body(replay)) != 0)
		ck_abort_msg("%s: %s differs", what, name);
}

#define SAME(member)                                                                               \
	ck_assert_msg(a->member == b->member,                                                      \
		"%s: " #member " %" G_GUINT64_FORMAT " in the run, %" G_GUINT64_FORMAT, what,      \
		(uint64_t)a->member, (uint64_t)b->member)
#define SAME_BYTES(member)                                                                         \
	ck_assert_msg(memcmp(&a->member, &b->member, sizeof(a->member)) == 0,                      \
		"%s: " #member " differs", what)

static void check_account(
	const struct record_account *a, const struct record_account *b, const char *what)
{
	ck_assert_str_eq(a->name, b->name);
	SAME_BYTES(observer.count);
	SAME(lived_ns);
	SAME(users_max);
	SAME(to_percpu);
	SAME(to_task);
	SAME_BYTES(enter_users);
	SAME_BYTES(leave_users);
	SAME(formula_enter);
	SAME(formula_leave);
	SAME(allowed_max);
	SAME_BYTES(span);
	SAME_BYTES(taken);
	SAME_BYTES(optimum);
	SAME_BYTES(percpu);
	SAME_BYTES(transit);
	SAME(windows_open);
	SAME(alive);
	SAME(alive_percpu);
	SAME_BYTES(windows);
	SAME(spin_ns);
	SAME(task_cid_changes);
	SAME(cpu_cid_changes);
	SAME(gave_up);
	SAME(deferred_runs);
}

static void check_totals(
	const struct record_result *a, const struct record_result *b, const char *what)
{
	SAME(switches);
	SAME(migrations);
	SAME(wakeups);
	SAME(forks);
	SAME(exits);
	SAME(execs);
	SAME(affinity_changes);
	SAME(end_ns);
	SAME(tasks_max);
	SAME(idle_ns);
	SAME(mode_switches->len);
	SAME(windows->len);
	SAME(accounts->len);
	for (guint i = 0; i < a->accounts->len; i++)
		check_account(a->accounts->pdata[i], b->accounts->pdata[i], what);
}

/* Switches from or to a task with an mm that the log has. */
static uint64_t switches_logged(const struct round_trip *trip)
{
	g_autofree char *log = trip_file(trip, "run", "trace.txt");
	uint64_t count = 0;

	for (const char *at = log; (at = strstr(at, " mmcid:switch: ")) != NULL; at++) {
		const char *end = strchr(at, '\n');

		count += !(g_strstr_len(at, end - at, "prev_mm=- ") &&
			   g_strstr_len(at, end - at, "next_mm=- "));
	}
	return count;
}

static void check_trip(struct round_trip *trip, const char *what)
{
	g_autofree char *complaint = NULL;

	trip_replay(trip, NULL, true);
	if (trip->error || trip_unexplained(trip)) {
		complaint = trip_complaint(trip);
		ck_abort_msg("%s: %s", what, complaint);
	}
	ck_assert_msg(trip->verdict->notes->len == 0, "%s: %s", what,
		((struct replay_note *)trip->verdict->notes->pdata[0])->text);
	ck_assert_uint_eq(trip->verdict->switches.hidden + trip->verdict->others.hidden, 0);
	ck_assert_uint_eq(trip->verdict->switches.undecided + trip->verdict->others.undecided, 0);
	/* One between two mms is compared in both. */
	ck_assert_uint_ge(trip->verdict->switches.agreed, switches_logged(trip));
	check_totals(trip->run, trip->result, what);
	check_file(trip, "series.csv", what);
	check_file(trip, "modes.csv", what);
	check_file(trip, "windows.csv", what);
	check_file(trip, "stays.csv", what);
}

/* Returns what was compared. */
static uint64_t round_trip(const char *text, const char *what)
{
	struct scenario *scenario = trip_parse(text);
	struct round_trip trip;
	uint64_t compared = 0;

	trip_run(&trip, scenario);
	/* The files of a run that could not do an action are not kept. */
	if (!trip.run->input_error) {
		check_trip(&trip, what);
		compared = trip.verdict->switches.compared + trip.verdict->others.compared;
	}
	trip_free(&trip);
	scenario_free(scenario);
	return compared;
}

static void round_trips(uint64_t first, unsigned count, const char *revision, unsigned faults)
{
	uint64_t compared = 0;

	for (uint64_t seed = first; seed < first + count; seed++) {
		GString *text = generate(seed, revision, faults, "off");
		g_autofree char *what =
			g_strdup_printf("seed %" G_GUINT64_FORMAT ", revision %s, faults %u", seed,
				revision, faults);

		compared += round_trip(text->str, what);
		g_string_free(text, TRUE);
	}
	ck_assert_uint_gt(compared, 10 * count);
}

SUITE(.timeout = 300);

static size_t revisions_count(void)
{
	size_t count;

	revision_table(&count);
	return count;
}

/* In parts: the first is usual, the others take long. */
TEST_LONG(each_revision_agrees_with_its_own_log, 0, revisions_count(), revisions_count() * 4)
{
	size_t count;
	const struct revision *revisions = revision_table(&count);
	uint64_t part = (uint64_t)_i / count;

	for (unsigned faults = 0; faults < 4; faults++)
		round_trips(
			1 + part * 3 + faults * 100, 3, revisions[(size_t)_i % count].name, faults);
}

static const char *const flags[] = {
	"7.1\nsplit-get = on",
	"v3\nsplit-get = on\nsplit-mode = on",
	"bounded-get\nsplit-get = on",
	"v3\nexit-change = hand-over-if-own",
	"7.1\nexec-return = get",
	"7.1\nexec-return = late",
	"7.1\nwalk-unset = hand-over",
	"7.1\nwalk-unset = drop",
	"7.1\nlast-exit = clean",
	"7.1\naffinity-return = fits",
	"7.1\naffinity-return = below",
	"7.1\nthrs-policy = recomputed",
	"7.1\nthrs-policy = none",
	"7.1\nthrs-cap = nr-cpu-ids",
	"7.1\nthrs-gap = 0\nallowance = 0",
	"6.19.1\ninit-unset = on",
};

TEST_LONG(
	each_set_of_flags_agrees_with_its_own_log, 0, G_N_ELEMENTS(flags), G_N_ELEMENTS(flags) * 5)
{
	size_t count = G_N_ELEMENTS(flags);
	uint64_t part = (uint64_t)_i / count;

	round_trips(1001 + part * 5, 5, flags[(size_t)_i % count], FAILED_FORK | FAILED_EXEC);
}

/* Deferred work, by what makes it run, and live locks. */
TEST(rare_things_agree)
{
	round_trips(83, 1, "7.1", FAILED_EXEC);
	round_trips(11, 1, "v1", 0);
	round_trips(496, 1, "v3", 0);
	round_trips(1770, 1, "v3", 0);
	round_trips(52, 1, "6.19", 0);
	round_trips(942, 1, "7.0-fork", 0);
	round_trips(83, 8, "bounded-get", FAILED_EXEC);
}

TEST_LONG(each_affinity_return_agrees, 0, 1, 5)
{
	round_trips(1 + (uint64_t)_i * 20, 20, "affinity-return", 0);
}

/* Scenarios with [steps] */

TEST(the_log_of_played_steps_is_refused)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		GString *text = steps_generate(seed, "7.1", seed % 2);
		struct scenario *scenario = trip_parse(text->str);
		struct round_trip trip;

		trip_run(&trip, scenario);
		trip_replay(&trip, NULL, false);
		ck_assert(
			trip.run->input_error || strstr(trip.error->message, "play the scenario"));
		trip_free(&trip);
		scenario_free(scenario);
		g_string_free(text, TRUE);
	}
}

/* What ships */

static void check_folder(const char *folder, unsigned at_least)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	unsigned count = 0;
	const char *name;

	ck_assert_ptr_nonnull(dir);
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *text = NULL;

		if (!g_str_has_suffix(name, ".scn"))
			continue;
		ck_assert(g_file_get_contents(path, &text, NULL, NULL));
		ck_assert_uint_gt(round_trip(text, path), 0);
		count++;
	}
	g_dir_close(dir);
	ck_assert_uint_ge(count, at_least);
}

TEST(shipped_scenarios_agree_with_their_own_log)
{
	check_folder("scenarios", 17);
}

/* Another revision */

static const struct {
	const char *scenario, *own, *other;
	bool agrees;
} others[] = {
	{ "scenarios/livelock-v3.scn", "v3", "7.1", false },
	{ "scenarios/livelock-v3.scn", "v3", "6.19", false },
	{ "scenarios/livelock-v3.scn", "7.1", "v3", false },
	{ "scenarios/hysteresis.scn", "7.1", "v3", false },
	{ "scenarios/hysteresis.scn", "7.1", "7.0", true }, /* differ after a failed exec only */
	{ "scenarios/failed-exec.scn", "7.0", "v2", false },
	{ "scenarios/preempted-initiator.scn", "6.19-livelock", "6.19", false },
	{ "scenarios/vfork.scn", "7.0-fork", "7.0", false },
};

TEST_ROWS(another_revision_disagrees_where_it_differs, others)
{
	const struct scenario_overrides overrides = { .revision = others[_i].own };
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	bool environment = false;
	struct scenario *scenario =
		scenario_load(others[_i].scenario, &overrides, errors, &environment);
	struct round_trip trip;

	ck_assert_ptr_nonnull(scenario);
	trip_run(&trip, scenario);
	trip_replay(&trip, NULL, false);
	ck_assert_ptr_null(trip.error);
	ck_assert_uint_eq(trip_unexplained(&trip), 0);
	trip_replay(&trip, others[_i].other, false);
	ck_assert_ptr_null(trip.error);
	ck_assert_int_eq(trip_unexplained(&trip) == 0, others[_i].agrees);
	trip_free(&trip);
	scenario_free(scenario);
}
