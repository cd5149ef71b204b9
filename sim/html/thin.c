/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/html/thin.h"

#include <string.h>

enum { POINTS_KEPT = 4 }; /* of a cell */

static void unref_lane(gpointer lane)
{
	if (lane)
		g_array_unref(lane);
}

void html_thin_init(
	struct html_thin *thin, enum html_thin_kind kind, uint64_t max, uint64_t from, uint64_t to)
{
	g_assert(max > 0 && from <= to);
	*thin = (struct html_thin){ .kind = kind,
		.from = from,
		.to = to,
		.max = max,
		.lanes = g_ptr_array_new_with_free_func(unref_lane) };
}

void html_thin_clear(struct html_thin *thin)
{
	g_ptr_array_unref(thin->lanes);
	*thin = (struct html_thin){ 0 };
}

/* Of @count points keep the first, the lowest, the highest and the last, in their order. */
static unsigned reduce_points(struct html_item *items, unsigned count)
{
	unsigned lowest = 0, highest = 0, kept = 0;

	if (count <= POINTS_KEPT)
		return count;
	for (unsigned i = 1; i < count; i++) {
		if (items[i].value < items[lowest].value)
			lowest = i;
		if (items[i].value > items[highest].value)
			highest = i;
	}
	for (unsigned i = 0; i < count; i++)
		if (i == 0 || i == lowest || i == highest || i == count - 1)
			items[kept++] = items[i];
	g_assert(kept <= POINTS_KEPT);
	return kept;
}

static unsigned reduce_boxes(struct html_item *items, unsigned count)
{
	unsigned longest = 0;

	g_assert(count > 0);
	for (unsigned i = 1; i < count; i++)
		if (items[i].length > items[longest].length)
			longest = i;
	items[0] = items[longest];
	return 1;
}

static uint64_t cell_of(const struct html_thin *thin, const struct html_item *item)
{
	g_assert(item->start >= thin->from && thin->cell > 0);
	return (item->start - thin->from) / thin->cell;
}

/* Reduce each cell of @lane. Returns how many items are left. */
static unsigned reduce_lane(const struct html_thin *thin, GArray *lane)
{
	struct html_item *items = (struct html_item *)(void *)lane->data;
	unsigned kept = 0;

	for (unsigned i = 0, end; i < lane->len; i = end) {
		for (end = i + 1; end < lane->len; end++)
			if (cell_of(thin, &items[end]) != cell_of(thin, &items[i]))
				break;
		memmove(items + kept, items + i, (end - i) * sizeof(*items));
		kept += thin->kind == HTML_POINTS ? reduce_points(items + kept, end - i)
		                                  : reduce_boxes(items + kept, end - i);
	}
	g_array_set_size(lane, kept);
	return kept;
}

static void reduce_all(struct html_thin *thin)
{
	thin->kept = 0;
	for (unsigned i = 0; i < thin->lanes->len; i++)
		if (thin->lanes->pdata[i])
			thin->kept += reduce_lane(thin, thin->lanes->pdata[i]);
}

/* Half of the room is free then; or a cell is as long as all the time. What has come since the last
 * time may be enough to reduce. */
static void make_room(struct html_thin *thin)
{
	uint64_t all = thin->to - thin->from + 1;

	thin->cell = MAX(thin->cell, 1);
	reduce_all(thin);
	while (thin->kept > thin->max / 2 && thin->cell < all) {
		thin->cell *= 2;
		reduce_all(thin);
	}
	g_assert(thin->kept < thin->max);
}

static GArray *lane_of(struct html_thin *thin, unsigned lane)
{
	if (lane >= thin->lanes->len)
		g_ptr_array_set_size(thin->lanes, (int)lane + 1);
	if (!thin->lanes->pdata[lane])
		thin->lanes->pdata[lane] = g_array_new(FALSE, FALSE, sizeof(struct html_item));
	return thin->lanes->pdata[lane];
}

void html_thin_add(struct html_thin *thin, unsigned lane, const struct html_item *item)
{
	g_assert(item->start >= thin->from && item->start <= thin->to);
	g_array_append_vals(lane_of(thin, lane), item, 1);
	thin->seen++;
	if (++thin->kept >= thin->max)
		make_room(thin);
}

void html_thin_end(struct html_thin *thin)
{
	if (thin->cell)
		reduce_all(thin);
	g_assert(thin->kept <= thin->seen);
}

const struct html_item *html_thin_lane(const struct html_thin *thin, unsigned lane, unsigned *count)
{
	const GArray *items = lane < thin->lanes->len ? thin->lanes->pdata[lane] : NULL;

	*count = items ? items->len : 0;
	return items ? (const struct html_item *)(void *)items->data : NULL;
}
