/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/trace-text.h"

#include <check.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

void trace_text_write(const char *path, const char *bytes, size_t length)
{
	FILE *file = g_fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
}

GByteArray *trace_text_gzip(const char *bytes, size_t length)
{
	GConverter *gzip = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
	GByteArray *out = g_byte_array_new();
	GConverterResult result;

	do {
		guint8 buffer[4096];
		gsize taken, given;

		result = g_converter_convert(gzip, bytes, length, buffer, sizeof(buffer),
			G_CONVERTER_INPUT_AT_END, &taken, &given, NULL);
		ck_assert(result != G_CONVERTER_ERROR);
		g_byte_array_append(out, buffer, (guint)given);
		bytes += taken;
		length -= taken;
	} while (result != G_CONVERTER_FINISHED);
	g_object_unref(gzip);
	return out;
}

GString *trace_text_read(const char *path)
{
	GFile *file = g_file_new_for_path(path);
	GInputStream *stream = G_INPUT_STREAM(g_file_read(file, NULL, NULL));
	GString *text = g_string_new(NULL);
	char buffer[4096];
	gssize got;

	ck_assert_msg(stream != NULL, "no file %s", path);
	if (g_str_has_suffix(path, ".gz")) {
		GConverter *gunzip =
			G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
		GInputStream *plain = g_converter_input_stream_new(stream, gunzip);

		g_object_unref(gunzip);
		g_object_unref(stream);
		stream = plain;
	}
	while ((got = g_input_stream_read(stream, buffer, sizeof(buffer), NULL, NULL)) > 0)
		g_string_append_len(text, buffer, got);
	ck_assert_int_eq(got, 0);
	g_object_unref(stream);
	g_object_unref(file);
	return text;
}

uint64_t trace_text_count(struct trace *trace, GString *kinds, GError **error)
{
	struct trace_event event;
	uint64_t count = 0;

	while (trace_next(trace, &event, error)) {
		ck_assert_uint_lt(event.kind, TRACE_KINDS);
		if (kinds)
			g_string_append_c(kinds, (char)('A' + event.kind));
		count++;
	}
	return count;
}

void trace_text_spoil(GString *bytes, struct prng *prng, bool keep_length)
{
	static const char others[] = "\n\0 :[]()-+|=.,?0x9fK\xff\x80";
	char other = others[prng_below(prng, sizeof(others) - 1)];
	gsize at = prng_below(prng, bytes->len), left = bytes->len - at;
	gsize few = 1 + prng_below(prng, 40);
	char *copy;
	const char *end;

	switch (prng_below(prng, keep_length ? 2 : 6)) {
	case 0:
		bytes->str[at] ^= (char)(1 << prng_below(prng, 8));
		break;
	case 1:
		bytes->str[at] = other;
		break;
	case 2:
		g_string_truncate(bytes, at);
		break;
	case 3:
		g_string_erase(bytes, (gssize)at, (gssize)MIN(left, few));
		break;
	case 4:
		g_string_insert_c(bytes, (gssize)at, other);
		break;
	case 5:
		end = memchr(bytes->str + at, '\n', left);
		left = end ? (gsize)(end - bytes->str) + 1 - at : left;
		copy = g_memdup2(bytes->str + at, left);
		g_string_insert_len(bytes, (gssize)at, copy, (gssize)left);
		g_free(copy);
		break;
	}
}
