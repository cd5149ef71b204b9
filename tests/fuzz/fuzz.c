/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* memfd_create */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
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
