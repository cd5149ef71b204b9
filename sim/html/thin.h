/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_HTML_THIN_H
#define CIDSIM_SIM_HTML_THIN_H

/*
 * Many things in time, in bounded memory. All are kept as long as there is room. When it is full,
 * time is cut into equal cells; in each cell of each lane only the things that show most stay: of a
 * line the first, the lowest, the highest and the last value, of boxes the longest. Each time it is
 * full again the cells get twice as long.
 *
 *     html_thin_init(&thin, HTML_POINTS, max, from, to);
 *     html_thin_add(&thin, lane, &item)      for each, those of a lane by their time
 *     html_thin_end(&thin);                  all of it in cells of one length
 *     … html_thin_lane(&thin, lane) …
 *     html_thin_clear(&thin);
 */

#include <glib.h>
#include <stdint.h>

enum html_thin_kind { HTML_POINTS, HTML_BOXES };

struct html_item {
	uint64_t start, length; /* of a point: 0 */
	uint32_t value;         /* of a point; of a box: pid */
	uint32_t mm, cid;       /* of a box */
};

struct html_thin {
	enum html_thin_kind kind;
	uint64_t from, to; /* all items begin there */
	uint64_t max;      /* more are not kept; at least 8 for each lane */
	uint64_t seen, kept;
	uint64_t cell;    /* its length; 0: all are kept */
	GPtrArray *lanes; /* GArray of struct html_item, NULL: none yet */
};

void html_thin_init(
	struct html_thin *thin, enum html_thin_kind kind, uint64_t max, uint64_t from, uint64_t to);
void html_thin_clear(struct html_thin *thin);
void html_thin_add(struct html_thin *thin, unsigned lane, const struct html_item *item);
void html_thin_end(struct html_thin *thin);

/* The items of a lane, and their number. */
const struct html_item *html_thin_lane(
	const struct html_thin *thin, unsigned lane, unsigned *count);

#endif
