/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

#include "sim/base/input.h"
#include "sim/base/text.h"

/* Reads a file and those that it includes: all become one text, for keyfile_parse(). */

struct reading {
	GString *all;
	GPtrArray *identities; /* of the files so far; empty for a pipe */
	bool *environment;
};

/* Make a comment of line @line of @text, which begins with "include". */
static void comment_out(char *text, uint32_t line)
{
	while (--line > 0)
		text = strchr(text, '\n') + 1;
	text += strspn(text, " \t\f\v");
	g_assert(*text == 'i');
	*text = '#';
}

/* The value of "include" in @text, and its line, which becomes a comment. NULL: it has none. What
 * is wrong with @text is for those who read the whole. The caller frees the value. */
static char *take_include(char *text, size_t length, uint32_t *line)
{
	const struct keyfile_group *group;
	const struct keyfile_entry *entry;
	struct faults *ignored;
	struct keyfile *file;
	char *name = NULL;

	if (!strstr(text, "include"))
		return NULL;
	ignored = faults_new("");
	file = keyfile_parse(g_memdup2(text, length + 1), length, ignored);
	group = keyfile_find_group(file, "scenario");
	entry = group ? keyfile_find(group, "include") : NULL;
	if (entry) {
		name = g_strdup(entry->value);
		*line = entry->place.line;
		comment_out(text, *line);
	}
	keyfile_free(file);
	faults_free(ignored);
	return name;
}

/* Whether @path can be one file more. False after a fault. */
static bool can_be_included(struct reading *reading, const char *path, struct faults *faults)
{
	g_autofree char *identity = input_identity(path);

	if (identity &&
		g_ptr_array_find_with_equal_func(reading->identities, identity, g_str_equal, NULL))
		faults_add(faults, (struct place){ 0 }, "includes itself, maybe by other files");
	else if (reading->identities->len == LINE_FILES_MAX)
		faults_add(faults, (struct place){ 0 },
			"is one file too many: at most %d can include one another", LINE_FILES_MAX);
	else
		return true;
	return false;
}

static bool read_file(struct reading *reading, const char *path, struct faults *faults);

/* Read @name, which line @line of the file @path includes. */
static bool read_included(struct reading *reading, const char *path, const char *name,
	uint32_t line, struct faults *faults)
{
	g_autofree char *next = keyfile_beside(path, name);
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct faults *of_next = faults_new(text_path(next));
	bool good = can_be_included(reading, next, of_next);

	g_string_append_printf(reading->all, KEYFILE_MARK "%s\n", name);
	good = good && read_file(reading, next, of_next);
	faults_list(of_next, errors);
	if (!good)
		faults_add(faults, (struct place){ .line = line }, "include: %s",
			(const char *)errors->pdata[0]);
	faults_free(of_next);
	return good;
}

static bool read_file(struct reading *reading, const char *path, struct faults *faults)
{
	size_t length;
	uint32_t line = 0;
	g_autofree char *text = keyfile_read(path, &length, faults, reading->environment);
	g_autofree char *name = NULL;
	char *identity = input_identity(path);

	g_ptr_array_add(reading->identities, identity ? identity : g_strdup(""));
	if (!text)
		return false;
	/* Or it could pass for several files. */
	if (g_strstr_len(text, (gssize)length, KEYFILE_MARK)) {
		faults_add(faults, (struct place){ 0 },
			"has the control character U+001E, only tabs and line ends are allowed");
		return false;
	}
	name = take_include(text, length, &line);
	g_string_append_len(reading->all, text, (gssize)length);
	return !name || read_included(reading, path, name, line, faults);
}

char *scenario_read(const char *path, size_t *length, struct faults *faults, bool *environment)
{
	g_autoptr(GPtrArray) identities = g_ptr_array_new_with_free_func(g_free);
	struct reading reading = { g_string_new(NULL), identities, environment };
	bool good = read_file(&reading, path, faults);

	*length = reading.all->len;
	return g_string_free(reading.all, !good);
}
