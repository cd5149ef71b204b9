/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_WORK_FIXTURE_H
#define CIDSIM_TESTS_LIB_WORK_FIXTURE_H

/* The work file of a sweep with WORK_ROWS rows, in a folder of the test. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "sim/base/failure.h"
#include "sim/sweep/work.h"

enum { WORK_ROWS = 4 };

extern const char *const work_rows[WORK_ROWS];

extern struct work_fixture {
	char *dir;
	char *path; /* of the result file */
	char *name; /* of the work file */
	char *wal;  /* of its second file */
} files;

/* The last that a process did. */
enum work_last { WORK_APPENDED, WORK_EXPORTED, WORK_SYNCED };

/* Before and after each test. */
void work_start(void);
void work_stop(void);

/* Open the work file, in which there are @expected_rows rows. */
struct sweep_work *work_open_good(uint64_t expected_rows);

/* Append rows @from to @to - 1. */
void work_append(struct sweep_work *work, uint64_t from, uint64_t to);

/* A work file with @count rows. */
void work_leave(uint64_t count);

/* A work file as a process leaves it that is killed: nothing is closed. */
void work_leave_killed(uint64_t count, enum work_last last);

/* All rows that are there, lines each, as the result file would have them. The caller frees it. */
char *work_export(struct sweep_work *work);

void work_assert_complete(struct sweep_work *work);

/* Append what is missing, and see that all is as if nothing had happened. Closes @work. */
void work_complete(struct sweep_work *work);

/* @expected: what follows the name of the work file. Frees @error. */
void work_assert_error(GError *error, enum failure code, const char *expected);
void work_assert_refused(bool force, enum failure code, const char *expected);

/* A disk that is full, as far as a process can make one: no file gets longer than @bytes. */
void limit_file_size(rlim_t bytes);

#endif
