/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* fork */
#include <stdio.h>
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
		confine();
		_exit(read(STDIN_FILENO, &byte, 1) == 0 && write(STDOUT_FILENO, "x", 1) == 1 &&
					getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0
				? 0
				: 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
