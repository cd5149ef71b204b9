/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_SWEEP_TEXT_H
#define CIDSIM_TESTS_LIB_SWEEP_TEXT_H

/* The text of result files, and ways to spoil it. */

#include <glib.h>
#include <stddef.h>

#include "sim/base/prng.h"
#include "tests/lib/folder.h"

#define SWEEP_TEXT_HEAD                                                                            \
	"# cidsim 1.0 sweep\n"                                                                     \
	"# title A, \"b\"\n"                                                                       \
	"# empty \n"                                                                               \
	"# points 4\n"                                                                             \
	"point,cpus,seed,\"mean,x\"\n"

/* The result file of @head and @rows, which are lines each with its LF. The caller frees it. */
char *sweep_text_result(const char *head, const char *rows);

/* Write a file, over one that is there. */
void sweep_text_write(const char *path, const char *bytes, size_t length);

/* What is in the file; @length may be NULL. The caller frees it. */
char *sweep_text_read(const char *path, size_t *length);

/* Change @text in one of many ways: bytes that become others, go, or come twice. */
void sweep_text_spoil(GString *text, struct prng *prng);

#endif
