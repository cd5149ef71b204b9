/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* MAP_ANONYMOUS, getrusage */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "tests/lib/trace-text.h"

#include "tests/lib/suite.h"

/* The address sanitizer keeps what was freed. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEPS_FREED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(KEEPS_FREED)
enum { GROWTH_KB = 1 << 20 };
#else
enum { GROWTH_KB = 64 << 10 }; /* of the process, for buffers */
#endif

/*
 * Traces that are spoiled, in all formats: with any bytes, reading ends, with
 * an error that names a line or without, and needs no more memory than a sound trace. One that
 * fails is repeated, and left in a file, by
 *
 *     TRACE_BYTES=SAMPLE,SEED tests/test-random-trace-bytes
 */

enum {
	PARTS = 5,   /* the first is usual, the others take long */
	TEXTS = 300, /* spoiled ones in a part of each sample of text */
	DATS = 60,
	SPOILED_MAX = 8, /* places in one trace */
};

#define PLAIN                                                                                      \
	"cpus=4\n"                                                                                 \
	"          <idle>-0     [002]   100.000001: sched_switch:         swapper/2:0 [120] R "    \
	"==> "                                                                                     \
	"a b:11 [120]\n"                                                                           \
	"             a b-11    [002]   100.000002: sched_wakeup:         c:12 [120] CPU:001\n"    \
	"             a b-11    [002] d..2. 100.000003: task_newtask: pid=12 comm=a b "            \
	"clone_flags=3d0f00 oom_score_adj=0\n"                                                     \
	"             a b-11    [002] d..2. 100.000004: sched_process_fork: comm=a b pid=11 "      \
	"child_comm=a b child_pid=12\n"                                                            \
	"             a b-11    [002] d..2. 100.000005: sched_process_exec: filename=/bin/x y "    \
	"pid=11 old_pid=11\n"                                                                      \
	"CPU:2 [LOST 12 EVENTS]\n"                                                                 \
	"             a b-11    [002] d..2. 100.000006: sched_migrate_task: comm=a b pid=11 "      \
	"prio=120 orig_cpu=1 dest_cpu=2\n"                                                         \
	"             a b-11    [002] d..2. 100.000007: sched_switch: prev_comm=a b prev_pid=11 "  \
	"prev_prio=120 prev_state=S|D ==> next_comm=swapper/2 next_pid=0 next_prio=120\n"

#define OWN                                                                                        \
	"# tracer: nop\n#\n# cidsim 0.1.0\n# scenario a.scn\n# revision 7.1\n# possible 0-3,8\n"   \
	"             app-100     (    100) [003] ....     0.010100000: sched_switch: "            \
	"prev_comm=app prev_pid=100 prev_prio=120 prev_state=S ==> next_comm=b next_pid=2 "        \
	"next_prio=120\n"                                                                          \
	"             app-100     (    100) [003] ....     0.010100000: mmcid:fork: pid=1 "        \
	"mm=\"a b\" word=0x0\n"                                                                    \
	"             app-100     (    100) [003] ....     0.010100000: tracing_mark_write: "      \
	"C|1|a users|5\n"

static const struct sample {
	const char *name;
	const char *file; /* NULL = text */
	const char *text;
	bool compressed; /* the compressed bytes are spoiled, too */
} samples[] = {
	{ "recipe", TRACE_SAMPLES "recipe-pool-4.txt.gz", NULL, true },
	{ "compact", TRACE_SAMPLES "recipe-pool-4.trace.gz", NULL, true },
	{ "report", TRACE_SAMPLES "pool-fin-4-7.3.4.report.txt.gz", NULL, false },
	{ "exec", TRACE_SAMPLES "exec-7.2.13.txt", NULL, false },
	{ "plain", NULL, PLAIN, false },
	{ "own", NULL, OWN, false },
	{ "dat", TRACE_SAMPLES "pool-fin-4-7.3.4.dat.gz", NULL, false },
};
enum { SAMPLES = G_N_ELEMENTS(samples), DAT = SAMPLES - 1 };

static char *dir;
static char *path;
static uint32_t *current; /* sample and seed of the one that is read; shared with the parent */

static GString *text_of(const struct sample *sample)
{
	return sample->file ? trace_text_read(sample->file) : g_string_new(sample->text);
}

static long memory_kb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* The file as seed @seed has it: spoiled in 1 to SPOILED_MAX places, compressed before that or not.
 */
