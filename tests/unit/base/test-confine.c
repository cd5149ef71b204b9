/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* fork */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/confine.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

TEST(a_confined_child_reads_nothing_and_leaves_no_core)
{
	pid_t pid = fork();
	struct rlimit core;
	char byte;
	int status;

	if (pid == 0) {
		confine(0);
		_exit(read(STDIN_FILENO, &byte, 1) == 0 && write(STDOUT_FILENO, "x", 1) == 1 &&
					getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0
				? 0
				: 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* A search may have much memory beside that. */
TEST(more_is_more_than_four_gigabytes)
{
	const uint64_t more = UINT64_C(3) << 30;
	pid_t pid = fork();
	void *large;
	int status;

	if (pid == 0) {
		confine(more);
		large = mmap(NULL, (size_t)(more * 2), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		_exit(large == MAP_FAILED);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
