/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/bytes.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

SUITE(.before = trace_events_start, .after = trace_events_stop);

TEST(bytes_that_are_no_text_are_errors)
{
	GString *text = g_string_new(AT("1") "wk:\n");
	char *half;

	assert_text_fails("", 0,
		"line 1: is empty, expected a trace: trace.dat, text of trace-cmd report or "
		"tracefs, cidtrace, or trace.txt of cidsim run");
	assert_bytes_fail("a\0b\n", 4, 0, "line 1: has a NUL byte: this is no text");
	assert_bytes_fail("\xfd"
			  "7zXZ\0abc",
		9, 0,
		"line 1: is compressed with xz, expected plain text, gzip or zstd: decompress it "
		"first");
	half = g_strdup_printf("%s%s", text->str, AT("2") "wk:");
	assert_text_fails(half, 1, "line 2: is cut off in the middle, the file is not complete");
	g_free(half);
	for (int i = 0; i < 70000; i++)
		g_string_append_c(text, 'x');
	assert_text_fails(
		text->str, 1, "line 2: is longer than 65536 bytes, the most that a line may have");
	g_string_append_c(text, '\n');
	assert_text_fails(
		text->str, 1, "line 2: is longer than 65536 bytes, the most that a line may have");
	g_string_free(text, TRUE);
}

TEST(the_longest_line_is_read)
{
	GString *text = g_string_new(AT("1") "wk: ");
	struct trace *trace;

	while (text->len < 64 << 10)
		g_string_append_c(text, 'x');
	g_string_append(text, "\n" AT("2") "wk:\r\n");
	trace = open_bytes(text->str, text->len);
	next_event(trace);
	ck_assert_uint_eq(next_event(trace).time_ns, 2000);
	assert_trace_end(trace);
	g_string_free(text, TRUE);
}

/* Of eight bytes at a time and of those that are left. */
TEST_RANGE(what_is_no_text_becomes_question_marks, 0, 18)
{
	static const struct {
		const char *found, *given;
	} rows[] = {
		{ "\x1b[2J", "?[2J" },
		{ "a\tb", "a b" },
		{ "\xff\xfe", "??" },
		{ "\xc3", "?" },
		{ "\x7f", "?" },
		{ "\xc2\x9b"
		  "31m",
			"??31m" },
		{ "\xed\xa0\x80", "???" },
		{ "gr\xc3\xb6\xc3\x9f"
		  "er ~",
			"gr\xc3\xb6\xc3\x9f"
			"er ~" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text =
			g_strdup_printf("%.*s%s\n", _i, "0123456789abcdefgh", rows[i].found);
		struct bytes *bytes;
		size_t length;
		char *line;

		trace_text_write(trace_path(), text, strlen(text));
		bytes = bytes_open(trace_path(), NULL);
		line = bytes_line(bytes, &length, NULL);
		ck_assert_ptr_nonnull(line);
		ck_assert_uint_eq(length, strlen(line));
		ck_assert_str_eq(line + _i, rows[i].given);
		ck_assert(memcmp(line, "0123456789abcdefgh", (size_t)_i) == 0);
		bytes_close(bytes);
	}
}

TEST(compressed_streams_may_follow_each_other)
{
	static const char first[] = AT("1") "wk:\n" AT("2") "w", second[] = "k:\n";
	GByteArray *bytes = trace_text_gzip(first, strlen(first));
	GByteArray *more = trace_text_gzip(second, strlen(second));
	struct trace *trace;

	g_byte_array_append(bytes, more->data, more->len);
	g_byte_array_append(bytes, (const guint8 *)"\0\0\0", 3);
	trace = open_bytes(bytes->data, bytes->len);
	ck_assert_uint_eq(trace_text_count(trace, NULL, NULL), 2);
	trace_close(trace);
	g_byte_array_free(bytes, TRUE);
	g_byte_array_free(more, TRUE);
}

/* Zstandard's own example of a frame: raw blocks need no compressor. */
TEST(zstd_is_read)
{
	static const char text[] = AT("1") "wk:\n";
	size_t length = strlen(text);
	GByteArray *bytes = g_byte_array_new();
	const guint8 head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x20, (guint8)length,
		(guint8)(length << 3 | 1), 0, 0 };
	struct trace *trace;

	ck_assert_uint_lt(length, 32 << 3);
	g_byte_array_append(bytes, head, sizeof(head));
	bytes->data[7] = (guint8)(length >> 5);
	g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
	trace = open_bytes(bytes->data, bytes->len);
	ck_assert_uint_eq(trace_text_count(trace, NULL, NULL), 1);
	trace_close(trace);
	assert_bytes_fail(bytes->data, bytes->len - 1, 0,
		"line 1: the compressed stream is cut off, the file is not complete");
	bytes->data[6] |= 6;
	assert_bytes_fail(bytes->data, bytes->len, 0, "line 1: the zstd stream is damaged");
	g_byte_array_free(bytes, TRUE);
}

TEST(a_stream_that_is_cut_off_is_an_error_after_what_it_had)
{
	GString *text = g_string_new(NULL);
	GByteArray *bytes;
	GError *error = NULL;
	struct trace *trace;
	uint64_t count;

	for (int i = 0; i < 10000; i++)
		g_string_append_printf(text, "a-1 [000] %d: wk: x=%u\n", i, i * 2654435761u);
	bytes = trace_text_gzip(text->str, text->len);
	trace_text_write(trace_path(), (const char *)bytes->data, bytes->len / 2);
	trace = trace_open(trace_path(), NULL);
	ck_assert_ptr_nonnull(trace);
	count = trace_text_count(trace, NULL, &error);
	ck_assert_uint_gt(count, 3000);
	ck_assert_uint_lt(count, 7000);
	ck_assert_ptr_nonnull(error);
	ck_assert(g_str_has_suffix(
		error->message, ": the compressed stream is cut off, the file is not complete"));
	g_error_free(error);
	trace_close(trace);
	bytes->data[bytes->len / 2] ^= 0x55;
	trace_text_write(trace_path(), (const char *)bytes->data, bytes->len);
	trace = trace_open(trace_path(), NULL);
	error = NULL;
	trace_text_count(trace, NULL, &error);
	ck_assert_ptr_nonnull(error);
	g_error_free(error);
	trace_close(trace);
	g_byte_array_free(bytes, TRUE);
	g_string_free(text, TRUE);
}

