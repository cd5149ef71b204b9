/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/work-folder.h"

#include <glib/gstdio.h>

#include "sim/base/failure.h"

char *work_folder_new(GError **error)
{
	GError *fault = NULL;
	char *work = g_dir_make_tmp("cidsim-XXXXXX", &fault);

	if (!work) {
		failure_environment(error,
			"no temporary folder: %s; set TMPDIR to a folder that can be written",
			fault->message);
		g_error_free(fault);
	}
	return work;
}

void work_folder_remove(char *work)
{
	GDir *list = g_dir_open(work, 0, NULL);
	const char *name;

	while (list && (name = g_dir_read_name(list))) {
		char *path = g_build_filename(work, name, NULL);

		if (g_unlink(path) != 0)
			work_folder_remove(path);
		else
			g_free(path);
	}
	if (list)
		g_dir_close(list);
	g_rmdir(work);
	g_free(work);
}
