/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* memfd_create */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/work-folder.h"
#include "sim/sweep/result.h"

static const char *means;

void fuzz_means(const char *text)
{
	means = text;
}

void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s%s%s:%d: does not hold: %s\n", means ? means : "", means ? "\n" : "", file, line, what);
	abort();
}

uint8_t fuzz_byte(struct fuzz *fuzz)
{
	return fuzz->at < fuzz->end ? *fuzz->at++ : 0;
}

uint32_t fuzz_below(struct fuzz *fuzz, uint32_t bound)
{
	uint32_t value = fuzz_byte(fuzz);

	if (bound > 256)
		value |= (uint32_t)fuzz_byte(fuzz) << 8;
	return value % bound;
}

bool fuzz_ended(const struct fuzz *fuzz)
{
	return fuzz->at == fuzz->end;
}

char *fuzz_text(struct fuzz *fuzz)
{
	size_t left = (size_t)(fuzz->end - fuzz->at), length = left;
	const uint8_t *end = left > 0 ? memchr(fuzz->at, 0xff, left) : NULL;
	char *text;

	if (end)
		length = (size_t)(end - fuzz->at);
	text = g_malloc(length + 1);
	for (size_t i = 0; i < length; i++)
		text[i] = (char)(fuzz->at[i] ? fuzz->at[i] : ' ');
	text[length] = '\0';
	fuzz->at += length + (end != NULL);
	return text;
}

int fuzz_file(const void *bytes, size_t size, char path[FUZZ_PATH_MAX])
{
	int file = memfd_create("fuzz", MFD_CLOEXEC);

	if (file < 0 || write(file, bytes, size) != (ssize_t)size || lseek(file, 0, SEEK_SET) != 0) {
		perror("a file in memory");
		exit(3);
	}
	snprintf(path, FUZZ_PATH_MAX, "/proc/self/fd/%d", file);
	return file;
}

static char *folder;

static void remove_folder(void)
{
	work_folder_remove(folder);
}

const char *fuzz_folder(void)
{
	if (!folder) {
		if (access("/dev/shm", W_OK) == 0)
			setenv("TMPDIR", "/dev/shm", 1);
		folder = work_folder_new(NULL);
		FUZZ_CHECK(folder);
		atexit(remove_folder);
	}
	return folder;
}

/* All lines behind the comments and the names of columns. */
static uint64_t count_rows(const char *text)
{
	uint64_t lines = 0;

	while (*text == '#' && strchr(text, '\n'))
		text = strchr(text, '\n') + 1;
	for (; *text; text++)
		lines += *text == '\n';
	return lines > 0 ? lines - 1 : 0;
}

GString *fuzz_signed_rows(const char *text)
{
	GString *rows = g_string_new(text);
	char line[SWEEP_LAST_LINE_MAX];

	if (rows->len > 0 && rows->str[rows->len - 1] != '\n')
		g_string_append_c(rows, '\n');
	sweep_last_line_format(line, count_rows(rows->str), hash_bytes(HASH_BYTES_START, rows->str, rows->len));
	return g_string_append(rows, line);
}
