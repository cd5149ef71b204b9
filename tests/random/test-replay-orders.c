/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Traces of small kernels (tests/lib/kernel.h) whose hidden steps are taken at random: the replay,
 * which is not told where, must find an order that agrees with every line. A failure tells the seed
 * and leaves the trace.
 *
 *     test-random-replay-orders [SEED [COUNT]]
 */

#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/kernel.h"
#include "tests/lib/replay-text.h"

static const char *const revisions[] = { "7.1", "7.1", "7.1", "7.0", "6.19.1", "6.19",
	"6.19-livelock" };

struct drawn {
	const char *revision;
	struct kernel *kernel;
};

static char *file;
static uint64_t first_seed, seeds = 4000;

static struct drawn draw(uint64_t seed)
{
	struct prng prng = { .key = prng_key(seed, 0) };
	const char *revision = revisions[prng_below(&prng, G_N_ELEMENTS(revisions))];
	struct kernel_options options = {
		.protocol = revision_find(revision)->protocol,
		.cpus = 1 + (uint32_t)prng_below(&prng, prng_below(&prng, 2) ? 3 : KERNEL_CPUS),
		.tasks = 2 + (uint32_t)prng_below(&prng, KERNEL_TASKS - 1),
		.fins = prng_below(&prng, 2),
		.walks = prng_below(&prng, 2),
		.steps = prng_below(&prng, 4) == 0,
		.cpu_words = prng_below(&prng, 3) == 0,
		.nameless = revision_find(revision)->protocol.walk_users == WALK_USERS_SYSTEM &&
		            prng_below(&prng, 2),
		.twice = prng_below(&prng, 6) == 0,
		.processes = prng_below(&prng, 4) == 0,
		.affinity = prng_below(&prng, 2),
	};
	struct kernel *kernel;

	options.mask = (1u << options.cpus) - 1;
	if (options.affinity)
		options.mask = 1 + prng_below(&prng, options.mask);
	kernel = kernel_new(&options, seed);
	kernel_run(kernel, 200 + (unsigned)prng_below(&prng, 30000));
	return (struct drawn){ revision, kernel };
}

static uint64_t failures;
static const char *shown_revision;

static void tell(uint64_t seed, const struct replay_text *replay, const char *what)
{
	if (failures++ > 20)
		return;
	printf("seed %" G_GUINT64_FORMAT " (%s): %s", seed, shown_revision, what);
	if (replay->error)
		printf(": %s", replay->error->message);
	if (replay->verdict && replay->verdict->differences->len) {
		const struct replay_difference *d = replay->verdict->differences->pdata[0];

		printf(": line %" G_GUINT64_FORMAT ", %s\n--trace:\n%s--model:\n%s", d->line,
			d->what, d->trace, d->model);
	}
	for (guint i = 0; replay->verdict && i < replay->verdict->notes->len; i++)
		printf("\n  %s", (char *)replay->verdict->notes->pdata[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	uint64_t compared = 0, windows = 0;
	if (argc > 1) first_seed = g_ascii_strtoull(argv[1], NULL, 10);
	if (argc > 2) seeds = g_ascii_strtoull(argv[2], NULL, 10);
	file = g_strdup("/tmp/otests/t.txt");
	for (uint64_t seed = first_seed; seed < first_seed + seeds; seed++) {
		struct drawn drawn = draw(seed);
		struct replay_text_options options = { .revision = drawn.revision, .orders_max = 4096 };
		struct replay_text replay = replay_text_run(file, drawn.kernel->text, options);
		struct replay_counts c = {0};
		shown_revision = drawn.revision;
		if (replay.verdict) c = replay_text_counts(replay.verdict);
		compared += c.compared; windows += drawn.kernel->completed;
		if (replay.error) tell(seed, &replay, "error");
		else if (c.unexplained) tell(seed, &replay, "unexplained");
		else if (c.undecided) tell(seed, &replay, "undecided");
		else if (replay.verdict->adopted) tell(seed, &replay, "not compared");
		replay_text_free(&replay);
		kernel_free(drawn.kernel);
	}
	printf("%lu failures, %lu compared, %lu windows\n", failures, compared, windows);
	return failures != 0;
}
