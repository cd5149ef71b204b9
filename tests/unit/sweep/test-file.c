/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* flock, symlink, mkfifo, realpath */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/sweep/file.h"
#include "sim/sweep/reader.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"

enum { ROWS = 4 };

static const char *const rows[ROWS] = { "0,2,1,1.5", "1,2,2,", "2,\"4,\"\"x\"\"\",1,-0.25",
	"3,4,2,7" };
static const char other_head[] = "# cidsim 1.0 sweep\n"
				 "# title A, \"b\"\n"
				 "# empty \n"
				 "# points 5\n"
				 "point,cpus,seed,\"mean,x\"\n";

static char *dir;
static char *path;
static char *partial;
static char *whole; /* what comes of all rows */

static void start(void)
{
	char *lines = g_strdup_printf("%s\n%s\n%s\n%s\n", rows[0], rows[1], rows[2], rows[3]);

	dir = folder_new();
	path = g_build_filename(dir, "a.csv", NULL);
	partial = sweep_file_partial(path);
	whole = sweep_text_whole(SWEEP_TEXT_HEAD, lines);
	g_free(lines);
}

static void stop(void)
{
	g_free(whole);
	g_free(partial);
	g_free(path);
	folder_remove(dir);
}

static struct sweep_file *open_forced(const char *head, bool force, uint64_t expected_done)
{
	uint64_t done = UINT64_MAX;
	GError *error = NULL;
	struct sweep_file *file = sweep_file_open(path, head, ROWS, force, &done, &error);

	ck_assert_msg(file != NULL, "%s", error ? error->message : "");
	ck_assert_uint_eq(done, expected_done);
	return file;
}

static struct sweep_file *open_good(uint64_t expected_done)
{
	return open_forced(SWEEP_TEXT_HEAD, false, expected_done);
}

static void append(struct sweep_file *file, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		ck_assert(sweep_file_append(file, rows[i], NULL));
}

static void assert_whole(void)
{
	char *text = sweep_text_read(path, NULL);

	ck_assert_str_eq(text, whole);
	ck_assert_uint_eq(folder_files(dir), 1);
	g_free(text);
}

/* Append what is missing, finish, and see that all is as if nothing had happened. */
static void complete(struct sweep_file *file, uint64_t done)
{
	GError *error = NULL;

	append(file, done, ROWS);
	ck_assert_msg(sweep_file_finish(file, &error), "%s", error ? error->message : "");
	sweep_file_close(file);
	assert_whole();
}

/* A partial file with @count rows. */
static void leave(uint64_t count)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, count);
	sweep_file_close(file);
}

static void assert_message(GError *error, enum sweep_error code, const char *expected)
{
	ck_assert_ptr_nonnull(error);
	ck_assert(error->domain == SWEEP_ERROR);
	ck_assert_int_eq(error->code, (int)code);
	ck_assert_str_eq(error->message, expected);
	g_error_free(error);
}

/* @expected: what follows the @name. */
static void assert_error(
	GError *error, enum sweep_error code, const char *name, const char *expected)
{
	char *message = g_strconcat(name, expected, NULL);

	assert_message(error, code, message);
	g_free(message);
}

static void assert_refused(
	const char *head, bool force, enum sweep_error code, const char *name, const char *expected)
{
	GError *error = NULL;
	uint64_t done;

	ck_assert_ptr_null(sweep_file_open(path, head, ROWS, force, &done, &error));
	assert_error(error, code, name, expected);
}

SUITE(.timeout = 240, .before = start, .after = stop);

TEST(a_sweep_in_one_go_is_a_whole_file)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, 2);
	ck_assert(sweep_file_sync(file, NULL));
	ck_assert(g_file_test(partial, G_FILE_TEST_EXISTS));
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	complete(file, 2);
}

TEST(the_reader_reads_what_was_written)
{
	struct sweep_reader *reader;
	GError *error = NULL;

	complete(open_good(0), 0);
	reader = sweep_reader_open(path, NULL);
	ck_assert_str_eq(sweep_reader_head(reader), SWEEP_TEXT_HEAD);
	for (int i = 0; i < ROWS; i++) {
		ck_assert(sweep_reader_next(reader, NULL));
		ck_assert_str_eq(sweep_reader_row(reader), rows[i]);
	}
	ck_assert(!sweep_reader_next(reader, &error) && !error);
	sweep_reader_close(reader);
}

