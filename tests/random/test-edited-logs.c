/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/scenario/scenario.h"
#include "tests/lib/random-scenario.h"
#include "tests/lib/round-trip.h"
#include "tests/lib/suite.h"

/*
 * A log with an edit: the replay ends, and notices each edit that says something else.
 */

enum edit { EDIT_WORD, EDIT_DROP, EDIT_SWAP, EDIT_TWICE, EDIT_DIGIT, EDIT_BYTE, EDIT_CUT, EDITS };

enum {
	EDITED_MIN = 10000, /* bytes of a log that is edited: something happens in it */
	EDITED_MAX = 1000000,
	EDIT_TRIES_MAX = 100000, /* to find a line that can be edited so */
};

/* The lines of the log that is edited, and which of them was. */
struct edited {
	char **lines;
	guint count, first; /* number of lines, of comments */
};

/* What the name of an event begins with, that is not of a mark. */
static const char *event_of(const char *text)
{
	const char *at = strstr(text, ".... ");

	at = at ? strstr(at, ": ") : NULL;
	return at ? at + 2 : "";
}

/* Would the log say something else without the line? Marks are for viewers; the log says twice that
 * a get spins, or that a task is woken; walks ask seldom whether a task is visible. */
static bool matters(const char *text)
{
	static const char *const marks[] = { "tracing_mark_write", "mmcid:cpu_o",
		"mmcid:affinity_broken", "mmcid:spin: ", "mmcid:show", "sched_wak" };
	const char *event = event_of(text);

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (g_str_has_prefix(event, marks[i]))
			return false;
	}
	return *event;
}

static guint line_edited; /* last, from 0 */

static guint any_line(const struct edited *log, struct prng *prng)
{
	line_edited = log->first + (guint)prng_below(prng, log->count - log->first);
	return line_edited;
}

static void replace(char **text, char *with)
{
	g_free(*text);
	*text = with;
}

/* A word becomes another one. False if the line has none that must be known. */
static bool edit_word(struct edited *log, struct prng *prng)
{
	static const char *const keys[] = { "next_word=0x", "cpu_word=0x", "child_word=0x" };
	char **text = &log->lines[any_line(log, prng)];
	char *at = strstr(*text, keys[prng_below(prng, G_N_ELEMENTS(keys))]);

	if (!at || strstr(*text, "next_mm=- "))
		return false;
	at = strchr(at, 'x') + 1;
	while (g_ascii_isxdigit(at[1]))
		at++;
	*at = *at == '1' ? '2' : '1';
	return true;
}

static bool edit_drop(struct edited *log, struct prng *prng)
{
	char **text = &log->lines[any_line(log, prng)];

	if (!matters(*text))
		return false;
	replace(text, g_strdup(""));
	return true;
}

static bool edit_twice(struct edited *log, struct prng *prng)
{
	char **text = &log->lines[any_line(log, prng)];

	if (!matters(*text))
		return false;
	replace(text, g_strdup_printf("%s\n%s", *text, *text));
	return true;
}

static bool edit_swap(struct edited *log, struct prng *prng)
{
	guint at = any_line(log, prng);
	char *one = log->lines[at];

	if (at + 1 >= log->count)
		return false;
	log->lines[at] = log->lines[at + 1];
	log->lines[at + 1] = one;
	return true;
}

static bool edit_character(struct edited *log, struct prng *prng, bool digit)
{
	char *text = log->lines[any_line(log, prng)];
	size_t length = strlen(text);
	char *at = text + prng_below(prng, length + 1);

	if (!*at || (digit && !g_ascii_isdigit(*at)))
		return false;
	*at = digit ? (char)('0' + prng_below(prng, 10)) : (char)(1 + prng_below(prng, 255));
	return true;
}

static bool edit_cut(struct edited *log, struct prng *prng)
{
	char *text = log->lines[any_line(log, prng)];

	text[prng_below(prng, strlen(text) + 1)] = '\0';
	return true;
}

static bool edit(struct edited *log, struct prng *prng, enum edit kind)
{
	switch (kind) {
	case EDIT_WORD:
		return edit_word(log, prng);
	case EDIT_DROP:
		return edit_drop(log, prng);
	case EDIT_TWICE:
		return edit_twice(log, prng);
	case EDIT_SWAP:
		return edit_swap(log, prng);
	case EDIT_DIGIT:
		return edit_character(log, prng, true);
	case EDIT_BYTE:
		return edit_character(log, prng, false);
	case EDIT_CUT:
		return edit_cut(log, prng);
	case EDITS:
		break;
	}
	return false;
}