/* The bytes of the file, which are @text. */
static struct bytes *bytes_of(const char *text)
{
	struct bytes *bytes;

	trace_text_write(trace_path(), text, strlen(text));
	bytes = bytes_open(trace_path(), NULL);
	ck_assert_ptr_nonnull(bytes);
	return bytes;
}

TEST(lines_come_without_their_ends_and_are_counted)
{
	struct bytes *bytes = bytes_of("a\n\r\nb c\r\n");
	size_t length;

	ck_assert_str_eq(bytes_line(bytes, &length, NULL), "a");
	ck_assert_str_eq(bytes_line(bytes, &length, NULL), "");
	ck_assert_str_eq(bytes_line(bytes, &length, NULL), "b c");
	ck_assert_uint_eq(length, 3);
	ck_assert_uint_eq(bytes_lines(bytes), 3);
	ck_assert_ptr_null(bytes_line(bytes, &length, NULL));
	ck_assert_ptr_null(bytes_line(bytes, &length, NULL));
	bytes_close(bytes);
}

TEST(what_was_peeked_at_is_still_read)
{
	struct bytes *bytes = bytes_of("abc\n");
	size_t length;

	ck_assert(memcmp(bytes_peek(bytes, 2, &length, NULL), "ab", 2) == 0);
	ck_assert_uint_ge(length, 2);
	ck_assert(bytes_peek(bytes, 64, &length, NULL));
	ck_assert_uint_eq(length, 4);
	ck_assert_str_eq(bytes_line(bytes, &length, NULL), "abc");
	bytes_close(bytes);
}

/* All of @fd from its start, which is closed. */
static void assert_content(int fd, const char *expected)
{
	char content[64];
	ssize_t got = read(fd, content, sizeof(content));

	ck_assert_int_eq(got, (ssize_t)strlen(expected));
	ck_assert(memcmp(content, expected, strlen(expected)) == 0);
	close(fd);
}

TEST(a_plain_file_is_seekable_itself)
{
	struct bytes *bytes = bytes_of("plain text\n");
	struct stat file, copy;
	size_t length;
	int fd;

	bytes_peek(bytes, 5, &length, NULL);
	fd = bytes_seekable(bytes, 1, NULL);
	ck_assert(stat(trace_path(), &file) == 0 && fstat(fd, &copy) == 0);
	ck_assert_uint_eq(file.st_ino, copy.st_ino);
	assert_content(fd, "plain text\n");
	bytes_close(bytes);
}

TEST(a_compressed_file_is_copied_and_leaves_no_name)
{
	GByteArray *gzip = trace_text_gzip("plain text\n", 11);
	struct bytes *bytes;
	size_t length;
	int fd;

	g_setenv("TMPDIR", trace_folder(), TRUE);
	trace_text_write(trace_path(), (const char *)gzip->data, gzip->len);
	bytes = bytes_open(trace_path(), NULL);
	bytes_peek(bytes, 5, &length, NULL);
	fd = bytes_seekable(bytes, 11, NULL);
	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(folder_files(trace_folder()), 1);
	assert_content(fd, "plain text\n");
	bytes_close(bytes);
	g_byte_array_free(gzip, TRUE);
}

TEST(a_copy_has_a_limit)
{
	GString *text = g_string_new(NULL);
	GByteArray *gzip;
	struct bytes *bytes;
	GError *error = NULL;
	size_t length;

	g_setenv("TMPDIR", trace_folder(), TRUE);
	g_string_set_size(text, (2 << 20) + 1);
	gzip = trace_text_gzip(text->str, text->len);
	trace_text_write(trace_path(), (const char *)gzip->data, gzip->len);
	bytes = bytes_open(trace_path(), NULL);
	bytes_peek(bytes, 5, &length, NULL);
	ck_assert_int_eq(bytes_seekable(bytes, 2 << 20, &error), -1);
	ck_assert_str_eq(error->message,
		"needs more than 2 MiB in the temporary folder, the most that is copied there: "
		"store it uncompressed and give the name of that file");
	ck_assert(g_error_matches(error, TRACE_ERROR, TRACE_ERROR_INPUT));
	ck_assert_uint_eq(folder_files(trace_folder()), 1);
	g_error_free(error);
	bytes_close(bytes);
	g_byte_array_free(gzip, TRUE);
	g_string_free(text, TRUE);
}

TEST(a_pipe_is_copied_from_its_first_byte_on)
{
	struct bytes *bytes;
	size_t length;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "plain text\n", 11), 11);
	close(ends[1]);
	bytes = bytes_new(ends[0]);
	bytes_peek(bytes, 5, &length, NULL);
	assert_content(bytes_seekable(bytes, 1 << 20, NULL), "plain text\n");
	bytes_close(bytes);
}

TEST_SIGNAL(who_has_read_a_line_cannot_seek_any_more, SIGABRT)
{
	struct bytes *bytes = bytes_of("a\nb\n");
	size_t length;

	bytes_line(bytes, &length, NULL);
	bytes_seekable(bytes, 1 << 20, NULL);
}

TEST_SIGNAL(bytes_need_a_descriptor, SIGABRT)
{
	bytes_new(-1);
}
