/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_TRACE_TEXT_H
#define CIDSIM_TESTS_LIB_TRACE_TEXT_H

/* Traces for tests: from bytes, what is read of them, and ways to spoil them. */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/prng.h"
#include "sim/trace/trace.h"
#include "tests/lib/folder.h"

#define TRACE_SAMPLES "tests/traces/"

/* Write a file, over one that is there. */
void trace_text_write(const char *path, const char *bytes, size_t length);

/* @length bytes, compressed as gzip does. */
GByteArray *trace_text_gzip(const char *bytes, size_t length);

/* All bytes of the file, uncompressed if that is gzip. The caller frees the string. */
GString *trace_text_read(const char *path);

/* Read all of @trace. Returns how many events; @kinds, if not NULL, gets their kinds, one byte
 * each. */
uint64_t trace_text_count(struct trace *trace, GString *kinds, GError **error);

/* Change @bytes in one of many ways: bytes that become others; unless the length is to stay, bytes
 * and lines that go, or come twice. */
void trace_text_spoil(GString *bytes, struct prng *prng, bool keep_length);

#endif