TEST(a_sweep_without_rows_is_a_whole_file)
{
	uint64_t done;
	struct sweep_file *file = sweep_file_open(path, SWEEP_TEXT_HEAD, 0, false, &done, NULL);
	char *expected = sweep_text_whole(SWEEP_TEXT_HEAD, ""), *text;

	ck_assert_uint_eq(done, 0);
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	text = sweep_text_read(path, NULL);
	ck_assert_str_eq(text, expected);
	g_free(text);
	g_free(expected);
}

TEST(the_partial_file_is_as_documented)
{
	uint64_t digest = hash_bytes(HASH_BYTES_START, SWEEP_TEXT_HEAD, strlen(SWEEP_TEXT_HEAD));
	char *expected, *text;

	leave(1);
	digest = hash_bytes(digest, rows[0], strlen(rows[0]));
	digest = hash_bytes(digest, "\n", 1);
	expected = g_strdup_printf("%s\n%s%016" G_GINT64_MODIFIER "x %s\n",
		"# cidsim unfinished sweep, format 1", SWEEP_TEXT_HEAD, digest, rows[0]);
	text = sweep_text_read(partial, NULL);
	ck_assert_str_eq(text, expected);
	g_free(text);
	g_free(expected);
}

TEST(a_whole_file_needs_nothing)
{
	struct sweep_file *file;

	complete(open_good(0), 0);
	file = open_good(ROWS);
	ck_assert(sweep_file_sync(file, NULL));
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	assert_whole();
}

TEST(a_crash_between_name_and_removal_is_repaired)
{
	leave(ROWS);
	sweep_text_write(path, whole, strlen(whole));
	complete(open_good(ROWS), ROWS);
}

TEST(a_stranger_with_the_name_of_the_partial_file_stays)
{
	sweep_text_write(path, whole, strlen(whole));
	sweep_text_write(partial, "mine\n", 5);
	sweep_file_close(open_good(ROWS));
	ck_assert(g_file_test(partial, G_FILE_TEST_EXISTS));
	ck_assert_int_eq(unlink(path), 0);
	assert_refused(SWEEP_TEXT_HEAD, false, SWEEP_ERROR_INPUT, partial,
		": is there and no partial file of a sweep; choose another -o, or --force writes "
		"over it");
	complete(open_forced(SWEEP_TEXT_HEAD, true, 0), 0);
}

TEST(the_temporary_file_of_a_crash_is_taken_over)
{
	char *name = g_strdup_printf("%s/.cidsim-%016" G_GINT64_MODIFIER "x", dir,
		hash_bytes(HASH_BYTES_START, "a.csv", 5));

	leave(ROWS);
	sweep_text_write(name, "much that is not what it should be", 34);
	complete(open_good(ROWS), ROWS);
	g_free(name);
}

TEST(every_cut_is_repaired)
{
	size_t length, head = strlen(sweep_partial_magic) + 1 + strlen(SWEEP_TEXT_HEAD);
	char *text;

	leave(ROWS);
	text = sweep_text_read(partial, &length);
	for (size_t cut = 0; cut <= length; cut++) {
		uint64_t done = 0;

		for (size_t i = head; i < cut; i++)
			done += text[i] == '\n';
		sweep_text_write(partial, text, cut);
		ck_assert_int_eq(g_remove(path) == 0, cut > 0);
		complete(open_good(done), done);
	}
	g_free(text);
}

/* What file systems leave behind a cut: zeros, or bytes of something else. */
TEST(every_cut_with_something_behind_it_is_repaired)
{
	static const char *const tails[] = { "\0", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		"zz\0\0", "\0\0\0\x7f\xff", "0123456789abcdef " };
	static const size_t lengths[] = { 1, 19, 4, 5, 17 };
	size_t length, head = strlen(sweep_partial_magic) + 1 + strlen(SWEEP_TEXT_HEAD);
	char *text;

	leave(ROWS);
	text = sweep_text_read(partial, &length);
	g_remove(partial);
	for (size_t cut = 0; cut <= length; cut++) {
		uint64_t done = 0;

		for (size_t i = head; i < cut; i++)
			done += text[i] == '\n';
		for (size_t k = cut < head ? 1 : G_N_ELEMENTS(tails); k-- > 0;) {
			GString *spoiled = g_string_new_len(text, (gssize)cut);

			g_string_append_len(spoiled, tails[k], (gssize)lengths[k]);
			sweep_text_write(partial, spoiled->str, spoiled->len);
			complete(open_good(done), done);
			g_remove(path);
			g_string_free(spoiled, TRUE);
		}
	}
	g_free(text);
}

