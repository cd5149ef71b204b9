/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Traces of small kernels (tests/lib/kernel.h) whose hidden steps are taken at random. The replay
 * does not know where. It must find an order that agrees with every line, and none if a word is
 * wrong or the rules are others. A failure prints the seed; a run with that seed keeps the trace:
 *
 *     test-random-replay-orders [SEED [COUNT]]
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/folder.h"
#include "tests/lib/kernel.h"
#include "tests/lib/replay-text.h"
#include "tests/lib/suite.h"

enum { AGREEING = 600, SPOILT = 400, OTHER = 250, LATE = 300 };

static uint64_t first_seed, seeds; /* 0: as many as each test has */
static char *folder, *file;

/* Kernels */

static const char *const revisions[] = { "7.1", "7.1", "7.1", "7.0", "6.19.1", "6.19",
	"6.19-livelock" };

struct drawn {
	const char *revision;
	struct kernel *kernel;
};

static struct drawn draw(uint64_t seed, const char *revision)
{
	struct prng prng = { .key = prng_key(seed, 0) };
	struct kernel_options options = { 0 };
	struct drawn drawn = { .revision = revisions[prng_below(&prng, G_N_ELEMENTS(revisions))] };

	if (revision)
		drawn.revision = revision;
	options.protocol = revision_find(drawn.revision)->protocol;
	options.cpus = 1 + (uint32_t)prng_below(&prng, prng_below(&prng, 2) ? 3 : KERNEL_CPUS);
	options.tasks = 2 + (uint32_t)prng_below(&prng, KERNEL_TASKS - 1);
	options.fins = prng_below(&prng, 2);
	options.walks = prng_below(&prng, 2);
	options.steps = prng_below(&prng, 4) == 0;
	options.cpu_words = prng_below(&prng, 3) == 0;
	options.nameless = options.protocol.walk_users == WALK_USERS_SYSTEM && prng_below(&prng, 2);
	options.twice = prng_below(&prng, 6) == 0;
	options.processes = prng_below(&prng, 4) == 0;
	options.affinity = prng_below(&prng, 2);
	options.mask = (1u << options.cpus) - 1;
	if (options.affinity)
		options.mask = 1 + prng_below(&prng, options.mask);
	drawn.kernel = kernel_new(&options, seed);
	kernel_run(drawn.kernel, 200 + (unsigned)prng_below(&prng, 20000));
	return drawn;
}

static struct replay_text replay_of(const struct drawn *drawn, const GString *text)
{
	struct replay_text_options options = { .revision = drawn->revision };

	return replay_text_run(file, text, options);
}

/* Results */

static struct {
	uint64_t runs, compared, undecided, windows, caught, contradicted, wrong;
} tally;

static void begin(uint64_t *end, uint64_t count)
{
	memset(&tally, 0, sizeof(tally));
	folder = folder_new();
	file = g_build_filename(folder, "trace", NULL);
	*end = first_seed + (seeds ? seeds : count);
}

static void end(const char *what)
{
	printf("%s: %" G_GUINT64_FORMAT " kernels, %" G_GUINT64_FORMAT
	       " windows, %" G_GUINT64_FORMAT " observations compared, %" G_GUINT64_FORMAT
	       " undecided, %" G_GUINT64_FORMAT " contradicted\n",
		what, tally.runs, tally.windows, tally.compared, tally.undecided,
		tally.contradicted);
	fflush(stdout);
	if (seeds == 1)
		printf("the trace is %s\n", file);
	else
		folder_remove(folder);
}

static void report_failure(const char *what, uint64_t seed, const struct drawn *drawn,
	const struct replay_text *replay)
{
	printf("seed %" G_GUINT64_FORMAT ", %s: %s", seed, drawn->revision, what);
	if (replay->error)
		printf(": %s", replay->error->message);
	if (replay->verdict && replay->verdict->differences->len) {
		const struct replay_difference *d = replay->verdict->differences->pdata[0];

		printf(": line %" G_GUINT64_FORMAT ", %s\ntrace:\n%smodel:\n%s", d->line, d->what,
			d->trace, d->model);
	}
	for (guint i = 0; replay->verdict && i < replay->verdict->notes->len; i++)
		printf("\n  %s", ((struct replay_note *)replay->verdict->notes->pdata[i])->text);
	printf("\n");
}

