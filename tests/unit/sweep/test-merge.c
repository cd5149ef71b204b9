/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* dup, dup2, struct rlimit */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/sweep/merge.h"
#include "sim/sweep/shard.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"

static char *dir;
static char *output;
static GPtrArray *paths;

static void start(void)
{
	dir = folder_new();
	output = g_build_filename(dir, "merged.csv", NULL);
	paths = g_ptr_array_new_with_free_func(g_free);
}

static void stop(void)
{
	g_ptr_array_unref(paths);
	g_free(output);
	folder_remove(dir);
}

static char *head_of(uint64_t points)
{
	return g_strdup_printf("# cidsim 1.0 sweep\n# title t\n# points %" G_GUINT64_FORMAT
			       "\npoint,\"a,b\",seed\n",
		points);
}

static void add_row(GString *text, uint64_t point)
{
	g_string_append_printf(
		text, "%" G_GUINT64_FORMAT ",\"%0*d,\",1\n", point, (int)(point * point % 301), 7);
}

/* The rows of all points that are @from + k * @step, as a result file with @head. */
static char *text_of(const char *head, uint64_t points, uint64_t from, uint64_t step)
{
	GString *lines = g_string_new(NULL);
	char *text;

	for (uint64_t point = from; point < points; point += step)
		add_row(lines, point);
	text = sweep_text_result(head, lines->str);
	g_string_free(lines, TRUE);
	return text;
}

static const char *add_file(const char *name, const char *text)
{
	char *path = g_build_filename(dir, name, NULL);

	sweep_text_write(path, text, strlen(text));
	g_ptr_array_add(paths, path);
	return path;
}

/* Write shard @shard of @shards and add its path. */
static const char *add_shard_to(
	const char *name, uint64_t points, uint32_t shard, uint32_t shards, const char *sweep_head)
{
	char *head = sweep_shard_head(sweep_head, (struct sweep_shard){ shard, shards });
	char *text = text_of(head, points, shard - 1, shards);
	const char *path = add_file(name, text);

	g_free(text);
	g_free(head);
	return path;
}

static const char *add_shard(uint64_t points, uint32_t shard, uint32_t shards)
{
	char *head = head_of(points), *name = g_strdup_printf("s%u", shard);
	const char *path = add_shard_to(name, points, shard, shards, head);

	g_free(name);
	g_free(head);
	return path;
}

static bool merge(const char *to, GError **error)
{
	return sweep_merge((const char *const *)paths->pdata, paths->len, to, NULL, error);
}

static void assert_merged(uint64_t points)
{
	char *head = head_of(points), *expected = text_of(head, points, 0, 1), *text;
	GError *error = NULL;

	ck_assert_msg(merge(output, &error), "%s", error ? error->message : "");
	text = sweep_text_read(output, NULL);
	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(folder_files(dir), paths->len + 1);
	g_free(text);
	g_free(expected);
	g_free(head);
}

/* Takes @expected. Nothing must have been written. */
static void assert_refused(enum failure code, char *expected)
{
	unsigned files = folder_files(dir);
	GError *error = NULL;

	ck_assert(!merge(output, &error));
	ck_assert(error->domain == FAILURE);
	ck_assert_str_eq(error->message, expected);
	ck_assert_int_eq(error->code, (int)code);
	ck_assert_uint_eq(folder_files(dir), files);
	g_error_free(error);
	g_free(expected);
}

SUITE(.timeout = 120, .before = start, .after = stop);

TEST(shards_come_together_in_any_order)
{
	static const uint64_t points[] = { 1, 2, 3, 7, 64, 1000 };
	struct prng prng = { prng_key(4, 0), 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
		for (uint32_t shards = 1; shards < 12; shards++) {
			for (uint32_t shard = 1; shard <= shards; shard++)
				add_shard(points[i], shard, shards);
			for (guint k = paths->len - 1; k > 0; k--) {
				guint other = (guint)prng_below(&prng, k + 1);
				void *path = paths->pdata[k];

				paths->pdata[k] = paths->pdata[other];
				paths->pdata[other] = path;
			}
			assert_merged(points[i]);
			for (guint k = 0; k < paths->len; k++)
				g_remove(paths->pdata[k]);
			g_ptr_array_set_size(paths, 0);
		}
	}
}