TEST(zeros_beyond_any_line_are_cut_off)
{
	leave(2);
	ck_assert_int_eq(truncate(partial, 5000000), 0);
	complete(open_good(2), 2);
}

/* @expected: what follows PATH.partial. The file must stay as it is. */
static void assert_damage(const char *text, size_t length, const char *expected)
{
	size_t length_after;
	char *after;

	sweep_text_write(partial, text, length);
	assert_refused(SWEEP_TEXT_HEAD, false, SWEEP_ERROR_INPUT, partial, expected);
	after = sweep_text_read(partial, &length_after);
	ck_assert_uint_eq(length_after, length);
	ck_assert(memcmp(after, text, length) == 0);
	g_free(after);
}

TEST(damage_is_refused_and_stays_until_it_is_forced)
{
	static const char expected[] =
		":8: damaged: the checksum does not fit; --force begins anew, or cut the file off "
		"before this line to keep the 1 rows there";
	size_t length;
	char *text, *at;

	leave(ROWS);
	text = sweep_text_read(partial, &length);
	at = strstr(text, "1,2,2,");
	*at = '9';
	assert_damage(text, length, expected);
	*at = '\0';
	assert_damage(text, length, expected);
	*at = '1';
	at[-1] = '\t';
	assert_damage(text, length, expected);
	at[-1] = ' ';
	/* a line that was lost, one that is empty, one that comes twice */
	memmove(at - 17, at + 7, length - (size_t)(at + 7 - text));
	assert_damage(text, length - 24, expected);
	sweep_text_write(partial, text, length - 24);
	complete(open_forced(SWEEP_TEXT_HEAD, true, 0), 0);
	g_free(text);
}

TEST(a_bad_last_line_with_its_end_is_damage)
{
	size_t length;
	char *text;

	leave(ROWS);
	text = sweep_text_read(partial, &length);
	text[length - 2] ^= 1;
	assert_damage(text, length,
		":10: damaged: the checksum does not fit; --force begins anew, or cut the file off "
		"before this line to keep the 3 rows there");
	g_free(text);
}

TEST(a_tail_longer_than_any_line_is_damage)
{
	GString *text;
	char *good;

	leave(1);
	good = sweep_text_read(partial, NULL);
	text = g_string_new(good);
	for (int i = 0; i <= SWEEP_ROW_MAX + 17; i++)
		g_string_append_c(text, 'x');
	assert_damage(text->str, text->len,
		":8: damaged: the checksum does not fit; --force begins anew, or cut the file off "
		"before this line to keep the 1 rows there");
	g_string_truncate(text, text->len - 1);
	sweep_text_write(partial, text->str, text->len);
	complete(open_good(1), 1);
	g_string_free(text, TRUE);
	g_free(good);
}

TEST(more_rows_than_the_sweep_has_are_damage)
{
	GError *error = NULL;
	uint64_t done;

	leave(ROWS);
	ck_assert_ptr_null(sweep_file_open(path, SWEEP_TEXT_HEAD, ROWS - 1, false, &done, &error));
	assert_error(error, SWEEP_ERROR_INPUT, partial,
		":10: damaged: the sweep has only 3 rows; --force begins anew");
}

TEST(rows_of_another_sweep_are_refused)
{
	char *far = g_strdup_printf("# cidsim 1.0 sweep\n# title %0100d1\npoint\n", 0);
	char *near = g_strdup_printf("# cidsim 1.0 sweep\n# title %0100d2\npoint\n", 0);

	leave(2);
	assert_refused(other_head, false, SWEEP_ERROR_INPUT, partial,
		":5: rows of another sweep: found '# points 4', expected '# points 5'; choose "
		"another -o, or --force begins anew");
	assert_refused("# cidsim 1.0 sweep\n# title A, \"b\"\npoint\n", false, SWEEP_ERROR_INPUT,
		partial,
		":4: rows of another sweep: found '# empty ', expected 'point'; choose another -o, "
		"or --force begins anew");
	sweep_file_close(open_forced(far, true, 0));
	assert_refused(near, false, SWEEP_ERROR_INPUT, partial,
		":3: rows of another sweep: found '...00000000000000001', expected "
		"'...00000000000000002'; choose another -o, or --force begins anew");
	complete(open_forced(SWEEP_TEXT_HEAD, true, 0), 0);
	g_free(near);
	g_free(far);
}

