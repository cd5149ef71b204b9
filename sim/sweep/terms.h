/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_TERMS_H
#define CIDSIM_SIM_SWEEP_TERMS_H

/*
 * The values of an axis of a sweep: a list of items, each a word or a range of whole numbers.
 * The values of a range are computed when they are asked for.
 *
 *   4;8;16             separated by ';'
 *   4, 8, 16           or by ',' if there is no ';'; a ',' in parentheses separates nothing
 *   1-8                1, 2, ... 8
 *   1-9+2              1, 3, 5, 7, 9
 *   1-256*4            1, 4, 16, 64, 256
 *   100us-10000us*10   100us, 1000us, 10000us: one unit, the same for all
 *
 * A range ends with its last value that is not above its end. What a word means, nobody asks
 * here.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	SWEEP_AXES_MAX = 16,           /* of a sweep */
	SWEEP_TERMS_MAX = 65536,       /* items of a list */
	SWEEP_POINTS_MAX = 1000000000, /* values of a list, and points of a sweep */
};

struct sweep_terms;

/*
 * Read @text, which is UTF-8 without control characters but tabs. @ranges: an item that begins
 * with a digit and has a '-' is a range; else all items are words. NULL if something is wrong:
 * for each fault (20 at most) one message is added to @messages: an empty list or item, a range
 * without an end, reversed, with a step of 0, a factor below 2 or different units, a number of
 * 2^64 or more, more than SWEEP_TERMS_MAX items or SWEEP_POINTS_MAX values.
 */
struct sweep_terms *sweep_terms_read(const char *text, bool ranges, GPtrArray *messages);
void sweep_terms_free(struct sweep_terms *terms); /* NULL is allowed */

/* The list in its normal form: separated by ';', no spaces around items, one between words. The
 * caller frees it. */
char *sweep_terms_to_string(const struct sweep_terms *terms);

/* How many values there are, from 1 to SWEEP_POINTS_MAX, and the one at @position as text; the
 * caller frees it. */
uint64_t sweep_terms_length(const struct sweep_terms *terms);
char *sweep_terms_value(const struct sweep_terms *terms, uint64_t position);

/* An item: the position of its first and of its last value, which are the same for a word. */
struct sweep_term_info {
	uint64_t first, last;
	bool is_range;
	const char *unit; /* of a range: "", "ns", "us", "ms" or "s" */
};
uint32_t sweep_terms_count(const struct sweep_terms *terms);
struct sweep_term_info sweep_terms_info(const struct sweep_terms *terms, uint32_t item);

#endif