static void write_spoiled(int number, const GString *text, uint32_t seed)
{
	const struct sample *sample = &samples[number];
	struct prng prng = { .key = prng_key(seed, (uint64_t)number) };
	GString *bytes = g_string_new_len(text->str, (gssize)text->len);
	uint64_t places = 1 + prng_below(&prng, SPOILED_MAX);
	/* A trace.dat is full of lengths and places: most others are refused at once. */
	bool keep_length = number == DAT && prng_below(&prng, 4);

	if (sample->compressed && prng_below(&prng, 4) == 0) {
		GByteArray *gzip = trace_text_gzip(bytes->str, bytes->len);

		g_string_truncate(bytes, 0);
		g_string_append_len(bytes, (const char *)gzip->data, gzip->len);
		g_byte_array_free(gzip, TRUE);
	}
	for (uint64_t i = 0; i < places && bytes->len > 0; i++)
		trace_text_spoil(bytes, &prng, keep_length);
	trace_text_write(path, bytes->str, bytes->len);
	g_string_free(bytes, TRUE);
}

static void read_spoiled(int number, const GString *text, uint32_t seed)
{
	GError *error = NULL;
	struct trace *trace;
	uint64_t lines = text->len, count = 0;

	current[0] = (uint32_t)number;
	current[1] = seed;
	write_spoiled(number, text, seed);
	trace = trace_open(path, &error);
	ck_assert(trace || error);
	if (trace)
		count = trace_text_count(trace, NULL, &error);
	/* a line may come twice, as often as places were spoiled */
	ck_assert_uint_le(count, lines * 2);
	/* the library can be led to need more memory than there is: that is no word on the file */
	if (error && error->domain == G_FILE_ERROR) {
		ck_assert_msg(
			g_str_has_prefix(error->message, "the process that reads it has failed"),
			"%s", error->message);
	} else if (error) {
		ck_assert(error->domain == TRACE_ERROR);
		ck_assert_msg(
			g_regex_match_simple("^(line|record) [0-9]+: .", error->message, 0, 0),
			"%s", error->message);
	}
	g_clear_error(&error);
	trace_close(trace);
}

static void run(int number, uint32_t from, uint32_t to)
{
	GString *text = text_of(&samples[number]);
	long before = memory_kb();

	for (uint32_t seed = from; seed < to; seed++)
		read_spoiled(number, text, seed);
	ck_assert_int_lt(memory_kb() - before, GROWTH_KB);
	g_string_free(text, TRUE);
}

static void start(void)
{
	dir = folder_new();
	path = g_build_filename(dir, "trace", NULL);
}

static void stop(void)
{
	g_free(path);
	folder_remove(dir);
}

SUITE(.timeout = 200, .before = start, .after = stop);

TEST_LONG(a_spoiled_trace_is_read_to_an_end, 0, SAMPLES, SAMPLES * PARTS)
{
	int number = _i % SAMPLES;
	uint32_t part = (uint32_t)(_i / SAMPLES), count = number == DAT ? DATS : TEXTS;

	run(number, part * count, (part + 1) * count);
}

/* TRACE_BYTES=SAMPLE,SEED */
TEST(the_spoiled_trace_that_was_asked_for_is_read_to_an_end)
{
	const char *asked = g_getenv("TRACE_BYTES");
	char **words = g_strsplit(asked ? asked : "", ",", 2);
	bool any = false;

	for (int i = 0; i < (int)SAMPLES; i++) {
		if (!words[0] || strcmp(samples[i].name, words[0]) != 0 || !words[1])
			continue;
		any = true;
		g_free(path);
		path = g_strdup("spoiled-trace");
		run(i, (uint32_t)atoi(words[1]), (uint32_t)atoi(words[1]) + 1);
	}
	g_strfreev(words);
	if (!asked)
		suite_skip("TRACE_BYTES is not set");
	else
		ck_assert_msg(any, "TRACE_BYTES=%s is not SAMPLE,SEED", asked);
}

int main(int argc, char **argv)
{
	char *asked[] = { argv[0], (char *)"the_spoiled_trace_that_was_asked_for", NULL };
	int status;

	current = mmap(NULL, 2 * sizeof(*current), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (current == MAP_FAILED)
		return EXIT_FAILURE;
	status = g_getenv("TRACE_BYTES") ? suite_run(2, asked) : suite_run(argc, argv);
	if (status != EXIT_SUCCESS)
		fprintf(stderr, "the last one: TRACE_BYTES=%s,%u\n", samples[current[0]].name,
			current[1]);
	return status;
}