TEST(a_whole_file_of_another_sweep_is_refused)
{
	GError *error = NULL;
	uint64_t done;

	complete(open_good(0), 0);
	assert_refused(other_head, false, SWEEP_ERROR_INPUT, path,
		":4: is there and of another sweep: found '# points 4', expected '# points 5'; "
		"choose another -o, or --force replaces the file");
	ck_assert_ptr_null(sweep_file_open(path, SWEEP_TEXT_HEAD, 5, false, &done, &error));
	assert_error(error, SWEEP_ERROR_INPUT, path,
		": is there and has 4 rows, expected 5; choose another -o, or --force replaces the "
		"file");
	assert_whole();
}

TEST(a_changed_file_is_refused)
{
	char *at = strstr(whole, "-0.25");

	*at = '9';
	sweep_text_write(path, whole, strlen(whole));
	assert_refused(SWEEP_TEXT_HEAD, false, SWEEP_ERROR_INPUT, path,
		":10: the digest is not that of the lines before it: the file was changed or is "
		"damaged; choose another -o, or --force replaces the file");
}

TEST(a_file_of_something_else_is_protected)
{
	char *text;

	sweep_text_write(path, "dear diary\n", 11);
	assert_refused(SWEEP_TEXT_HEAD, false, SWEEP_ERROR_INPUT, path,
		":1: not a file of a sweep: found 'dear diary', expected '# cidsim VERSION sweep'; "
		"choose another -o, or --force replaces the file");
	text = sweep_text_read(path, NULL);
	ck_assert_str_eq(text, "dear diary\n");
	g_free(text);
	ck_assert_uint_eq(folder_files(dir), 1);
	complete(open_forced(SWEEP_TEXT_HEAD, true, 0), 0);
}

TEST(an_empty_file_is_as_good_as_none)
{
	sweep_text_write(path, "", 0);
	complete(open_good(0), 0);
}

TEST(force_begins_both_anew_and_what_was_there_does_not_come_back)
{
	leave(2);
	sweep_text_write(path, whole, strlen(whole));
	sweep_file_close(open_forced(SWEEP_TEXT_HEAD, true, 0));
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	complete(open_good(0), 0);
}

TEST(what_cannot_be_gone_on_with_is_refused)
{
	char *none = g_build_filename(dir, "none", "a.csv", NULL);
	GError *error = NULL;
	uint64_t done;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	for (int force = 0; force < 2; force++)
		assert_refused(SWEEP_TEXT_HEAD, force, SWEEP_ERROR_ENVIRONMENT, path,
			": not a regular file: a sweep that is stopped could not be gone on with");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(g_mkdir(path, 0700), 0);
	for (int force = 0; force < 2; force++)
		assert_refused(
			SWEEP_TEXT_HEAD, force, SWEEP_ERROR_ENVIRONMENT, path, ": Is a directory");
	ck_assert_int_eq(g_rmdir(path), 0);
	ck_assert_ptr_null(sweep_file_open("", SWEEP_TEXT_HEAD, 1, false, &done, &error));
	assert_message(error, SWEEP_ERROR_ENVIRONMENT, ": No such file or directory");
	error = NULL;
	ck_assert_ptr_null(sweep_file_open(none, SWEEP_TEXT_HEAD, 1, false, &done, &error));
	assert_error(error, SWEEP_ERROR_ENVIRONMENT, none, ".partial: No such file or directory");
	ck_assert_uint_eq(folder_files(dir), 0);
	g_free(none);
}

TEST(what_is_no_file_in_the_place_of_the_partial_one_is_refused)
{
	ck_assert_int_eq(mkfifo(partial, 0600), 0);
	assert_refused(
		SWEEP_TEXT_HEAD, false, SWEEP_ERROR_ENVIRONMENT, partial, ": not a regular file");
	ck_assert_int_eq(unlink(partial), 0);
	ck_assert_int_eq(g_mkdir(partial, 0700), 0);
	assert_refused(
		SWEEP_TEXT_HEAD, false, SWEEP_ERROR_ENVIRONMENT, partial, ": Is a directory");
	ck_assert_int_eq(g_rmdir(partial), 0);
	ck_assert_int_eq(symlink("elsewhere", partial), 0);
	assert_refused(SWEEP_TEXT_HEAD, true, SWEEP_ERROR_ENVIRONMENT, partial,
		": Too many levels of symbolic links");
	ck_assert_uint_eq(folder_files(dir), 1);
}

