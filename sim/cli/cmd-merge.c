/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-sweep.h"

#include "sim/cli/stop.h"
#include "sim/sweep/merge.h"

static const char description[] =
	"Each FILE.csv is what `cidsim sweep --shard K/N` wrote: all shards of one sweep, in any "
	"order. A message names those that are missing. The result has the bytes of the sweep "
	"in one go.\n"
	"\n"
	"Exit status: 0 all well, 2 a shard is missing, not complete, damaged or of another "
	"sweep, 3 the environment failed, 4 interrupted.\n"
	"\n"
	"Examples:\n"
	"  cidsim merge shard-*.csv -o pools.csv\n";

/* None of the shards may be overwritten. */
static int check_output(char **paths, const char *output, bool summary)
{
	int status = EXIT_OK;

	for (; *paths && status == EXIT_OK; paths++)
		status = sweep_check_output("merge: -o", *paths, output, summary);
	return status;
}

static int merge_into(const char *const *paths, size_t count, const char *output, bool summary)
{
	g_autoptr(GError) error = NULL;
	bool done;

	stop_arm();
	done = sweep_merge(paths, count, output, stop_asked, &error);
	stop_disarm();
	if (!done)
		return sweep_error_status(error);
	return summary ? sweep_write_summary(output) : EXIT_OK;
}

static int merge_shards(int argc, char **argv, const char *output, bool summary)
{
	int status = EXIT_USAGE;

	if (argc < 2)
		command_error("merge: no shards given; what `cidsim sweep --shard K/N` wrote");
	else if (summary && !output)
		command_error("merge: --summary needs -o FILE.csv, beside which it is written");
	else
		status = output ? check_output(argv + 1, output, summary) : EXIT_OK;
	if (status != EXIT_OK)
		return status;
	return merge_into((const char *const *)argv + 1, (size_t)argc - 1, output, summary);
}

int cmd_merge(int argc, char **argv)
{
	g_autofree char *output = NULL;
	gboolean summary = FALSE;
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
			"Write to FILE, not to standard output", "FILE.csv" },
		{ "summary", 0, 0, G_OPTION_ARG_NONE, &summary,
			"Also write mean, deviation and confidence interval over seeds to "
			"FILE-summary.csv",
			NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (!command_parse("FILE.csv…", description, entries, &argc, &argv, &status))
		return status;
	return merge_shards(argc, argv, output, summary);
}
