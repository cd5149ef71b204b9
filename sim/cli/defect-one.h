/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_DEFECT_ONE_H
#define CIDSIM_SIM_CLI_DEFECT_ONE_H

/* A known defect, by the exploration of its shipped scenario: for `cidsim affected` and `explain`.
 */

#include "sim/cli/explore-one.h"

enum shown_defect_answer { DEFECT_NO, DEFECT_YES, DEFECT_UNKNOWN };

struct shown_defect {
	unsigned number;
	char *title; /* "concurrent forks"; NULL: the scenario did not ship */
	enum shown_defect_answer answer;
	unsigned property, steps; /* yes: what is broken, and after how many steps; else 0 */
	char *story;              /* ... and those steps in words; NULL: there are none */
};

/* Explore the scenario of the defect @number with @protocol, as @arguments say. What went wrong is
 * a message, and sets *@status. To be freed by shown_defect_free(). */
struct shown_defect *shown_defect_explore(unsigned number, const struct protocol *protocol,
	const struct explore_arguments *arguments, int *status);
void shown_defect_free(gpointer defect);

/* "cidsim explore explore/b5 --revision 6.19.1 --set …": what shows the defect @number with
 * @protocol, which is that of @revision but for some flags. The caller frees it. */
char *shown_defect_command(
	unsigned number, const struct revision *revision, const struct protocol *protocol);

#endif
