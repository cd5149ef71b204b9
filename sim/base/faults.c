/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/faults.h"

#include <assert.h>
#include <string.h>

struct fault {
	uint32_t line;
	char *text;
};

/* One more than is kept, so that a sorted insertion needs no special case for a full list. */
struct faults {
	struct line_files files;
	size_t added;
	uint32_t kept;
	struct fault list[FAULTS_MAX + 1];
};

struct faults *faults_new(const char *path)
{
	struct faults *faults = g_new0(struct faults, 1);

	assert(path);
	line_files_add(&faults->files, 0, path);
	return faults;
}

void faults_free(struct faults *faults)
{
	if (!faults)
		return;
	for (uint32_t i = 0; i < faults->kept; i++)
		g_free(faults->list[i].text);
	line_files_clear(&faults->files);
	g_free(faults);
}

struct line_files *faults_files(struct faults *faults)
{
	assert(faults->files.count > 0);
	return &faults->files;
}

static void faults_insert(struct faults *faults, struct fault fault)
{
	uint32_t at = faults->kept;

	assert(at <= FAULTS_MAX);
	while (at > 0 && faults->list[at - 1].line > fault.line)
		at--;
	memmove(&faults->list[at + 1], &faults->list[at],
		(faults->kept - at) * sizeof(faults->list[0]));
	faults->list[at] = fault;
	if (faults->kept < FAULTS_MAX)
		faults->kept++;
	else
		g_free(faults->list[FAULTS_MAX].text);
	assert(faults->kept <= faults->added);
}

void faults_add(struct faults *faults, struct place place, const char *format, ...)
{
	struct fault fault = { .line = place.option ? 0 : place.line };
	g_autofree char *text = NULL, *where = NULL;
	va_list args;

	assert(*format);
	faults->added++;
	if (faults->kept == FAULTS_MAX && faults->list[FAULTS_MAX - 1].line <= fault.line)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	where = place.option ? g_strdup(place.option) : line_files_path(&faults->files, place.line);
	fault.text = g_strdup_printf("%s: %s", where, text);
	faults_insert(faults, fault);
}

void faults_take(struct faults *faults, struct place place, char *message)
{
	assert(message);
	faults_add(faults, place, "%s", message);
	g_free(message);
}

size_t faults_count(const struct faults *faults)
{
	return faults->added;
}

void faults_list(const struct faults *faults, GPtrArray *errors)
{
	assert(faults->kept <= FAULTS_MAX && faults->kept <= faults->added);
	for (uint32_t i = 0; i < faults->kept; i++)
		g_ptr_array_add(errors, g_strdup(faults->list[i].text));
	if (faults->added > FAULTS_MAX)
		g_ptr_array_add(
			errors, g_strdup_printf("%s: too many errors", faults->files.file[0].path));
}

char *place_to_string(const struct line_files *files, struct place place)
{
	const char *path;

	assert(place.option || place.line > 0);
	if (place.option)
		return g_strdup(place.option);
	path = line_files_find(files, &place.line);
	if (files->count == 1)
		return g_strdup_printf("line %u", place.line);
	return g_strdup_printf("line %u of %s", place.line, path);
}
