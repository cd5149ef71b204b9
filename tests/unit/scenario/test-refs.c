/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(actions_on_tasks_that_cannot_exist_are_refused)
{
	parse_bad_after_tasks("[at 5ms]\nexit=wroker\n",
		"F:6: exit: unknown task 'wroker', did you mean 'worker'?");
	parse_bad_after_tasks("[at 5ms]\nexit=worker/2\n",
		"F:6: exit: 'worker/2' does not exist at 5ms, the last of 'worker' is then "
		"'worker/1'");
	parse_bad_after_tasks("[at 5ms]\nexit=worker/99999999999\n",
		"F:6: exit: 'worker/99999999999' does not exist at 5ms, the last of 'worker' is "
		"then "
		"'worker/1'");
	parse_bad_after_tasks("[at 5ms]\nexit=worker/\n",
		"F:6: exit: '' is not a whole number, write one like 4");
	parse_bad_after_tasks("[at 1ms]\nexit=worker/0\n",
		"F:6: exit: 'worker/0' does not exist at 1ms, it starts at 2ms");
	parse_bad_after_tasks("[at 1ms]\nwake=worker\n",
		"F:6: wake: 'worker' does not exist at 1ms, it starts at 2ms");
	parse_bad_after_tasks("[at 5ms]\nexit=worker/0\n[at 6ms]\nyield=worker/0\n",
		"F:8: yield: 'worker/0' exits at 5ms, by line 6");
	parse_bad_after_tasks("[at 5ms]\nexit=worker\n[at 6ms]\nyield=worker/1\n",
		"F:8: yield: 'worker/1' exits at 5ms, by line 6");
	parse_bad_after_tasks("[at 5ms]\nexit=worker\nexit=worker\n",
		"F:7: key 'exit' twice in the same group, the first is in line 6");
	parse_bad_after_tasks(
		"[at 5ms]\nexit=worker; worker\n", "F:6: exit: 'worker' exits at 5ms, by line 6");
	parse_bad_after_tasks("[at 6ms]\nfork=worker\n[at 5ms]\nexit=worker/2\n",
		"F:8: exit: 'worker/2' does not exist at 5ms, the last of 'worker' is then "
		"'worker/1'");
	parse_good("[mm a]\n[tasks t]\n[at 1ms]\nexit=t\n[at 2ms]\nfork=t\n[at 3ms]\nexit=t/1\n");
	parse_bad("[mm a]\n[tasks t]\ncount=0\n[at 1ms]\nexit=t\n",
		"F:5: exit: 't' has no members at 1ms, it needs a count or a fork");
	parse_bad("[mm a]\n[tasks t]\ncount=0\n[at 1ms]\nexit=t/0\n",
		"F:5: exit: 't/0' does not exist at 1ms, 't' has no members then");
	parse_bad("[mm a]\nstart=5ms\n[at 1ms]\nexit=a\n",
		"F:4: exit: 'a' does not exist at 1ms, it starts at 5ms");
	parse_bad("[mm a]\n[at 1ms]\nexit=a/1\n",
		"F:3: exit: 'a/1' does not exist at 1ms, the last of 'a' is then 'a/0'");
	parse_bad("[mm a]\n[ramp r]\nto=2\n[at 1ms]\nyield=r/0\n",
		"F:5: yield: the tasks of 'r' have no numbers, write 'r' for all");
	parse_bad("[mm a]\n[ramp r]\nto=2\n[at 1ms]\nexit=r\n",
		"F:5: exit: 'r' decides itself when its tasks leave, so they cannot exit");
}
