/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_LINE_FILES_H
#define CIDSIM_SIM_BASE_LINE_FILES_H

/* Several files read as one: the lines of a file are counted on behind those of the one before. */

#include <stdint.h>

enum {
	LINE_FILES_MAX = 9, /* a file and those that it includes */
};

/* Whose lines are where. */
struct line_files {
	uint32_t count;
	struct {
		uint32_t before; /* lines of the files before it */
		char *path;      /* for messages */
	} file[LINE_FILES_MAX];
};

/* The lines after @before are of one file more, with the name @path for messages. Fewer than
 * LINE_FILES_MAX are there, and @before is not less than for the last. */
void line_files_add(struct line_files *files, uint32_t before, const char *path);
void line_files_clear(struct line_files *files);

/* The path of the file that has *@line, which becomes the line of that file. 0 stays 0, of the
 * first. */
const char *line_files_find(const struct line_files *files, uint32_t *line);

/* "PATH:LINE", or "PATH" for 0. The caller frees it. */
char *line_files_path(const struct line_files *files, uint32_t line);

/* "PATH:LINE: what" for the message "LINE: what", "PATH: what" for " what". The caller frees it. */
char *line_files_message(const struct line_files *files, const char *message);

#endif
