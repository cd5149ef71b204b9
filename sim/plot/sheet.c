/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sheet.h"

#include <errno.h>

#include "sim/plot/plot.h"

FILE *plot_sheet_create(const struct plot_sheet *sheet, const char *name, GError **error)
{
	char *path = g_build_filename(sheet->work, name, NULL);
	FILE *file = fopen(path, "we");

	if (!file)
		g_set_error(error, PLOT_ERROR, PLOT_ERROR_ENVIRONMENT, "%s: %s", path,
			g_strerror(errno));
	g_free(path);
	return file;
}

bool plot_sheet_close(FILE *file, GError **error)
{
	bool good;

	if (!file)
		return false;
	good = !ferror(file);
	if (fclose(file) != 0)
		good = false;
	/* the caller may come here with an error of its own: the first one counts */
	if (!good && error && !*error)
		g_set_error(error, PLOT_ERROR, PLOT_ERROR_ENVIRONMENT,
			"data for gnuplot cannot be written to the temporary directory: %s",
			g_strerror(errno));
	return good;
}
