/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * A trace is input that nobody vouches for: text of real traces, with lines that go, come twice or
 * elsewhere, with other numbers, pids, CPUs, mms and words, spliced and cut off, is replayed. It
 * may agree, differ or be no trace; it must neither end the program nor go on for ever, and what is
 * counted must add up.
 *
 *     test-random-replay-mutations                     the traces of tests/traces
 *     test-random-replay-mutations SEEDS FIRST PATH…   these, SEEDS each, from seed FIRST on
 */

#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/time.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/folder.h"
#include "tests/lib/replay-text.h"

#include "tests/lib/suite.h"
#include "tests/lib/trace-text.h"

enum { SECONDS_MAX = 20, LINES_MAX = 700, HEADER_MAX = 12 };

static GPtrArray *paths;
static uint64_t seeds = 250, first_seed;

static char *folder, *file;
static const char *trace_name;
static uint64_t seed;

/* A trace as lines, without their ends. */

struct lines {
	GPtrArray *header; /* begin with '#' */
	GPtrArray *events;
};

static struct lines read_lines(const char *path)
{
	struct lines lines = { g_ptr_array_new_with_free_func(g_free),
		g_ptr_array_new_with_free_func(g_free) };
	GString *text = trace_text_read(path);
	char **all = g_strsplit(text->str, "\n", 0);

	for (char **line = all; *line; line++) {
		bool header = **line == '#' && lines.events->len == 0;

		if (**line && (!header || lines.header->len < HEADER_MAX))
			g_ptr_array_add(header ? lines.header : lines.events, *line);
		else
			g_free(*line);
	}
	g_free(all);
	g_string_free(text, TRUE);
	return lines;
}

static void free_lines(struct lines *lines)
{
	g_ptr_array_free(lines->header, TRUE);
	g_ptr_array_free(lines->events, TRUE);
}

static uint32_t below(struct prng *prng, uint32_t bound)
{
	return (uint32_t)prng_below(prng, bound);
}

/* Some lines in a row. In half of the cases the first ones, where mms begin. */
static GPtrArray *draw_part(struct prng *prng, const GPtrArray *events, uint32_t most)
{
	GPtrArray *part = g_ptr_array_new_with_free_func(g_free);
	uint32_t count = 1 + below(prng, MIN(events->len, most));
	uint32_t from = prng_below(prng, 2) ? 0 : below(prng, events->len - count + 1);

	for (uint32_t i = from; i < from + count; i++)
		g_ptr_array_add(part, g_strdup(events->pdata[i]));
	return part;
}

/* Mutations */

static bool is_digit(char c)
{
	return g_ascii_isxdigit(c);
}

/* The run of digits that begins at or after @at, or the first one; its @length. NULL if none. */
static const char *find_number(const char *line, size_t at, size_t *length)
{
	const char *number = line + at;

	while (number > line && is_digit(number[-1]))
		number--;
	while (*number && !is_digit(*number))
		number++;
	for (*length = 0; is_digit(number[*length]); ++*length)
		;
	return *length ? number : NULL;
}

static void replace_line(
	GPtrArray *lines, uint32_t at, const char *part, size_t length, const char *text)
{
	char *line = lines->pdata[at];

	lines->pdata[at] =
		g_strdup_printf("%.*s%s%s", (int)(part - line), line, text, part + length);
	g_free(line);
}

/* A number that is at a boundary of something. */
static char *odd_number(struct prng *prng)
{
	static const char *const odd[] = { "0", "1", "2", "3", "4", "5", "7", "63", "64", "8191",
		"8192", "4194303", "4194304", "0x20000000", "0x40000000", "0x60000000",
		"0x80000000", "0xa0000000", "0xc0000001", "2147483648", "4294967294", "4294967295",
		"18446744073709551615", "-1", "?", "", "1073741824", "536870912", "536870913" };

	return g_strdup(odd[below(prng, G_N_ELEMENTS(odd))]);
}

/* Another number for @number: near it, odd, or one from the same lines. */
static char *other_number(struct prng *prng, const GPtrArray *lines, const char *number)
{
	const char *line, *other;
	size_t length;

	switch (prng_below(prng, 12)) {
	case 0:
	case 1:
		return g_strdup_printf(
			"%" G_GUINT64_FORMAT, g_ascii_strtoull(number, NULL, 10) + 1);
	case 2:
		return odd_number(prng);
	default:
		line = lines->pdata[below(prng, lines->len)];
		other = *line ? find_number(line, below(prng, (uint32_t)strlen(line)), &length)
		              : NULL;
		return other ? g_strndup(other, length) : odd_number(prng);
	}
}

