/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/jobs.h"

#include "sim/base/crew.h"
#include "sim/base/values.h"
#include "sim/cli/messages.h"

bool jobs_read(const char *command, const char *text, unsigned *jobs)
{
	uint64_t number = MIN(g_get_num_processors(), CREW_JOBS_MAX);
	g_autofree char *wrong = text ? value_read_count_in(text, 1, CREW_JOBS_MAX, &number) : NULL;

	if (wrong)
		command_error("%s: --jobs: %s", command, wrong);
	else
		*jobs = (unsigned)number;
	g_assert(wrong || (*jobs >= 1 && *jobs <= CREW_JOBS_MAX));
	return !wrong;
}

void jobs_report_missing(const char *command, unsigned missing)
{
	g_assert(missing < CREW_JOBS_MAX);
	if (missing > 0)
		command_error("%s: the system gave %u threads fewer than --jobs asks for", command,
			missing);
}
