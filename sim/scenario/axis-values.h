/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SCENARIO_AXIS_VALUES_H
#define CIDSIM_SIM_SCENARIO_AXIS_VALUES_H

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
 * A range ends with its last value that is not above its end. What a word means
 * is not checked here.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	AXES_MAX = 16,           /* of a sweep */
	AXIS_ITEMS_MAX = 65536,  /* items of a list */
	POINTS_MAX = 1000000000, /* values of a list, and points of a sweep */
};

struct axis_values;

/*
 * Read @text, which is UTF-8 without control characters but tabs. @ranges: an item that begins
 * with a digit and has a '-' is a range; otherwise all items are words. NULL if something is wrong:
 * for each fault (20 at most) one message is added to @messages: an empty list or item, a range
 * without an end, reversed, with a step of 0, a factor below 2 or different units, a number of
 * 2^64 or more, more than AXIS_ITEMS_MAX items or POINTS_MAX values.
 */
struct axis_values *axis_values_read(const char *text, bool ranges, GPtrArray *messages);
void axis_values_free(struct axis_values *values); /* NULL is allowed */

/* The list in its normal form: separated by ';', no spaces around items, one between words. The
 * caller frees it. */
char *axis_values_to_string(const struct axis_values *values);

/* How many values there are, from 1 to POINTS_MAX, and the one at @position as text; the
 * caller frees it. */
uint64_t axis_values_length(const struct axis_values *values);
char *axis_values_value(const struct axis_values *values, uint64_t position);

/* An item: the position of its first and of its last value, which are the same for a word. */
struct axis_item {
	uint64_t first, last;
	bool is_range;
	const char *unit; /* of a range: "", "ns", "us", "ms" or "s" */
};
uint32_t axis_values_items(const struct axis_values *values);
struct axis_item axis_values_item(const struct axis_values *values, uint32_t index);

#endif
