/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * The work file of a sweep that was not finished: any bytes in its place. It is refused, or it has rows, and the
 * sweep that goes on ends with a whole result file.
 *
 * Input: a byte of options, the bytes of the work file. With EDIT, edits (a place, a value) of a sound work file.
 */

#include <glib/gstdio.h>
#include <string.h>

#include "sim/sweep/file.h"
#include "sim/sweep/reader.h"
#include "sim/sweep/work.h"
#include "tests/fuzz/fuzz.h"

enum { EDIT = 1, FORCE = 2, ROWS = 6, ROWS_THERE = 3, EDITS_MAX = 40 };

static const char head[] = "# cidsim 1.0 sweep\n# points 6\npoint,seed,outcome\n";

/* False if SQLite finds no way to write to the file. */
static bool append_rows(struct sweep_file *file, uint64_t from, uint64_t to)
{
	GError *error = NULL;

	for (uint64_t i = from; i < to; i++) {
		g_autofree char *row = g_strdup_printf("%u,1,ok", (unsigned)i);

		if (!sweep_file_append(file, row, &error)) {
			FUZZ_CHECK(error);
			if (g_getenv("FUZZ_SAYS"))
				g_printerr("%s\n", error->message);
			g_error_free(error);
			return false;
		}
	}
	return true;
}

/* Of a sound work file. */
static GBytes *sound(const char *path, const char *work)
{
	static GBytes *bytes;
	uint64_t done;
	char *text;
	gsize size;

	if (!bytes) {
		struct sweep_file *file = sweep_file_open(path, head, ROWS, true, &done, NULL);

		FUZZ_CHECK(file && done == 0);
		append_rows(file, 0, ROWS_THERE);
		sweep_file_close(file);
		FUZZ_CHECK(g_file_get_contents(work, &text, &size, NULL));
		bytes = g_bytes_new_take(text, size);
	}
	return bytes;
}

static void write_edited(struct fuzz *fuzz, const char *work, GBytes *whole)
{
	gsize size;
	const char *from = g_bytes_get_data(whole, &size);
	g_autofree char *bytes = g_memdup2(from, size);

	for (unsigned i = 0; i < EDITS_MAX && !fuzz_ended(fuzz); i++) {
		uint32_t at = fuzz_below(fuzz, 1 << 16);

		bytes[at % size] = (char)fuzz_byte(fuzz);
	}
	FUZZ_CHECK(g_file_set_contents(work, bytes, (gssize)size, NULL));
}

static void finish(struct sweep_file *file, uint64_t done, const char *path)
{
	struct sweep_reader *reader;

	FUZZ_CHECK(done <= ROWS);
	if (!append_rows(file, done, ROWS) || !sweep_file_finish(file, NULL))
		return;
	reader = sweep_reader_open(path, NULL);
	FUZZ_CHECK(reader);
	while (sweep_reader_next(reader, NULL))
		continue;
	FUZZ_CHECK(reader->rows_read == ROWS && reader->digest == reader->digest_read);
	sweep_reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	uint8_t options = fuzz_byte(&fuzz);
	g_autofree char *path = g_build_filename(fuzz_folder(), "result.csv", NULL);
	g_autofree char *work = sweep_work_path(path), *wal = g_strconcat(work, "-wal", NULL);
	GBytes *whole = sound(path, work);
	GError *error = NULL;
	struct sweep_file *file;
	struct sweep_reader *part;
	uint64_t done = 0;

	g_unlink(path);
	g_unlink(wal);
	if (options & EDIT)
		write_edited(&fuzz, work, whole);
	else
		FUZZ_CHECK(g_file_set_contents(work, (const char *)fuzz.at, fuzz.end - fuzz.at, NULL));
	part = sweep_reader_open_partial(work, NULL);
	while (part && sweep_reader_next(part, NULL))
		continue;
	sweep_reader_close(part);
	file = sweep_file_open(path, head, ROWS, options & FORCE, &done, &error);
	FUZZ_CHECK(!file == (error != NULL));
	g_clear_error(&error);
	if (file)
		finish(file, done, path);
	sweep_file_close(file);
	return 0;
}
