/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_CSV_H
#define CIDSIM_SIM_RECORD_CSV_H

/*
 * The rows of the CSV files that docs/output.md describes. Fields are quoted as RFC 4180 says,
 * lines end with LF. @mm is the name of the account, "" for none; @cpu_ids are the scenario's.
 */

#include <stdint.h>

#include "sim/base/output.h"
#include "sim/record/record.h"
#include "sim/scenario/scenario.h"

/* Lines of column names, without the LF. */
extern const char csv_series_columns[];
extern const char csv_modes_columns[];
extern const char csv_windows_columns[];
extern const char csv_stays_columns[];
extern const char csv_steps_columns[];
enum { CSV_MATRIX_DEFECTS = 12 }; /* those that are known: B1 to B12 */
extern const char csv_matrix_columns[]; /* of `cidsim explore --matrix --csv` */

/* Comment lines with what was run, then the line of @columns. */
void csv_header(struct output *out, const struct scenario *scenario, const char *columns);

/* One field; quoted if its text asks for it. */
void csv_field(struct output *out, const char *text);

void csv_sample(struct output *out, const char *mm, const struct record_sample *sample);
void csv_mode_switch(struct output *out, const char *mm, const uint16_t *cpu_ids,
	const struct record_mode_switch *mode_switch);
void csv_window(struct output *out, const char *mm, const struct record_window *window);
void csv_stay(struct output *out, const char *mm, const uint16_t *cpu_ids,
	const struct record_stay *stay);

void csv_step(struct output *out, const struct record_step *step);

/* One comment line "# key value": line breaks and other control characters become spaces. */
void csv_comment(struct output *out, const char *key, const char *value);

/* "# cidsim VERSION", "# scenario PATH" and the command that makes the file again. */
void csv_made(struct output *out, const struct scenario *scenario);

/* "# revision NAME" and, where the scenario sets flags of its own, " with FLAG=VALUE …". */
void csv_revision(struct output *out, const struct scenario *scenario);

/* "to_percpu" or "to_task". */
const char *csv_direction(bool to_percpu);

#endif