TEST(two_processes_do_not_write_one_sweep)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, 1);
	for (int force = 0; force < 2; force++)
		assert_refused(SWEEP_TEXT_HEAD, force, SWEEP_ERROR_ENVIRONMENT, partial,
			": another process is writing it");
	complete(file, 1);
}

TEST(who_finishes_is_not_in_the_way_of_who_comes)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, ROWS);
	ck_assert(sweep_file_finish(file, NULL));
	/* the lock is still there, its name is not */
	complete(open_good(ROWS), ROWS);
	sweep_file_close(file);
	assert_whole();
}

TEST(a_link_stays_a_link)
{
	char *target = g_build_filename(dir, "target", NULL), *text;
	struct sweep_file *file;

	for (int force = 0; force < 2; force++) {
		sweep_text_write(target, force ? whole : "", force ? strlen(whole) : 0);
		if (!force)
			ck_assert_int_eq(symlink("target", path), 0);
		file = open_forced(SWEEP_TEXT_HEAD, force, 0);
		append(file, 0, ROWS);
		ck_assert(sweep_file_finish(file, NULL));
		sweep_file_close(file);
		ck_assert(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
		text = sweep_text_read(target, NULL);
		ck_assert_str_eq(text, whole);
		ck_assert_uint_eq(folder_files(dir), 2);
		g_free(text);
	}
	g_free(target);
}

TEST(a_name_that_was_taken_meanwhile_is_protected)
{
	struct sweep_file *file = open_good(0);
	char *expected =
		g_strdup_printf(": something else got this name while the sweep ran: move "
				"it away, and the same command finishes; all rows are in %s",
			partial);
	GError *error = NULL;

	append(file, 0, ROWS);
	sweep_text_write(path, "dear diary\n", 11);
	ck_assert(!sweep_file_finish(file, &error));
	assert_error(error, SWEEP_ERROR_ENVIRONMENT, path, expected);
	sweep_file_close(file);
	ck_assert_int_eq(unlink(path), 0);
	complete(open_good(ROWS), ROWS);
	g_free(expected);
}

TEST(a_name_as_long_as_can_be_finishes)
{
	char *name = g_strnfill(255 - 8, 'n');

	g_free(path);
	g_free(partial);
	path = g_build_filename(dir, name, NULL);
	partial = sweep_file_partial(path);
	complete(open_good(0), 0);
	g_free(name);
}

TEST(a_head_that_could_not_be_read_is_refused)
{
	GString *head = g_string_new("# cidsim 1 sweep\n# ");
	char *line = g_strnfill(SWEEP_ROW_MAX - 1, 'x');
	struct sweep_reader *reader;
	struct sweep_file *file;
	uint64_t done;

	assert_refused("# cidsim 1 sweep\n# a\tb\na\n", false, SWEEP_ERROR_INPUT, path,
		": the axes have byte 0x09, which does not belong there");
	g_string_append_printf(head, "%s\na\n", line);
	assert_refused(head->str, false, SWEEP_ERROR_INPUT, path,
		": the axes are too long for the head of the file");
	g_string_erase(head, 30, 1);
	file = sweep_file_open(path, head->str, 0, false, &done, NULL);
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	reader = sweep_reader_open(path, NULL);
	ck_assert_str_eq(sweep_reader_head(reader), head->str);
	sweep_reader_close(reader);
	g_free(line);
	g_string_free(head, TRUE);
}

TEST(a_row_that_could_not_be_read_is_refused)
{
	struct sweep_file *file = open_good(0);
	char *row = g_strnfill(SWEEP_ROW_MAX + 1, '1');
	GError *error = NULL;

	append(file, 0, 1);
	ck_assert(!sweep_file_append(file, row, &error));
	assert_error(error, SWEEP_ERROR_INPUT, partial, ": a row is longer than 1048576 bytes");
	g_free(row);
	complete(file, 1);
}

/* A disk that is full, as far as a process can make one. */
static void limit_size(rlim_t bytes)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static char *long_row(uint64_t i)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT ",%0*d,1,2", i, 50 + (int)(i % 97), 0);
}

