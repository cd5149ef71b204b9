/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_CMD_SWEEP_H
#define CIDSIM_SIM_CLI_CMD_SWEEP_H

/* What the parts of `cidsim sweep` and `cidsim merge` share. */

#include "sim/cli/command.h"
#include "sim/sweep/axes.h"
#include "sim/sweep/shard.h"

struct sweep_options {
	char *cpus, *allowed, *threads, *revisions, *seeds, *mm, *shard, *output, *jobs;
	char **vary, **set;
	gboolean dry_run, force, summary;
};

struct sweep {
	const struct sweep_options *options;
	const char *argument; /* the scenario as it was named */
	char *path, *text;
	struct scenario_overrides overrides;
	struct sweep_source source; /* of these */
	struct scenario *base;      /* without axes */
	struct sweep_axes *axes;
	char *head;               /* of the result file */
	struct sweep_shard shard; /* 1 of 1 if there are none */
	unsigned jobs;
	uint64_t rows; /* of this shard */
};

/* Run what is planned into the file of -o, or to standard output. Returns the exit status; *@all
 * says whether the file has all rows. */
int sweep_into_file(const struct sweep *sweep, bool *all);
int sweep_to_stdout(const struct sweep *sweep);

/* Print @error, a FAILURE. Returns the exit status that it means; after a signal, which may be the
 * reason, it is EXIT_UNDECIDED. */
int sweep_error_status(const GError *error);

/* command_check_output() for the result file @rows and, with @summary, its summary. */
int sweep_check_output(const char *option, const char *input, const char *rows, bool summary);

/* Write the summary of the result file @rows ("x.csv") beside it ("x-summary.csv"). Returns the
 * exit status. */
int sweep_write_summary(const char *rows);

#endif
