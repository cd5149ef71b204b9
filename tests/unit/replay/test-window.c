/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/window.h"

#include "model/revision.h"
#include "tests/lib/folder.h"
#include "tests/lib/kernel.h"
#include "tests/lib/replay-text.h"
#include "tests/lib/suite.h"

static char *folder, *file;

static void set_up(void)
{
	folder = folder_new();
	file = g_build_filename(folder, "trace.txt", NULL);
}

static void tear_down(void)
{
	folder_remove(folder);
	g_free(file);
}

SUITE(.before = set_up, .after = tear_down);

TEST(times_are_of_the_trace_or_after_its_first_event)
{
	struct trace_info info = { 0 }, counter = { .counts = true };
	struct replay_time time;

	ck_assert_ptr_null(replay_time_read("12.345678", &time));
	ck_assert_uint_eq(replay_time_ns(&time, &info, 5000), 12345678000);
	ck_assert_ptr_null(replay_time_read("36477", &time));
	ck_assert_uint_eq(replay_time_ns(&time, &counter, 5000), 36477000);
	ck_assert_ptr_null(replay_time_read("1.5ms", &time));
	ck_assert_uint_eq(replay_time_ns(&time, &info, 5000), 1505000);
	ck_assert_ptr_null(replay_time_read("18446744073s", &time));
	ck_assert_uint_eq(replay_time_ns(&time, &info, UINT64_MAX - 1), UINT64_MAX);
}

static const char *const wrong[] = { "", "x", "1.", "-1", "1,5", "1.0000000001", "5x", "ms",
	"99999999999999999999", "1e3" };

TEST_ROWS(other_times_are_refused, wrong)
{
	struct replay_time time = { .ns = 7 };
	g_autofree char *message = replay_time_read(wrong[_i], &time);

	ck_assert_ptr_nonnull(message);
	ck_assert_uint_eq(time.ns, 7);
}

/* What a kernel recorded, from its first fork on. */
static GString *kernel_text(uint64_t seed)
{
	struct kernel_options options = {
		.protocol = revision_find("7.1")->protocol, .cpus = 3, .tasks = 6, .mask = 7
	};
	struct kernel *k = kernel_new(&options, seed);
	GString *text;

	kernel_run(k, 3000);
	text = g_string_new(k->text->str);
	kernel_free(k);
	return text;
}

static struct replay_text replay_part(const GString *text, const char *from, const char *to)
{
	struct replay_text_options options = { .revision = "7.1" };
	char *bad = NULL;

	if (from)
		bad = replay_time_read(from, &options.from);
	if (to && !bad)
		bad = replay_time_read(to, &options.to);
	ck_assert_ptr_null(bad);
	return replay_text_run(file, text, options);
}

/* Proves, for kernels with hidden orders, that a trace cut in two by time has the observations of
 * the complete one, all of which agree: the state at the cut is not lost. */
TEST_RANGE(two_windows_are_the_trace, 1, 13)
{
	GString *text = kernel_text((uint64_t)_i);
	struct replay_text all = replay_part(text, NULL, NULL), first, second;
	g_autofree char *cut = g_strdup_printf("%" G_GUINT64_FORMAT "ns", all.result->end_ns / 3);
	g_autofree char *next =
		g_strdup_printf("%" G_GUINT64_FORMAT "ns", all.result->end_ns / 3 + 1);
	struct replay_counts counts, one, two;

	first = replay_part(text, NULL, cut);
	second = replay_part(text, next, NULL);
	ck_assert_msg(!first.error && !second.error, "%s",
		first.error    ? first.error->message
		: second.error ? second.error->message
			       : "");
	counts = replay_text_counts(all.verdict);
	one = replay_text_counts(first.verdict);
	two = replay_text_counts(second.verdict);
	ck_assert_uint_gt(two.compared, 0);
	ck_assert_uint_eq(one.compared + two.compared, counts.compared);
	ck_assert_uint_eq(one.unexplained + two.unexplained, 0);
	ck_assert_uint_eq(first.verdict->events + second.verdict->events, all.verdict->events);
	ck_assert_uint_eq(first.result->end_ns + second.result->end_ns + 1, all.result->end_ns);
	ck_assert_uint_eq(first.result->switches + second.result->switches, all.result->switches);
	ck_assert_str_eq(first.result->ended, "--to");
	replay_text_free(&all);
	replay_text_free(&first);
	replay_text_free(&second);
	g_string_free(text, TRUE);
}

/* Proves that a window behind the trace is a fault which says where the trace is. */
TEST(a_window_without_events_is_a_fault)
{
	GString *text = kernel_text(1);
	struct replay_text replay = replay_part(text, "1000s", NULL);

	ck_assert_ptr_nonnull(replay.error);
	ck_assert_ptr_nonnull(strstr(replay.error->message, "no event is between --from and --to"));
	ck_assert_uint_eq(replay.verdict->events, 0);
	replay_text_free(&replay);
	g_string_free(text, TRUE);
}