static struct replay_counts count(const struct drawn *drawn, const struct replay_text *replay)
{
	struct replay_counts counts = { 0 };

	if (replay->verdict)
		counts = replay_text_counts(replay->verdict);
	tally.runs++;
	tally.windows += drawn->kernel->completed;
	tally.compared += counts.compared;
	tally.undecided += counts.undecided > 0;
	tally.contradicted += counts.unexplained > 0;
	return counts;
}

/* Changes of the mode that were found in the trace. */
static void sum_flips(const struct replay_verdict *verdict, uint64_t *to_percpu, uint64_t *to_task)
{
	*to_percpu = *to_task = 0;
	for (guint i = 0; i < verdict->processes->len; i++) {
		const struct replay_process *process = verdict->processes->pdata[i];

		*to_percpu += process->to_percpu;
		*to_task += process->to_task;
	}
}

/* What is wrong with a replay that should agree; NULL = nothing. */
static const char *find_fault(const struct drawn *drawn, const struct replay_text *replay,
	const struct replay_counts *counts)
{
	uint64_t to_percpu, to_task;

	if (replay->error)
		return "no trace";
	if (counts->unexplained)
		return "unexplained";
	if (counts->undecided)
		return NULL;
	if (replay->verdict->taken_over)
		return "not compared";
	sum_flips(replay->verdict, &to_percpu, &to_task);
	if (to_percpu != drawn->kernel->to_percpu || to_task != drawn->kernel->to_task)
		return "other changes of the mode";
	if (replay->result->switches < drawn->kernel->switches)
		return "too few switches";
	return NULL;
}

/* Proves that each trace of a kernel of a revision, in any order of its hidden steps, agrees with
 * the replay as that revision, line by line, with the same changes of the mode. */
SUITE(.timeout = 300);

TEST(own_revision_agrees)
{
	uint64_t last;

	begin(&last, AGREEING);
	for (uint64_t seed = first_seed; seed < last; seed++) {
		struct drawn drawn = draw(seed, NULL);
		struct replay_text replay = replay_of(&drawn, drawn.kernel->text);
		struct replay_counts counts = count(&drawn, &replay);
		const char *fault = find_fault(&drawn, &replay, &counts);

		if (fault)
			report_failure(fault, seed, &drawn, &replay);
		tally.wrong += fault != NULL;
		replay_text_free(&replay);
		kernel_free(drawn.kernel);
	}
	end("own revision");
	ck_assert_uint_eq(tally.wrong, 0);
	ck_assert_msg(tally.undecided * 50 <= tally.runs, "too many are undecided");
	ck_assert_msg(seeds || tally.windows > AGREEING / 4, "too few windows to prove anything");
}

/* Spoilt words */

/* A line of a switch at which nothing was hidden; NULL if the kernel had none. */
static const struct kernel_line *draw_line(const struct kernel *k, struct prng *prng)
{
	guint count = k->lines->len, from = count ? (guint)prng_below(prng, count) : 0;

	for (guint i = 0; i < count; i++) {
		const struct kernel_line *line =
			&g_array_index(k->lines, struct kernel_line, (from + i) % count);

		if (line->decided && line->next)
			return line;
	}
	return NULL;
}

/* The word of next in @line is another: none instead of a number, or a number instead of none. */
static GString *spoil(const struct kernel *k, const struct kernel_line *line)
{
	const char *word = strstr(k->text->str + line->at, " nw=") + 4;
	const char *after = word + strcspn(word, " ");
	bool unset = strncmp(word, "0x80000000", 10) == 0;
	GString *text = g_string_new_len(k->text->str, word - k->text->str);

	g_string_append(text, unset ? "0x0" : "0x80000000");
	return g_string_append(text, after);
}

/* Proves that a wrong word is not explained away: at a switch outside of windows, while nothing is
 * hidden, it always is a contradiction. */
