/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/messages.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/base/values.h"

static _Thread_local GPtrArray *kept;

/* Of a message about an option: whether it was printed before. To be called by one thread. */
static bool is_repeated(const char *message)
{
	static GHashTable *printed;

	if (!g_str_has_prefix(message, "--"))
		return false;
	if (!printed)
		printed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return !g_hash_table_add(printed, g_strdup(message));
}

void command_error(const char *format, ...)
{
	va_list arguments;
	g_autofree char *text = NULL;
	char *clean;

	g_assert(*format);
	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	clean = value_clean(text, G_MAXSSIZE);
	if (kept) {
		g_ptr_array_add(kept, clean);
		return;
	}
	if (!is_repeated(clean))
		fprintf(stderr, "cidsim: %s\n", clean);
	g_free(clean);
}

bool command_accepts(const char *command, const char *option, char *wrong)
{
	bool accepts = !wrong;

	g_assert(*option == '-');
	if (wrong)
		command_error("%s: %s: %s", command, option, wrong);
	g_free(wrong);
	return accepts;
}

GPtrArray *messages_keep(GPtrArray *messages)
{
	GPtrArray *before = kept;

	kept = messages;
	return before;
}

void messages_print(const GPtrArray *messages)
{
	g_assert(!kept);
	for (guint i = 0; i < messages->len; i++)
		command_error("%s", (const char *)messages->pdata[i]);
}