TEST(rows_that_do_not_fit_are_told_and_the_others_stay)
{
	enum { MANY = 5000, LIMIT = 200001 };
	uint64_t done = 0, count = 0, written = 0;
	struct sweep_file *file = sweep_file_open(path, SWEEP_TEXT_HEAD, MANY, false, &done, NULL);
	GString *lines = g_string_new(NULL);
	GError *error = NULL;
	char *expected, *text;
	struct stat status;

	limit_size(LIMIT);
	for (bool good = true; good; count++) {
		char *row = long_row(count);

		good = sweep_file_append(file, row, &error);
		g_free(row);
	}
	assert_error(error, SWEEP_ERROR_ENVIRONMENT, partial, ": File too large");
	error = NULL;
	ck_assert(!sweep_file_append(file, "1", &error));
	assert_error(error, SWEEP_ERROR_ENVIRONMENT, partial, ": File too large");
	ck_assert(!sweep_file_sync(file, NULL));
	sweep_file_close(file);
	ck_assert_int_eq(stat(partial, &status), 0);
	ck_assert_int_gt(status.st_size, LIMIT - 200);
	ck_assert_int_le(status.st_size, LIMIT);
	text = sweep_text_read(partial, NULL);
	ck_assert_int_eq(text[status.st_size - 1], '\n');
	for (char *c = text; *c; c++)
		written += *c == '\n';
	g_free(text);

	limit_size(RLIM_INFINITY);
	file = sweep_file_open(path, SWEEP_TEXT_HEAD, MANY, false, &done, NULL);
	ck_assert_uint_eq(done, written - 6);
	ck_assert_uint_lt(done, count);
	for (uint64_t i = 0; i < MANY; i++) {
		char *row = long_row(i);

		if (i >= done)
			ck_assert(sweep_file_append(file, row, NULL));
		g_string_append_printf(lines, "%s\n", row);
		g_free(row);
	}
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	expected = sweep_text_whole(SWEEP_TEXT_HEAD, lines->str);
	text = sweep_text_read(path, NULL);
	ck_assert(strcmp(text, expected) == 0);
	g_free(text);
	g_free(expected);
	g_string_free(lines, TRUE);
}

TEST(every_limit_leaves_whole_rows)
{
	size_t length;

	leave(ROWS);
	g_free(sweep_text_read(partial, &length));
	ck_assert_int_eq(unlink(partial), 0);
	for (size_t limit = 0; limit < length; limit++) {
		struct sweep_file *file;
		GError *error = NULL;
		uint64_t done;

		limit_size(limit);
		file = sweep_file_open(path, SWEEP_TEXT_HEAD, ROWS, false, &done, &error);
		if (file) {
			append(file, 0, ROWS);
			ck_assert(!sweep_file_finish(file, &error));
			sweep_file_close(file);
		}
		assert_error(error, SWEEP_ERROR_ENVIRONMENT, partial, ": File too large");
		ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
		limit_size(RLIM_INFINITY);
		file = sweep_file_open(path, SWEEP_TEXT_HEAD, ROWS, false, &done, NULL);
		complete(file, done);
		ck_assert_int_eq(unlink(path), 0);
	}
}

TEST(a_whole_file_that_does_not_fit_is_told_and_the_rows_stay)
{
	char *expected = g_strdup_printf(": File too large; all rows are in %s", partial);
	struct sweep_file *file = open_good(0);
	GError *error = NULL;

	append(file, 0, ROWS);
	ck_assert(sweep_file_sync(file, NULL));
	limit_size(strlen(whole) - 1);
	ck_assert(!sweep_file_finish(file, &error));
	assert_error(error, SWEEP_ERROR_ENVIRONMENT, path, expected);
	sweep_file_close(file);
	ck_assert_uint_eq(folder_files(dir), 1);
	limit_size(RLIM_INFINITY);
	complete(open_good(ROWS), ROWS);
	g_free(expected);
}

