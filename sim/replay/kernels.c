/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/kernels.h"

#include <string.h>

#include "sim/release/release.h"

/* The value of cpus in [machine]. Returns false if the trace does not tell. */
static bool add_cpus(GString *text, const struct trace_info *info, const char *possible)
{
	guint count = info->possible->len;

	g_string_append(text, "cpus = ");
	if (possible) {
		g_string_append_printf(text, "%s\n", possible);
		return true;
	}
	if (count == 0)
		return false;
	if (g_array_index(info->possible, uint32_t, count - 1) == count - 1) {
		g_string_append_printf(text, "%u\n", count);
		return true;
	}
	for (guint i = 0; i < count; i++)
		g_string_append_printf(
			text, "%s%u", i ? "," : "", g_array_index(info->possible, uint32_t, i));
	if (count == 1) /* a number alone would be how many there are */
		g_string_append_printf(text, "-%u", g_array_index(info->possible, uint32_t, 0));
	g_string_append_c(text, '\n');
	return true;
}

/* The lines of [protocol] for what the trace says of itself: a revision, and "FLAG=VALUE …". */
static void add_own_revision(GString *text, const struct trace_info *info)
{
	g_auto(GStrv) flags = g_strsplit(info->flags, " ", 0);

	g_string_append_printf(text, "revision = %s\n", info->revision);
	for (char **flag = flags; *flag; flag++)
		g_string_append_printf(text, "%s\n", *flag);
}

static void add_revision(GString *text, const struct trace_info *info)
{
	const struct revision *revision = release_revision(info->kernel);

	g_string_append(text, "[protocol]\n");
	if (*info->revision)
		add_own_revision(text, info);
	else
		g_string_append_printf(text, "revision = %s\n",
			revision ? revision->name : revision_current()->name);
}

static struct scenario *parse(const char *path, const GString *text, const char *possible,
	const struct scenario_overrides *overrides, GError **error)
{
	static const char cpus[] = "cpus: ";
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse(path, text->str, text->len, overrides, errors);
	const char *message, *rest;

	if (scenario)
		return scenario;
	message = errors->len ? errors->pdata[0] : "it is no machine that can be";
	/* The lines of this text are none of the trace's. */
	if (g_str_has_prefix(message, path) && (rest = strstr(message + strlen(path), ": ")))
		message = rest + 2;
	if (possible && g_str_has_prefix(message, cpus))
		g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT, "--possible: %s",
			message + strlen(cpus));
	else
		g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT, "%s", message);
	return NULL;
}

struct scenario *machine_of_trace(const char *path, const struct trace_info *info,
	const char *possible, const struct scenario_overrides *overrides, GError **error)
{
	g_autoptr(GString) text = g_string_new("[machine]\n");
	struct scenario *scenario;

	if (!add_cpus(text, info, possible)) {
		g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT,
			"the trace does not say which CPUs are possible (a line \"# possible "
			"0-3\"), give --possible LIST");
		return NULL;
	}
	add_revision(text, info);
	g_string_append(text, "[mm trace]\ncount = 0\n");
	scenario = parse(path, text, possible, overrides, error);
	if (scenario) {
		g_free(scenario->title);
		scenario->title = g_strdup(info->workload);
	}
	return scenario;
}