static void change_number(struct prng *prng, GPtrArray *lines, uint32_t at)
{
	const char *line = lines->pdata[at], *number;
	size_t length;
	char *text;

	number = *line ? find_number(line, below(prng, (uint32_t)strlen(line)), &length) : NULL;
	if (!number)
		return;
	text = other_number(prng, lines, number);
	replace_line(lines, at, number, length, text);
	g_free(text);
}

/* KEY=VALUE of one line gets the value that another line has for it. */
static void change_field(struct prng *prng, GPtrArray *lines, uint32_t at)
{
	const char *other = lines->pdata[below(prng, lines->len)], *field = strchr(other, '=');
	const char *mine, *key;
	char *name, *value;

	for (uint32_t skip = below(prng, 12); skip > 0 && field && strchr(field + 1, '='); skip--)
		field = strchr(field + 1, '=');
	if (!field)
		return;
	for (key = field; key > other && key[-1] != ' '; key--)
		;
	name = g_strndup(key, (gsize)(field + 1 - key));
	value = g_strndup(field + 1, strcspn(field + 1, " "));
	mine = strstr(lines->pdata[at], name);
	if (mine)
		replace_line(
			lines, at, mine + strlen(name), strcspn(mine + strlen(name), " "), value);
	g_free(name);
	g_free(value);
}

/* From some line on one number, say a pid or an mm, is another everywhere. */
static void rename_number(struct prng *prng, GPtrArray *lines, uint32_t at)
{
	const char *line = lines->pdata[at], *number;
	size_t length;
	char *from, *to;

	number = *line ? find_number(line, below(prng, (uint32_t)strlen(line)), &length) : NULL;
	if (!number)
		return;
	from = g_strndup(number, length);
	to = other_number(prng, lines, number);
	for (uint32_t i = at; i < lines->len; i++) {
		const char *found = strstr(lines->pdata[i], from);

		if (found)
			replace_line(lines, i, found, length, to);
	}
	g_free(from);
	g_free(to);
}

static void swap_lines(GPtrArray *lines, uint32_t a, uint32_t b)
{
	gpointer line = lines->pdata[a];

	lines->pdata[a] = lines->pdata[b];
	lines->pdata[b] = line;
}

static void mutate(struct prng *prng, GPtrArray *lines)
{
	uint32_t at = below(prng, lines->len), other = below(prng, lines->len), count;

	switch (prng_below(prng, 10)) {
	case 0:
		g_ptr_array_remove_index(lines, at);
		break;
	case 1:
		count = 1 + below(prng, 40);
		g_ptr_array_remove_range(lines, at, MIN(count, lines->len - at));
		break;
	case 2:
		g_ptr_array_insert(lines, (gint)other, g_strdup(lines->pdata[at]));
		break;
	case 3:
		g_ptr_array_insert(lines, (gint)at, g_strdup(lines->pdata[at]));
		break;
	case 4:
		swap_lines(lines, at, other);
		break;
	case 5:
		other = at + 1 + below(prng, 3);
		swap_lines(lines, at, MIN(other, lines->len - 1));
		break;
	case 6:
		rename_number(prng, lines, at);
		break;
	case 7:
		change_field(prng, lines, at);
		break;
	default:
		change_number(prng, lines, at);
		break;
	}
}

static void append(GPtrArray *lines, GPtrArray *more)
{
	for (guint i = 0; i < more->len; i++)
		g_ptr_array_add(lines, g_strdup(more->pdata[i]));
	g_ptr_array_free(more, TRUE);
}

static GString *join(const GPtrArray *header, const GPtrArray *lines)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < header->len; i++)
		g_string_append_printf(text, "%s\n", (const char *)header->pdata[i]);
	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, "%s\n", (const char *)lines->pdata[i]);
	return text;
}

/* A mutation of @trace, maybe with a part of @other behind it. */
static GString *draw_text(struct prng *prng, const struct lines *trace, const struct lines *other)
{
	GPtrArray *lines = draw_part(prng, trace->events, LINES_MAX);
	GString *text;

	if (prng_below(prng, 5) == 0)
		append(lines, draw_part(prng, other->events, LINES_MAX));
	for (uint32_t i = 1 + below(prng, prng_below(prng, 2) ? 4 : 40); i > 0 && lines->len; i--)
		mutate(prng, lines);
	text = join(trace->header, lines);
	if (prng_below(prng, 30) == 0)
		trace_text_spoil(text, prng, false);
	g_ptr_array_free(lines, TRUE);
	return text;
}

