/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/inflate.h"

#include <gio/gio.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

/* A frame of zstd may ask for a window of gigabytes; more than this is refused. */
enum { WINDOW_LOG_MAX = 27 };

struct inflate {
	GConverter *gzip;   /* or */
	ZSTD_DStream *zstd; /* the other is NULL */
	bool between;       /* two streams, or before the first: nothing of the next was taken */
};

static const struct {
	const char *name;
	uint8_t length;
	uint8_t bytes[INFLATE_MAGIC_MAX];
} magics[] = {
	{ "gzip", 3, { 0x1f, 0x8b, 0x08 } },
	{ "zstd", 4, { 0x28, 0xb5, 0x2f, 0xfd } },
	{ "xz", 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
	{ "bzip2", 3, { 'B', 'Z', 'h' } },
	{ "lz4", 4, { 0x04, 0x22, 0x4d, 0x18 } },
	{ "zip", 4, { 'P', 'K', 3, 4 } },
};

const char *inflate_sniff(const uint8_t *start, size_t length)
{
	for (size_t i = 0; i < G_N_ELEMENTS(magics); i++) {
		if (length >= magics[i].length && !memcmp(start, magics[i].bytes, magics[i].length))
			return magics[i].name;
	}
	return NULL;
}

struct inflate *inflate_new(const char *compression)
{
	bool gzip = strcmp(compression, "gzip") == 0;
	struct inflate *inflate;

	if (!gzip && strcmp(compression, "zstd") != 0)
		return NULL;
	inflate = g_new0(struct inflate, 1);
	inflate->between = true;
	if (gzip) {
		inflate->gzip = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
		return inflate;
	}
	inflate->zstd = ZSTD_createDStream();
	g_assert(inflate->zstd);
	ZSTD_DCtx_setParameter(inflate->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	return inflate;
}

void inflate_free(struct inflate *inflate)
{
	if (!inflate)
		return;
	g_clear_object(&inflate->gzip);
	ZSTD_freeDStream(inflate->zstd);
	g_free(inflate);
}

/* Zeros may follow, of a tape or a block device. */
static bool is_padding(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

static const char *step_gzip(struct inflate *inflate, const uint8_t *from, size_t from_length,
	size_t *taken, char *to, size_t to_length, size_t *given)
{
	GError *error = NULL;
	GConverterResult result;
	bool needs_more;

	if (inflate->between && is_padding(from, from_length)) {
		*taken = from_length;
		return NULL;
	}
	result = g_converter_convert(inflate->gzip, from, from_length, to, to_length,
		G_CONVERTER_NO_FLAGS, taken, given, &error);
	if (result == G_CONVERTER_ERROR) {
		*taken = *given = 0;
		needs_more = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
		g_error_free(error);
		return needs_more ? NULL : "the gzip stream is damaged";
	}
	inflate->between = result == G_CONVERTER_FINISHED;
	if (inflate->between)
		g_converter_reset(inflate->gzip);
	return NULL;
}

static const char *step_zstd(struct inflate *inflate, const uint8_t *from, size_t from_length,
	size_t *taken, char *to, size_t to_length, size_t *given)
{
	ZSTD_inBuffer in = { from, from_length, 0 };
	ZSTD_outBuffer out = { to, to_length, 0 };
	size_t left = ZSTD_decompressStream(inflate->zstd, &out, &in);

	*taken = in.pos;
	*given = out.pos;
	if (ZSTD_isError(left) &&
		ZSTD_getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge)
		return "the zstd stream needs a window of more than 128 MiB";
	if (ZSTD_isError(left))
		return "the zstd stream is damaged";
	inflate->between = left == 0;
	return NULL;
}

const char *inflate_step(struct inflate *inflate, const uint8_t *from, size_t from_length,
	size_t *taken, char *to, size_t to_length, size_t *given)
{
	const char *wrong;

	g_assert(to_length > 0);
	*taken = *given = 0;
	wrong = inflate->gzip ? step_gzip(inflate, from, from_length, taken, to, to_length, given)
	                      : step_zstd(inflate, from, from_length, taken, to, to_length, given);
	g_assert(*taken <= from_length && *given <= to_length);
	return wrong;
}

bool inflate_may_end(const struct inflate *inflate)
{
	g_assert(!inflate->gzip != !inflate->zstd);
	return inflate->between;
}
