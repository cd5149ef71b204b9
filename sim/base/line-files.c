/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/line-files.h"

#include <assert.h>
#include <glib.h>
#include <stdlib.h>

void line_files_add(struct line_files *files, uint32_t before, const char *path)
{
	assert(files->count < LINE_FILES_MAX);
	assert(files->count == 0 || files->file[files->count - 1].before <= before);
	files->file[files->count].before = before;
	files->file[files->count++].path = g_strdup(path);
}

void line_files_clear(struct line_files *files)
{
	while (files->count > 0)
		g_free(files->file[--files->count].path);
}

const char *line_files_find(const struct line_files *files, uint32_t *line)
{
	uint32_t i = files->count - 1;

	assert(files->count > 0);
	while (i > 0 && files->file[i].before >= *line)
		i--;
	*line -= files->file[i].before;
	return files->file[i].path;
}

char *line_files_path(const struct line_files *files, uint32_t line)
{
	const char *path = line_files_find(files, &line);

	if (line == 0)
		return g_strdup(path);
	return g_strdup_printf("%s:%" G_GUINT32_FORMAT, path, line);
}

char *line_files_message(const struct line_files *files, const char *message)
{
	char *rest;
	unsigned long line = strtoul(message, &rest, 10);
	g_autofree char *where = line_files_path(files, (uint32_t)line);

	assert(line > 0 ? *rest == ':' : *message == ' ');
	return g_strconcat(where, line > 0 ? "" : ":", line > 0 ? rest : message, NULL);
}
