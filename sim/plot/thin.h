/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_THIN_H
#define CIDSIM_SIM_PLOT_THIN_H

/*
 * Thins out what is finer than the picture, in constant memory. The time from..to is cut into
 * columns, about two per pixel, and per column only what changes the picture is kept.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Times are at most this (about 78 hours): a time multiplied by a number of columns fits in 64
 * bits. */
#define PLOT_TIME_NS_MAX ((UINT64_C(1) << 48) - 1)

/* The columns of a picture. */
struct plot_columns {
	uint64_t from_ns, to_ns; /* from < to <= PLOT_TIME_NS_MAX */
	uint64_t base_ns;        /* times are written relative to it; at most from_ns */
	unsigned count;          /* 1..2 * PLOT_SIZE_MAX */
};

/* The column that @time_ns (in from_ns..to_ns) falls in. */
unsigned plot_column(const struct plot_columns *columns, uint64_t time_ns);

/* The column whose first instant is the last one at or before @time_ns: exactly, while
 * plot_column() may be one too low. */
unsigned plot_column_holding(const struct plot_columns *columns, uint64_t time_ns);

/* First instant of @column; to_ns for the one after the last. */
uint64_t plot_column_start(const struct plot_columns *columns, unsigned column);

/* A value that changes in steps: per column the first, lowest, highest and last value, in their
 * order. Written as "time value", one step per line. */
enum { PLOT_LINE_KEPT = 4 };
struct plot_line {
	const struct plot_columns *columns;
	FILE *out;
	struct plot_step {
		uint64_t time_ns, value;
	} kept[PLOT_LINE_KEPT + 1]; /* of the current column, in order of time */
	unsigned count;             /* of kept; 0 = nothing since the last column */
	bool begun;                 /* a value has been added */
	uint64_t value;             /* the last one added */
	uint64_t travel;            /* sum of the steps' heights, of those written */
	uint64_t written;           /* the last value written */
};

/* The value is @value from @time_ns on; times do not go back. */
void plot_line_add(struct plot_line *line, uint64_t time_ns, uint64_t value);

/* Write what is left, the last value up to @time_ns. */
void plot_line_end(struct plot_line *line, uint64_t time_ns);

/* Intervals one after another: those within one column become one of the same total length.
 * Written as "start end". */
struct plot_band {
	const struct plot_columns *columns;
	FILE *out;
	uint64_t start_ns, end_ns; /* not written yet; equal = none */
};

/* Times do not go back; an interval without length is left out. */
void plot_band_add(struct plot_band *band, uint64_t start_ns, uint64_t end_ns);
void plot_band_end(struct plot_band *band);

/* Intervals in any order: which columns one touches. */
struct plot_marks {
	const struct plot_columns *columns;
	uint8_t *touched; /* one per column, zeroed by the caller */
};

/* Parts outside from_ns..to_ns are cut off. */
void plot_marks_add(struct plot_marks *marks, uint64_t start_ns, uint64_t end_ns);

/* Write "start end" for each run of touched columns, made at least @columns_min wide. */
void plot_marks_write(const struct plot_marks *marks, unsigned columns_min, FILE *out);

#endif
