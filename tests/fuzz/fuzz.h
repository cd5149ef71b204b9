/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_FUZZ_FUZZ_H
#define CIDSIM_TESTS_FUZZ_FUZZ_H

/*
 * What the fuzzers share. Each is one file with FUZZ_ONE. libFuzzer and AFL++ call it; without them
 * standalone.c calls it with each file of a corpus. Input that it refuses is no finding: a crash, an
 * assertion, FUZZ_CHECK and what a sanitizer reports are.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                      \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_fail(__FILE__, __LINE__, #condition);                                 \
	} while (0)

void fuzz_fail(const char *file, int line, const char *what) G_GNUC_NORETURN;

/* What the input means, as text; it is printed if something fails. Borrowed until the next call. */
void fuzz_means(const char *text);

/* The bytes of an input, taken one after the other; zeros follow the last one. */
struct fuzz {
	const uint8_t *at, *end;
};

uint8_t fuzz_byte(struct fuzz *fuzz);
uint32_t fuzz_below(struct fuzz *fuzz, uint32_t bound); /* bound: 1 to 2^16 */
bool fuzz_ended(const struct fuzz *fuzz);

/* The bytes up to the next one of value 0xff, or all that are left, with NUL behind them and blanks for
 * those in them. The caller frees it. */
char *fuzz_text(struct fuzz *fuzz);

/* A file in memory with these bytes: its descriptor. @path gets a name by which it can be opened. */
enum { FUZZ_PATH_MAX = 64 };
int fuzz_file(const void *bytes, size_t size, char path[FUZZ_PATH_MAX]);

/* A folder of this process, in memory if there is a file system for that. It goes when the process ends. */
const char *fuzz_folder(void);

/* Rows of a sweep, with the last line that a file of them has. The caller frees it. */
GString *fuzz_signed_rows(const char *text);

#endif
