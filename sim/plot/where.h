/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_WHERE_H
#define CIDSIM_SIM_PLOT_WHERE_H

/*
 * Which rows of a sweep are drawn. A condition is "COLUMN=ITEM[,ITEM]…" (or separated by ';'), an
 * item a value as it is written in the file, or a range of integers, "4-64". A row is drawn if all
 * conditions hold.
 */

#include "sim/base/csv.h"

/* The conditions @texts (NULL-terminated; NULL = none) for the rows of @csv, whose head is read:
 * an array for the functions below, freed by g_array_unref(). NULL sets @error (FAILURE): not
 * written like that, or no such column. */
GArray *plot_where_new(const char *const *texts, const struct csv_reader *csv, GError **error);

/* Whether the current row of @csv is to be drawn. */
bool plot_where_has(GArray *where, const struct csv_reader *csv);

/* After the last row: false and @error (FAILURE) if an item was in none. */
bool plot_where_check(const GArray *where, const struct csv_reader *csv, GError **error);

#endif
