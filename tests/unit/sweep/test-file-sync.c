/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The names of a sweep's files are on the disk before its rows go. */

#include "sim/sweep/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"
#include "tests/lib/work-fixture.h"

/* How often a folder was to be on the disk while the result and the rows were in it. */
static unsigned with_both;

/* In place of that of the C library. */
int fsync(int fd)
{
	struct stat status;

	if (files.path && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
		with_both += access(files.path, F_OK) == 0 && access(files.name, F_OK) == 0;
	return 0;
}

SUITE(.timeout = 120, .before = work_start, .after = work_stop);

TEST(the_folder_is_on_the_disk_with_the_result_before_the_rows_go)
{
	uint64_t done;
	struct sweep_file *file =
		sweep_file_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, false, &done, NULL);

	for (unsigned i = 0; i < WORK_ROWS; i++)
		ck_assert(sweep_file_append(file, work_rows[i], NULL));
	ck_assert_uint_eq(with_both, 0);
	ck_assert(sweep_file_finish(file, NULL));
	ck_assert_uint_eq(with_both, 1);
	ck_assert_int_eq(access(files.name, F_OK), -1);
	sweep_file_close(file);
}
