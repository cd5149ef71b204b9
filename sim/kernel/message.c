/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/message.h"

#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/text.h"

/* How gcc and clang say that they do not know a name. @member: of a struct. */
static const struct {
	const char *before, *after;
	bool member;
} unknown[] = {
	{ "implicit declaration of function '", "'", false },
	{ "call to undeclared function '", "'", false },
	{ "undeclared identifier '", "'", false },
	{ "unknown type name '", "'", false },
	{ "has no member named '", "'", true },
	{ "no member named '", "'", true },
	{ "storage size of '", "' isn't known", false },
	{ "undefined reference to `", "'", false },
	{ "'", "' undeclared", false },
};

/* What stands between two texts in @line; the caller frees it. */
static char *between(const char *line, const char *before, const char *after)
{
	const char *from = strstr(line, before), *to;

	if (!from)
		return NULL;
	from += strlen(before);
	to = strstr(from, after);
	return to ? g_strndup(from, (size_t)(to - from)) : NULL;
}

static char *unknown_name(const char *line, bool *member)
{
	for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
		char *name = between(line, unknown[i].before, unknown[i].after);

		*member = unknown[i].member;
		if (name)
			return name;
	}
	return NULL;
}

/* "kernel/sched/core.c:12: text" of "kernel/sched/core.c:12:3: error: text". */
static char *place_and_text(const char *line)
{
	const char *error = strstr(line, "error: ");
	g_auto(GStrv) place = g_strsplit(line, ":", 3);

	if (!error || g_strv_length(place) < 3)
		return g_strdup(line);
	return g_strdup_printf("%s:%s: %s", place[0], place[1], error + strlen("error: "));
}

/* The first line with an error; else the first line. */
static char *first_error(const char *said)
{
	g_auto(GStrv) lines = g_strsplit(said, "\n", -1);

	for (char **line = lines; *line; line++) {
		if (strstr(*line, "error: ") || strstr(*line, "undefined reference"))
			return g_strdup(*line);
	}
	return g_strdup(lines[0] && *lines[0] ? lines[0] : "the compiler does not say why");
}

bool message_of_compiler(const char *said, const char *name, GError **error)
{
	g_autofree char *line = first_error(said ? said : "");
	g_autofree char *shown = place_and_text(line);
	bool member = false;
	g_autofree char *lacks = unknown_name(line, &member);

	g_assert(name);
	if (lacks)
		return failure_input(error,
			"%s: the shim lacks %s%s, which this tree uses; sim/kernel/shim/ gives "
			"the kernel's code the names that it needs: %s",
			text_path(name), member ? "the member " : "", lacks, text_clean(shown));
	return failure_input(error, "%s: does not compile: %s", text_path(name), text_clean(shown));
}
