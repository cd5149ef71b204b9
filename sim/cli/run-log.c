/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/run-one.h"

#include <string.h>

#include "sim/base/numbers.h"
#include "sim/base/text.h"
#include "sim/base/values.h"

/* What `cidsim run` writes into its event log, and what it says if that is not all. */

static bool read_format(const struct run_options *options, struct log_options *log)
{
	const char *format = options->log ? options->log : "ftrace";

	log->format = strcmp(format, "chrome") == 0 ? LOG_CHROME : LOG_FTRACE;
	if (log->format == LOG_CHROME || strcmp(format, "ftrace") == 0 ||
		strcmp(format, "none") == 0)
		return true;
	command_error("run: --log: '%s' is unknown; ftrace, chrome or none", format);
	return false;
}

static bool read_time(const char *option, const char *text, uint64_t *ns)
{
	return !text || command_accepts("run", option, value_read_duration(text, ns));
}

static bool read_limit(const char *text, uint64_t *bytes)
{
	char *wrong = text ? value_read_size(text, bytes) : NULL;

	if (!wrong && *bytes == 0)
		wrong = value_fault(text, "is no limit; --log none writes no log");
	return command_accepts("run", "--log-limit", wrong);
}

/* The option that needs a log, and is there; NULL: none is. */
static const char *wants_log(const struct run_options *options)
{
	return options->log_limit  ? "--log-limit"
	       : options->log_from ? "--log-from"
	       : options->log_to   ? "--log-to"
	                           : NULL;
}

bool run_read_log(struct run_options *options)
{
	struct log_options *log = &options->log_options;
	const char *wants = wants_log(options);

	*log = log_options_default;
	if (!read_format(options, log) ||
		!read_time("--log-from", options->log_from, &log->from_ns) ||
		!read_time("--log-to", options->log_to, &log->to_ns) ||
		!read_limit(options->log_limit, &log->bytes_max))
		return false;
	if (!options->output && (options->log || wants))
		command_error("run: %s has no effect without -o DIR", wants ? wants : "--log");
	else if (wants && g_strcmp0(options->log, "none") == 0)
		command_error("run: %s and --log none cannot go together", wants);
	else if (log->from_ns > log->to_ns)
		command_error("run: --log-to is before --log-from");
	else
		return true;
	return false;
}

void run_ask_log(struct scenario *scenario, const struct run_options *options)
{
	if (options->log_options.format == LOG_CHROME)
		scenario_ask(scenario, "--log", "chrome");
	if (options->log_limit)
		scenario_ask(scenario, "--log-limit", options->log_limit);
	if (options->log_from)
		scenario_ask(scenario, "--log-from", options->log_from);
	if (options->log_to)
		scenario_ask(scenario, "--log-to", options->log_to);
}

enum {
	LOOKS = 3,
	LARGE_LOG = 256 << 20, /* bytes from which on a log is worth a message */
};

static void report_estimate(
	uint64_t bytes, const struct scenario *scenario, const struct run_options *options)
{
	const struct log_options *log = &options->log_options;
	g_autofree char *size = text_size(bytes), *limit = text_size(log->bytes_max);
	g_autofree char *end = bytes > log->bytes_max
	                               ? g_strdup_printf(", and ends at its limit of %s", limit)
	                               : g_strdup("");

	command_error("%s: %s can have about %s%s: --log-from and --log-to write a part, --log "
		      "none writes none",
		text_path(scenario->path), log_format_file(log->format), size, end);
}

void run_estimate_log(struct run_log_estimate *estimate, const struct sinks *sinks, uint64_t now_ns,
	const struct scenario *scenario, const struct run_options *options)
{
	const struct log_options *log = &options->log_options;
	uint64_t end_ns = MIN(scenario->time_ns, log->to_ns), bytes = sinks_log_size(sinks);

	if (bytes == 0 || estimate->looks == LOOKS)
		return;
	if (++estimate->looks == 1) {
		estimate->bytes = bytes;
		estimate->ns = now_ns;
	}
	/* What comes before the first look, the start of all tasks, is not like the rest. */
	if (estimate->looks < LOOKS || end_ns <= now_ns || now_ns == estimate->ns)
		return;
	bytes += number_divide(
		wide_product(bytes - estimate->bytes, end_ns - now_ns), now_ns - estimate->ns);
	if (bytes >= LARGE_LOG || bytes > log->bytes_max)
		report_estimate(bytes, scenario, options);
}

void run_report_cut(
	const struct record_result *result, const struct run_options *options, uint64_t at_ns)
{
	const struct log_options *log = &options->log_options;
	uint64_t end_ns = MIN(result->end_ns, log->to_ns);
	uint64_t whole = number_divide(
		wide_product(log->bytes_max, end_ns - log->from_ns), MAX(at_ns - log->from_ns, 1));
	g_autofree char *at = text_time(at_ns), *size = text_size(log->bytes_max);
	g_autofree char *estimate = text_size(MAX(whole, log->bytes_max));

	g_assert(at_ns >= log->from_ns && at_ns <= end_ns);
	command_error("%s: %s ends after %s, at its limit of %s; all of it is about %s: give "
		      "--log-limit, or a part with --log-from and --log-to",
		text_path(result->scenario->path), log_format_file(log->format), at, size,
		estimate);
}
