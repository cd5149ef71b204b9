/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_HISTOGRAM_H
#define CIDSIM_SIM_PLOT_HISTOGRAM_H

/* Lengths of windows, counted by the upper edges of their buckets, and summed over runs. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { PLOT_BUCKETS_MAX = 4096 };

struct plot_bucket {
	uint64_t edge_ns; /* no length in it is longer; below 2^62 */
	uint64_t count;
};

/* An empty one: a GArray of struct plot_bucket with ascending edges. g_array_unref() frees it. */
GArray *plot_histogram_new(void);

/* Add "EDGE_NS:COUNT EDGE_NS:COUNT ...", with ascending edges, to @buckets; "" adds nothing.
 * Returns NULL, or what is wrong (the caller frees it); then nothing was added. */
char *plot_histogram_read(GArray *buckets, const char *text);

/* Add all of @more to @buckets. What is wrong as above: too many buckets, too large a sum. */
char *plot_histogram_add(GArray *buckets, const GArray *more);

/* The sum of all counts, below 2^62. */
uint64_t plot_histogram_count(const GArray *buckets);

/* The share of the lengths that are at most the edge of bucket @index, in millionths, rounded
 * down: 1000000 for the last bucket only, unless later ones are empty. The sum is not 0. */
uint64_t plot_histogram_share(const GArray *buckets, unsigned index);

#endif