TEST(wrong_word_is_caught)
{
	uint64_t last;

	begin(&last, SPOILT);
	for (uint64_t seed = first_seed; seed < last; seed++) {
		struct drawn drawn = draw(seed, NULL);
		struct prng prng = { .key = prng_key(seed, 2) };
		const struct kernel_line *line = draw_line(drawn.kernel, &prng);
		struct replay_counts counts;
		struct replay_text replay;
		GString *text;

		if (!line) {
			kernel_free(drawn.kernel);
			continue;
		}
		text = spoil(drawn.kernel, line);
		replay = replay_of(&drawn, text);
		counts = count(&drawn, &replay);
		if (counts.unexplained == 0 && counts.undecided == 0) {
			report_failure("a wrong word is not caught", seed, &drawn, &replay);
			tally.wrong++;
		}
		replay_text_free(&replay);
		g_string_free(text, TRUE);
		kernel_free(drawn.kernel);
	}
	end("wrong words");
	ck_assert_uint_eq(tally.wrong, 0);
	ck_assert_msg(seeds || tally.contradicted > SPOILT / 2, "too few were tried");
}

/* Other rules */

static const struct {
	const char *set;
	uint32_t percent; /* of the traces with windows that contradict it, at least */
} others[] = {
	{ "protocol.out-settles=off", 90 },
	{ "protocol.transit-to-percpu=off", 90 },
	{ "protocol.transit-to-task=off", 30 },
	{ "protocol.allowance=1000", 50 },
	{ "protocol.thrs-policy=none", 80 },
};

static uint64_t contradictions(const char *set, uint64_t last)
{
	const char *const sets[] = { set, NULL };
	uint64_t tried = 0, contradicted = 0;

	for (uint64_t seed = first_seed; seed < last; seed++) {
		struct drawn drawn = draw(seed, "7.1");
		struct replay_text_options options = { .revision = "7.1", .set = sets };
		struct replay_text replay;

		if (drawn.kernel->completed > 0) {
			replay = replay_text_run(file, drawn.kernel->text, options);
			ck_assert_msg(!replay.error, "%s", replay.error->message);
			tried++;
			contradicted += count(&drawn, &replay).unexplained > 0;
			replay_text_free(&replay);
		}
		kernel_free(drawn.kernel);
	}
	return tried ? contradicted * 100 / tried : 0;
}

/* Proves that the replay distinguishes revisions: with one whose rules are others, most traces with
 * a window are contradicted. */
TEST_ROWS(other_rules_are_contradicted, others)
{
	uint64_t last, percent;

	begin(&last, OTHER);
	percent = contradictions(others[_i].set, last);
	printf("%s: %" G_GUINT64_FORMAT " %% contradicted\n", others[_i].set, percent);
	end(others[_i].set);
	ck_assert_msg(seeds || percent >= others[_i].percent, "%s: only %" G_GUINT64_FORMAT " %%",
		others[_i].set, percent);
}

/* Recorded late */

/* The trace without its first lines, from somewhere on. */
static GString *cut_front(const struct kernel *k, struct prng *prng)
{
	const char *header_end = strstr(k->text->str, "nop\n") + 4;
	size_t room = k->text->len - (size_t)(header_end - k->text->str);
	const char *line = strchr(header_end + prng_below(prng, room), '\n');
	GString *text = g_string_new_len(k->text->str, header_end - k->text->str);

	return g_string_append(text, line ? line + 1 : "");
}

/* Proves that a recording which begins in the middle of a process shows no contradiction. (One in
 * 200 does: what a task was doing before can look like a state.) */
TEST(late_recorder_is_not_contradicted)
{
	uint64_t last;

	begin(&last, LATE);
	for (uint64_t seed = first_seed; seed < last; seed++) {
		struct drawn drawn = draw(seed, NULL);
		struct prng prng = { .key = prng_key(seed, 3) };
		GString *text = cut_front(drawn.kernel, &prng);
		struct replay_text replay = replay_of(&drawn, text);

		if (count(&drawn, &replay).unexplained)
			report_failure("unexplained", seed, &drawn, &replay);
		replay_text_free(&replay);
		g_string_free(text, TRUE);
		kernel_free(drawn.kernel);
	}
	end("recorded late");
	ck_assert_uint_le(tally.contradicted, 1 + tally.runs / 200);
	ck_assert_msg(seeds || tally.compared > LATE * 20, "too little was compared");
}

int main(int argc, char **argv)
{
	char *only[] = { argv[0], (char *)"own_revision_agrees", NULL };

	if (argc > 1) {
		first_seed = g_ascii_strtoull(argv[1], NULL, 10);
		seeds = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 1;
	}
	return seeds == 1 ? suite_run(2, only) : suite_run(1, argv);
}