static void write_lines(const struct round_trip *trip, const struct edited *log)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < log->count; i++) {
		if (*log->lines[i])
			g_string_append_printf(text, "%s\n", log->lines[i]);
	}
	ck_assert(g_file_set_contents(trip->log, text->str, (gssize)text->len, NULL));
	g_string_free(text, TRUE);
}

static bool must_be_caught(enum edit kind)
{
	return kind == EDIT_WORD || kind == EDIT_DROP || kind == EDIT_TWICE;
}

/* Replay the log of @trip with an edit. Returns true if it was caught. */
static bool replay_edited(
	struct round_trip *trip, const char *whole, struct prng *prng, enum edit kind, int edits)
{
	g_auto(GStrv) lines = g_strsplit(whole, "\n", -1);
	struct edited log = { .lines = lines, .count = g_strv_length(lines) };

	while (lines[log.first][0] == '#')
		log.first++;
	for (int done = 0, tries = 0; done < edits && tries < EDIT_TRIES_MAX; tries++)
		done += edit(&log, prng, kind);
	write_lines(trip, &log);
	trip_replay(trip, NULL, false);
	return trip->error || trip_unexplained(trip) || trip->verdict->notes->len > 0;
}

static void check_edits(struct scenario *scenario, uint64_t seed, int rounds)
{
	struct prng prng = { .key = prng_key(seed, 3) };
	struct round_trip trip;
	g_autofree char *whole = NULL;

	trip_run(&trip, scenario);
	whole = trip_file(&trip, "run", "trace.txt");
	/* Each of them is replayed twice for each edit. */
	if (trip.run->input_error || strlen(whole) < EDITED_MIN || strlen(whole) > EDITED_MAX)
		rounds = 0;
	for (int round = 0; round < rounds * EDITS; round++) {
		enum edit kind = (enum edit)(round % EDITS);
		bool caught = replay_edited(&trip, whole, &prng, kind, 1);

		if (!caught && must_be_caught(kind)) {
			g_autofree char *name = g_strdup_printf("whole-%d.txt", getpid());
			g_autofree char *path = g_build_filename(g_get_tmp_dir(), name, NULL);

			g_file_set_contents(path, whole, -1, NULL);
			ck_abort_msg("seed %" G_GUINT64_FORMAT ", edit %d of kind %d, of line %u, "
				     "is not caught: %s",
				seed, round, kind, line_edited + 1, path);
		}
		replay_edited(&trip, whole, &prng, kind, 20);
	}
	trip_free(&trip);
}

TEST_LONG(an_edited_log_is_caught_and_never_brings_the_replay_down, 0, 6, 30)
{
	static const char *const revisions[] = { "7.1", "v3", "6.19.1", "bounded-get",
		"affinity-return", "7.1\nsplit-get = on" };
	const char *revision = revisions[_i % (int)G_N_ELEMENTS(revisions)];

	uint64_t part = (uint64_t)_i / 6, set = (uint64_t)_i % 6;

	for (uint64_t seed = 1 + part * 3; seed <= (part + 1) * 3; seed++) {
		GString *text =
			generate(seed + 100 * set, revision, FAILED_FORK | FAILED_EXEC, "off");
		struct scenario *scenario = trip_parse(text->str);

		check_edits(scenario, seed, 3);
		scenario_free(scenario);
		g_string_free(text, TRUE);
	}
}

/* A log from before steps were logged. */
TEST(a_log_of_an_older_cidsim_is_refused_as_such)
{
	struct scenario *scenario = trip_parse("[scenario]\ntime = 3ms\n[mm app]\n[tasks t]\n");
	g_autofree char *whole = NULL;
	g_autoptr(GString) old = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;
	struct round_trip trip;

	trip_run(&trip, scenario);
	whole = trip_file(&trip, "run", "trace.txt");
	lines = g_strsplit(whole, "\n", -1);
	for (char **text = lines; *text; text++) {
		if (!strstr(*text, "mm_new") && !strstr(*text, "task_new"))
			g_string_append_printf(old, "%s\n", *text);
	}
	ck_assert(g_file_set_contents(trip.log, old->str, -1, NULL));
	trip_replay(&trip, NULL, false);
	ck_assert_ptr_nonnull(trip.error);
	ck_assert_ptr_nonnull(strstr(trip.error->message, "an older cidsim wrote it"));
	trip_free(&trip);
	scenario_free(scenario);
}
