/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/values.h"
#include "sim/import/rt-app-private.h"

enum { CPUS_MAX = 8192 };

/* Messages */

void rt_app_say(struct rt_app *app, uint32_t line, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_add(app->left_out, g_strdup_printf("%s:%u: %s", app->path, line, text));
	g_free(text);
}

void rt_app_leave_out(struct rt_app *app, const struct json_value *value, const char *thread,
	const char *key, const char *why)
{
	guint count = GPOINTER_TO_UINT(g_hash_table_lookup(app->omissions, key)) + 1;
	g_autofree char *quoted = value_quote(value->name);
	g_autofree char *clean = thread ? value_clean(thread, VALUE_QUOTE_MAX) : NULL;

	g_hash_table_insert(app->omissions, g_strdup(key), GUINT_TO_POINTER(count));
	if (count <= RT_APP_SHOWN_MAX)
		rt_app_say(app, value->line, "%s%s%s is left out: %s", clean ? clean : "",
			clean ? ": " : "", quoted, why);
}

/* Values */

void rt_app_read_number(struct rt_app *app, const struct json_value *value, uint64_t min,
	uint64_t max, uint64_t *number)
{
	if (value->kind == JSON_INTEGER && value->number >= 0 && (uint64_t)value->number >= min &&
		(uint64_t)value->number <= max)
		*number = (uint64_t)value->number;
	else
		faults_add(app->faults, (struct place){ .line = value->line },
			"%s is not a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
			value->name ? value->name : "a CPU", min, max);
}

char *rt_app_read_cpus(struct rt_app *app, const struct json_value *value)
{
	uint64_t max = app->cpus ? app->cpus - 1 : CPUS_MAX - 1;
	GString *list = g_string_new(NULL);

	if (value->kind != JSON_ARRAY || value->children->len == 0) {
		faults_add(app->faults, (struct place){ .line = value->line },
			"cpus is no list of CPUs, expected [ 0, 2 ]");
		g_string_free(list, TRUE);
		return NULL;
	}
	for (guint i = 0; i < value->children->len; i++) {
		uint64_t cpu = 0;

		rt_app_read_number(app, value->children->pdata[i], 0, max, &cpu);
		app->cpus_needed = MAX(app->cpus_needed, (uint32_t)cpu + 1);
		g_string_append_printf(list, "%s%" G_GUINT64_FORMAT, i ? "," : "", cpu);
	}
	return g_string_free(list, FALSE);
}

static void note_cpus(struct rt_app *app, const struct json_value *cpus)
{
	if (cpus)
		g_free(rt_app_read_cpus(app, cpus));
}

void rt_app_note_cpus(struct rt_app *app, const struct rt_app_thread *thread)
{
	note_cpus(app, thread->cpus);
	for (guint i = 0; i < thread->phases->len; i++)
		note_cpus(app, g_array_index(thread->phases, struct rt_app_phase, i).cpus);
}
