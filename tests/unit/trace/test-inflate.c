/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/inflate.h"

#include <signal.h>
#include <string.h>

#include "tests/lib/suite.h"
#include "tests/lib/trace-text.h"

static const struct {
	const char *name;
	const char *bytes;
	size_t length;
} starts[] = {
	{ "gzip", "\x1f\x8b\x08", 3 },
	{ "zstd", "\x28\xb5\x2f\xfd", 4 },
	{ "xz",
		"\xfd"
		"7zXZ\0",
		6 },
	{ "bzip2", "BZh", 3 },
	{ "lz4", "\x04\x22\x4d\x18", 4 },
	{ "zip", "PK\3\4", 4 },
};

/* What @inflate gives for @from, in pieces of at most @piece bytes in and out; "!" and what is
 * wrong with it. */
static GString *inflate_all(
	struct inflate *inflate, const uint8_t *from, size_t length, size_t piece)
{
	GString *all = g_string_new(NULL);
	char to[512];

	for (;;) {
		size_t taken, given;
		const char *wrong = inflate_step(inflate, from, MIN(length, piece), &taken, to,
			MIN(piece, sizeof(to)), &given);

		ck_assert_uint_le(taken, MIN(length, piece));
		g_string_append_len(all, to, (gssize)given);
		if (wrong)
			g_string_printf(all, "!%s", wrong);
		from += taken;
		length -= taken;
		if (wrong || (taken == 0 && given == 0))
			return all;
	}
}

static void assert_inflated(const GByteArray *bytes, size_t piece, const char *expected)
{
	struct inflate *inflate = inflate_new("gzip");
	GString *all = inflate_all(inflate, bytes->data, bytes->len, piece);

	ck_assert_str_eq(all->str, expected);
	g_string_free(all, TRUE);
	inflate_free(inflate);
}

TEST_ROWS(the_first_bytes_name_the_compression, starts)
{
	const uint8_t *bytes = (const uint8_t *)starts[_i].bytes;

	ck_assert_str_eq(inflate_sniff(bytes, starts[_i].length), starts[_i].name);
	ck_assert_ptr_null(inflate_sniff(bytes, starts[_i].length - 1));
}

TEST(plain_text_is_not_compressed)
{
	ck_assert_ptr_null(inflate_sniff((const uint8_t *)"# cidtrace 1\n", 13));
	ck_assert_ptr_null(inflate_sniff((const uint8_t *)"", 0));
}

TEST(other_compressions_cannot_be_undone)
{
	ck_assert_ptr_null(inflate_new("xz"));
	inflate_free(NULL);
}

/* In one piece, and in pieces that fit no boundary. */
TEST_RANGE(pieces_of_any_size_give_the_same, 1, 40)
{
	GByteArray *bytes = trace_text_gzip("some text, some text\n", 21);

	assert_inflated(bytes, (size_t)_i * (size_t)_i, "some text, some text\n");
	g_byte_array_free(bytes, TRUE);
}

/* The last eight bytes are the CRC and the length. */
TEST_RANGE(any_bit_that_flips_is_noticed, 0, 64)
{
	GByteArray *bytes = trace_text_gzip("some text\n", 10);

	bytes->data[bytes->len - 8 + (guint)_i / 8] ^= (guint8)(1 << _i % 8);
	assert_inflated(bytes, 512, "!the gzip stream is damaged");
	g_byte_array_free(bytes, TRUE);
}

TEST(only_between_two_streams_may_the_bytes_end)
{
	GByteArray *bytes = trace_text_gzip("some text\n", 10);
	struct inflate *inflate = inflate_new("gzip");
	GString *all;

	ck_assert(inflate_may_end(inflate));
	all = inflate_all(inflate, bytes->data, bytes->len - 1, 512);
	ck_assert(!inflate_may_end(inflate));
	g_string_free(all, TRUE);
	inflate_free(inflate);
	inflate = inflate_new("gzip");
	all = inflate_all(inflate, bytes->data, bytes->len, 512);
	ck_assert(inflate_may_end(inflate));
	g_string_free(all, TRUE);
	inflate_free(inflate);
	g_byte_array_free(bytes, TRUE);
}

/* A frame whose header asks for a window of 1 GiB. */
TEST(a_window_of_gigabytes_is_refused)
{
	static const uint8_t frame[] = { 0x28, 0xb5, 0x2f, 0xfd, 0, (30 - 10) << 3, 1, 0, 0 };
	struct inflate *inflate = inflate_new("zstd");
	GString *all = inflate_all(inflate, frame, sizeof(frame), 512);

	ck_assert_str_eq(all->str, "!the zstd stream needs a window of more than 128 MiB");
	g_string_free(all, TRUE);
	inflate_free(inflate);
}

TEST_SIGNAL(there_must_be_room_for_what_is_given, SIGABRT)
{
	struct inflate *inflate = inflate_new("gzip");
	size_t taken, given;

	inflate_step(inflate, NULL, 0, &taken, NULL, 0, &given);
}