/* Replays */

static void check_counts(const struct replay_counts *counts)
{
	if (counts->compared ==
		counts->agreed + counts->hidden + counts->unexplained + counts->undecided)
		return;
	fprintf(stderr, "%s, seed %" G_GUINT64_FORMAT ": what was compared does not add up\n",
		trace_name, seed);
	exit(EXIT_FAILURE);
}

static struct {
	uint64_t runs, bad, agreed, differed, undecided;
} tally;

static void count(const struct replay_text *replay)
{
	const struct replay_verdict *v = replay->verdict;

	tally.runs++;
	if (replay->error)
		tally.bad++;
	if (!v)
		return;
	check_counts(&v->switches);
	check_counts(&v->others);
	if (v->switches.unexplained || v->others.unexplained)
		tally.differed++;
	else if (v->switches.undecided || v->others.undecided)
		tally.undecided++;
	else if (!replay->error)
		tally.agreed++;
}

static void run_seed(const struct lines *trace, const struct lines *other)
{
	static const char *const revisions[] = { NULL, NULL, "6.19", "7.0", "v3", "7.1" };
	struct replay_text_options options = { .orders_max = 64 };
	const struct itimerval limit = { .it_value.tv_sec = SECONDS_MAX };
	struct replay_text replay;
	struct prng prng = { .key = prng_key(seed, 0) };
	GString *text;

	options.revision = revisions[below(&prng, G_N_ELEMENTS(revisions))];
	if (prng_below(&prng, 8) == 0)
		options.orders_max = 4096;
	text = draw_text(&prng, trace, other);
	setitimer(ITIMER_VIRTUAL, &limit, NULL);
	replay = replay_text_run(file, text, options);
	count(&replay);
	replay_text_free(&replay);
	g_string_free(text, TRUE);
}

static void run_path(const char *path, const char *beside)
{
	struct lines trace = read_lines(path), other = read_lines(beside);

	trace_name = path;
	for (seed = first_seed; seed < first_seed + seeds; seed++)
		run_seed(&trace, &other);
	free_lines(&trace);
	free_lines(&other);
}

/* The seed of a run that ends the program; its text is still in the file. */
static void print_seed(int signal)
{
	static char text[512];
	int length = snprintf(text, sizeof(text), "signal %d: %s, seed %" G_GUINT64_FORMAT ", %s\n",
		signal, trace_name, seed, file);

	if (write(STDERR_FILENO, text, (size_t)MAX(length, 0)) < 0)
		_exit(2);
	_exit(1);
}

/* Proves that no text, however far it is from what a kernel can write, ends the program, keeps it
 * for ever, or is counted wrongly. */
TEST(any_text_is_replayed_or_refused)
{
	folder = folder_new();
	file = g_build_filename(folder, "trace", NULL);
	signal(SIGABRT, print_seed);
	signal(SIGVTALRM, print_seed);
	for (guint i = 0; i < paths->len; i++)
		run_path(paths->pdata[i], paths->pdata[(i + 1) % paths->len]);
	printf("%" G_GUINT64_FORMAT " mutations: %" G_GUINT64_FORMAT
	       " no trace or broken off, %" G_GUINT64_FORMAT " agreed, %" G_GUINT64_FORMAT
	       " differed, %" G_GUINT64_FORMAT " undecided\n",
		tally.runs, tally.bad, tally.agreed, tally.differed, tally.undecided);
	ck_assert_uint_gt(tally.runs, 0);
	g_free(file);
	folder_remove(folder);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those that are text. */
static void add_samples(void)
{
	GDir *dir = g_dir_open(TRACE_SAMPLES, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)) != NULL) {
		if (g_str_has_suffix(name, ".txt.gz") || g_str_has_suffix(name, ".trace.gz"))
			g_ptr_array_add(paths, g_build_filename(TRACE_SAMPLES, name, NULL));
	}
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(paths, by_name);
}

int main(int argc, char **argv)
{
	int status;

	if (argc > 1)
		seeds = g_ascii_strtoull(argv[1], NULL, 10);
	if (argc > 2)
		first_seed = g_ascii_strtoull(argv[2], NULL, 10);
	paths = g_ptr_array_new_with_free_func(g_free);
	for (int i = 3; i < argc; i++)
		g_ptr_array_add(paths, g_strdup(argv[i]));
	if (paths->len == 0)
		add_samples();
	g_setenv("CK_FORK", "no", TRUE);
	status = suite_run(1, argv);
	g_ptr_array_free(paths, TRUE);
	return status;
}
