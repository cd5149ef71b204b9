/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_INFLATE_H
#define CIDSIM_SIM_TRACE_INFLATE_H

/*
 * Undoes compression (gzip, zstd), piece by piece. Several streams one after the other, as `cat
 * a.gz b.gz` makes them, are one.
 *
 * libarchive reads more formats, but not as strictly: in 3.6 it does not check the CRC of gzip, so
 * that it takes nearly all damaged files, and ignores what follows a stream; where a stream is cut
 * off it drops up to 64 KiB that could still be read.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INFLATE_MAGIC_MAX = 6 }; /* bytes that show the compression */

struct inflate;

/* How bytes that begin with @start are compressed: "gzip", "zstd"; what cannot be undone here, like
 * "xz"; NULL = not at all. Less than INFLATE_MAGIC_MAX bytes are all there are. */
const char *inflate_sniff(const uint8_t *start, size_t length);

/* For "gzip" or "zstd"; NULL for others. */
struct inflate *inflate_new(const char *compression);
void inflate_free(struct inflate *inflate);

/* Take up to @from_length bytes of @from, give up to @to_length bytes to @to; set how many. If all
 * that had room were given, there may be more to give without taking any. Returns NULL, or what is
 * wrong with them (a static text). Neither taken nor given: more are needed. */
const char *inflate_step(struct inflate *inflate, const uint8_t *from, size_t from_length,
	size_t *taken, char *to, size_t to_length, size_t *given);

/* Whether what was taken so far may be all: a stream just ended. */
bool inflate_may_end(const struct inflate *inflate);

#endif
