/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* realpath */
#include "sim/base/places.h"

#include <glib.h>
#include <stdlib.h>

/* The folder of the program; NULL if the system does not say. */
static char *program_folder(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);

	return program ? g_path_get_dirname(program) : NULL;
}

static char *existing(char *path)
{
	/* of malloc(), which is what g_free() frees, too */
	char *real = realpath(path, NULL);

	if (real && !g_file_test(real, G_FILE_TEST_IS_DIR))
		g_clear_pointer(&real, free);
	g_free(path);
	return real;
}

char *place_shipped(const char *name)
{
	g_autofree char *folder = program_folder();
	char *found = NULL;

	g_assert(*name && *name != '/');
	if (folder)
		found = existing(g_build_filename(folder, "..", "share", "cidsim", name, NULL));
	return found ? found : existing(g_build_filename(CIDSIM_DATA_DIR, name, NULL));
}