TEST(a_directory_that_cannot_be_written_is_told_at_once)
{
	if (geteuid() == 0)
		return;
	complete(open_good(0), 0);
	ck_assert_int_eq(chmod(dir, 0500), 0);
	complete(open_good(ROWS), ROWS);
	ck_assert_int_eq(chmod(dir, 0700), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(chmod(dir, 0500), 0);
	assert_refused(
		SWEEP_TEXT_HEAD, false, SWEEP_ERROR_ENVIRONMENT, partial, ": Permission denied");
	ck_assert_int_eq(chmod(dir, 0700), 0);
}

TEST(a_partial_file_that_is_changed_meanwhile_is_told)
{
	struct sweep_file *file = open_good(0);
	GError *error = NULL;
	FILE *stream;

	append(file, 0, ROWS);
	ck_assert(sweep_file_sync(file, NULL));
	stream = g_fopen(partial, "r+");
	ck_assert_int_eq(fseek(stream, -3, SEEK_END), 0);
	ck_assert_int_eq(fputc('x', stream), 'x');
	ck_assert_int_eq(fclose(stream), 0);
	ck_assert(!sweep_file_finish(file, &error));
	assert_error(error, SWEEP_ERROR_ENVIRONMENT, partial,
		": was changed by something else than this process");
	sweep_file_close(file);
	ck_assert_uint_eq(folder_files(dir), 1);
}

/* Processes that are killed wherever they are, until one finishes. */
TEST(killed_processes_are_gone_on_from)
{
	enum { MANY = 4000 };
	struct prng prng = { prng_key(3, 0), 0 };
	GString *lines = g_string_new(NULL);
	char *expected, *text;
	uint64_t longest_us = 2000;
	int status = 1;

	for (uint64_t i = 0; i < MANY; i++) {
		char *row = long_row(i);

		g_string_append_printf(lines, "%s\n", row);
		g_free(row);
	}
	expected = sweep_text_whole(SWEEP_TEXT_HEAD, lines->str);
	while (status != 0) {
		useconds_t wait_us = (useconds_t)prng_below(&prng, longest_us);
		pid_t pid = fork();

		if (pid == 0) {
			uint64_t done;
			struct sweep_file *file =
				sweep_file_open(path, SWEEP_TEXT_HEAD, MANY, false, &done, NULL);

			for (; file && done < MANY; done++) {
				char *row = long_row(done);

				if (!sweep_file_append(file, row, NULL) ||
					(done % 64 == 0 && !sweep_file_sync(file, NULL)))
					_exit(2);
				g_free(row);
			}
			_exit(file && sweep_file_finish(file, NULL) ? 0 : 2);
		}
		/* longer each time, so that also a slow machine comes to the end */
		longest_us += longest_us / 20;
		g_usleep(wait_us);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
		if (g_file_test(path, G_FILE_TEST_EXISTS)) {
			text = sweep_text_read(path, NULL);
			ck_assert(strcmp(text, expected) == 0);
			g_free(text);
		}
	}
	ck_assert_uint_eq(folder_files(dir), 1);
	g_free(expected);
	g_string_free(lines, TRUE);
}

/* Whatever was done to a partial file: the sweep comes out right, or there is an error. */
TEST(spoiled_partial_files_are_told_or_repaired)
{
	struct prng prng = { prng_key(2, 0), 0 };
	unsigned repaired = 0;
	size_t length;
	char *good;

	leave(ROWS);
	good = sweep_text_read(partial, &length);
	for (int i = 0; i < 4000; i++) {
		GString *text = g_string_new(good);
		struct sweep_file *file;
		GError *error = NULL;
		uint64_t done;

		for (uint64_t k = prng_below(&prng, 3) + 1; k && text->len; k--)
			sweep_text_spoil(text, &prng);
		sweep_text_write(partial, text->str, text->len);
		file = sweep_file_open(path, SWEEP_TEXT_HEAD, ROWS, false, &done, &error);
		if (file) {
			complete(file, done);
			ck_assert_int_eq(unlink(path), 0);
			repaired++;
		} else {
			ck_assert(error->domain == SWEEP_ERROR);
			ck_assert_int_eq(error->code, SWEEP_ERROR_INPUT);
			ck_assert(g_str_has_prefix(error->message, partial));
			ck_assert(g_utf8_validate(error->message, -1, NULL));
			g_error_free(error);
		}
		g_string_free(text, TRUE);
	}
	ck_assert_uint_gt(repaired, 200);
	ck_assert_uint_lt(repaired, 3800);
	g_free(good);
}