TEST(standard_output_gets_the_same)
{
	char *expected, *text, *head = head_of(10);
	int saved = dup(STDOUT_FILENO), fd;

	add_shard(10, 2, 2);
	add_shard(10, 1, 2);
	fd = open(output, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	ck_assert(merge(NULL, NULL));
	ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
	close(saved);
	close(fd);
	expected = text_of(head, 10, 0, 1);
	text = sweep_text_read(output, NULL);
	ck_assert_str_eq(text, expected);
	g_free(text);
	g_free(expected);
	g_free(head);
}

TEST(missing_shards_are_named)
{
	static const struct {
		uint32_t have[10];
		const char *expected;
	} cases[] = {
		{ { 1, 3, 4, 8, 9, 10 }, "shards 2, 5-7 of 10 are missing" },
		{ { 10 }, "shards 1-9 of 10 are missing" },
		{ { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, "shard 10 of 10 is missing" },
		{ { 2, 5, 8 }, "shards 1, 3-4, 6-7, 9-10 of 10 are missing" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		for (int k = 0; k < 10 && cases[i].have[k]; k++)
			add_shard(20, cases[i].have[k], 10);
		assert_refused(FAILURE_INPUT, g_strdup(cases[i].expected));
		g_ptr_array_set_size(paths, 0);
	}
}

TEST(the_same_shard_twice_is_refused)
{
	const char *first = add_shard(4, 1, 2);

	g_ptr_array_add(paths, g_strdup(first));
	assert_refused(
		FAILURE_INPUT, g_strdup_printf("%s and %s: both are shard 1/2", first, first));
}

TEST(shards_of_other_sweeps_are_refused)
{
	char *other = g_strdup("# cidsim 1.0 sweep\n# title u\n# points 4\npoint,\"a,b\",seed\n");
	const char *first = add_shard(4, 1, 2);
	const char *second = add_shard_to("other", 4, 2, 2, other);

	assert_refused(FAILURE_INPUT, g_strdup_printf("%s:2: of another sweep than %s: found "
						      "'# title u', there it is '# title t'",
					      second, first));
	g_ptr_array_set_size(paths, 1);
	second = add_shard(4, 2, 3);
	assert_refused(FAILURE_INPUT,
		g_strdup_printf("%s: one of 3 shards, but %s one of 2", second, first));
	g_free(other);
}

TEST(what_is_no_shard_is_refused)
{
	char *head = head_of(4), *text = text_of(head, 4, 0, 1);
	const char *path = add_file("a", text);

	assert_refused(FAILURE_INPUT,
		g_strdup_printf(
			"%s: is no shard ('# shard K/N' is missing) but a complete sweep", path));
	g_ptr_array_set_size(paths, 0);
	g_free(text);
	text = sweep_text_result("# cidsim 1 sweep-summary\n# shard 1/2\na\n", "");
	path = add_file("a", text);
	assert_refused(FAILURE_INPUT,
		g_strdup_printf(
			"%s: is a summary; merge the rows and make a summary of them", path));
	g_ptr_array_set_size(paths, 0);
	assert_refused(FAILURE_INPUT, g_strdup("0 shards, expected 1 to 10000"));
	g_free(text);
	g_free(head);
}

TEST(wrong_heads_are_refused)
{
	static const struct {
		const char *comments;
		const char *expected;
	} cases[] = {
		{ "# points 4\n# shard 0/2\n", "'# shard': '0' is out of range, it must be 1 to 2" },
		{ "# points 4\n# shard 3/2\n", "'# shard': '3' is out of range, it must be 1 to 2" },
		{ "# points 4\n# shard 3\n", "'# shard': '3' is not written like 2/5" },
		{ "# points 4\n# shard /2\n",
			"'# shard': '' is not a whole number, write one like 4" },
		{ "# points 4\n# shard 1/2 \n",
			"'# shard': '2 ' is not a whole number, write one like 4" },
		{ "# points 4\n# shard 1/10001\n", "'# shard': '10001' is out of range, it must be 1 to 10000" },
		{ "# points 4\n# shard 1/02\n",
			"'# shard 1/2' is not the line before that of the columns" },
		{ "# shard 1/2\n# points 4\n",
			"'# shard 1/2' is not the line before that of the columns" },
		{ "# shard 1/2\n", "'# points N' is missing" },
		{ "# points x\n# shard 1/2\n",
			"'# points' is 'x', expected a number up to 1000000000" },
		{ "# points 1000000001\n# shard 1/2\n",
			"'# points' is '1000000001', expected a number up to 1000000000" },
		{ "# points 4\n# shard 1/2\n", "has 0 rows, expected 2 of 4 points" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *head = g_strconcat("# cidsim 1 sweep\n", cases[i].comments, "a\n", NULL);
		char *text = sweep_text_result(head, "");
		const char *path = add_file("a", text);

		assert_refused(FAILURE_INPUT, g_strconcat(path, ": ", cases[i].expected, NULL));
		g_ptr_array_set_size(paths, 0);
		g_free(text);
		g_free(head);
	}
}

TEST(a_shard_that_is_not_complete_is_refused)
{
	const char *path;
	char *text;

	add_shard(10, 1, 2);
	path = add_shard(10, 2, 2);
	text = sweep_text_read(path, NULL);
	sweep_text_write(path, text, strlen(text) - 1);
	assert_refused(FAILURE_INPUT,
		g_strdup_printf(
			"%s: is not complete: its last line '# end ROWS rows, digest ...' is "
			"missing; it was cut, or is still being written",
			path));
	*strstr(text, "5,") = '6';
	sweep_text_write(path, text, strlen(text));
	assert_refused(FAILURE_INPUT,
		g_strdup_printf(
			"%s:11: the digest is not that of the lines before it: the file was "
			"changed or is damaged",
			path));
	g_free(text);
}

TEST(an_output_that_cannot_be_written_is_reported)
{
	GError *error = NULL;

	add_shard(1000, 1, 2);
	add_shard(1000, 2, 2);
	ck_assert(!merge("/dev/full", &error));
	ck_assert_str_eq(error->message, "/dev/full: No space left on device");
	ck_assert_int_eq(error->code, FAILURE_ENVIRONMENT);
	ck_assert(error->domain == FAILURE);
	g_clear_error(&error);
	ck_assert(!merge(dir, &error));
	ck_assert_int_eq(error->code, FAILURE_ENVIRONMENT);
	g_error_free(error);
}

static rlim_t limit_files(rlim_t soft, rlim_t hard)
{
	struct rlimit limit, new;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	new = (struct rlimit){ MIN(soft, limit.rlim_max), MIN(hard, limit.rlim_max) };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &new), 0);
	return limit.rlim_max;
}

TEST(many_shards_are_open_at_once)
{
	enum { SHARDS = 300 };

	for (uint32_t shard = 1; shard <= SHARDS; shard++)
		add_shard(1000, shard, SHARDS);
	limit_files(64, RLIM_INFINITY);
	assert_merged(1000);
}

TEST(too_many_shards_for_the_system_are_refused)
{
	enum { SHARDS = 100 };

	for (uint32_t shard = 1; shard <= SHARDS; shard++)
		add_shard(1000, shard, SHARDS);
	limit_files(64, 64);
	assert_refused(FAILURE_ENVIRONMENT,
		g_strdup("132 files would be open at once, but the limit (ulimit -Hn) is 64"));
}

/* As many as there may be, most of them without a row. */
TEST(the_most_shards_are_merged)
{
	if (limit_files(64, RLIM_INFINITY) < SWEEP_SHARDS_MAX + 32) {
		suite_skip("too few files may be open (ulimit -Hn)");
		return;
	}
	for (uint32_t shard = 1; shard <= SWEEP_SHARDS_MAX; shard++)
		add_shard(100, shard, SWEEP_SHARDS_MAX);
	assert_merged(100);
}

/* Whatever was done to one of the shards: what is merged is right, or there is an error. */
TEST(spoiled_shards_are_refused)
{
	struct prng prng = { prng_key(5, 0), 0 };
	const char *path;
	char *good;

	add_shard(6, 1, 3);
	add_shard(6, 3, 3);
	path = add_shard(6, 2, 3);
	good = sweep_text_read(path, NULL);
	for (int i = 0; i < 4000; i++) {
		GString *text = g_string_new(good);
		GError *error = NULL;

		sweep_text_spoil(text, &prng);
		sweep_text_write(path, text->str, text->len);
		if (text->len == strlen(good) && memcmp(text->str, good, text->len) == 0) {
			assert_merged(6);
			ck_assert_int_eq(unlink(output), 0);
		} else {
			ck_assert(!merge(output, &error));
			ck_assert(error->domain == FAILURE);
			g_error_free(error);
			ck_assert_uint_eq(folder_files(dir), 3);
		}
		g_string_free(text, TRUE);
	}
	g_free(good);
}

static unsigned rows_left;

static bool stops(void)
{
	return rows_left-- == 0;
}

TEST_RANGE(a_merge_that_is_stopped_leaves_nothing, 0, 3)
{
	GError *error = NULL;

	add_shard(5, 1, 2);
	add_shard(5, 2, 2);
	rows_left = (unsigned)_i;
	ck_assert(!sweep_merge((const char *const *)paths->pdata, paths->len, output, stops, &error));
	ck_assert(g_error_matches(error, FAILURE, FAILURE_ENVIRONMENT));
	ck_assert(g_str_has_suffix(error->message, ": interrupted, not all rows are there"));
	ck_assert_uint_eq(folder_files(dir), 2);
	g_error_free(error);
}
