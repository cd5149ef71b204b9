/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/import/rt-app.h"

#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/import/rt-app-private.h"

enum {
	ACTIONS_MAX = 100000, /* of all threads */
	CPUS_LEAST = 4,
	SECONDS_MAX = 4398,   /* that a run can take */
	SECONDS_ENDLESS = 10, /* of a load without an end */
	NAME_MAX_BYTES = 50,
};

#define NAME_OF_MM "rt-app"

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_more_left_out(struct rt_app *app)
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new();
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, app->omissions);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		g_ptr_array_add(keys, key);
	g_ptr_array_sort(keys, by_text);
	for (guint i = 0; i < keys->len; i++) {
		guint count = GPOINTER_TO_UINT(g_hash_table_lookup(app->omissions, keys->pdata[i]));
		g_autofree char *quoted = value_quote(keys->pdata[i]);

		if (count > RT_APP_SHOWN_MAX)
			g_ptr_array_add(app->left_out,
				g_strdup_printf("%s: %u more %s are left out", app->path,
					count - RT_APP_SHOWN_MAX, quoted));
	}
}

/* @wanted; where it is taken already, @base with a number. The caller frees it. */
static char *make_unique(struct rt_app *app, const char *wanted, const char *base)
{
	gpointer last = g_hash_table_lookup(app->names, wanted);
	guint number = MAX(1, GPOINTER_TO_UINT(last));
	char *made = g_strdup(wanted);

	while (g_hash_table_contains(app->names, made)) {
		g_free(made);
		made = g_strdup_printf("t%s_%u", base, ++number);
	}
	g_hash_table_insert(app->names, g_strdup(wanted), GUINT_TO_POINTER(number));
	g_hash_table_insert(app->names, g_strdup(made), GUINT_TO_POINTER(number));
	return made;
}

/* @name, as the scenario language has names, and no other thread has it. The caller frees it. */
static char *make_name(struct rt_app *app, const char *name)
{
	g_autofree char *base = g_strndup(name, NAME_MAX_BYTES);
	g_autofree char *made = NULL;

	for (char *at = base; *at; at++) {
		if (!g_ascii_isalnum(*at) && !strchr("_.-", *at))
			*at = '_';
	}
	made = g_ascii_isalpha(*base) ? g_strdup(base) : g_strdup_printf("t%s", base);
	return make_unique(app, made, base);
}

/* The file */

/* The keys of "global" that say nothing about who runs when. */
static const char *const of_no_matter[] = { "calibration", "pi_enabled", "lock_pages", "logdir",
	"log_basename", "log_size", "ftrace", "gnuplot", "io_device", "mem_buffer_size",
	"cumulative_slack", NULL };

static void read_global(struct rt_app *app, const struct json_value *global)
{
	if (global->kind != JSON_OBJECT) {
		faults_add(app->faults, (struct place){ .line = global->line },
			"global is no object, expected { \"duration\" : 10, … }");
		return;
	}
	for (guint i = 0; i < global->children->len; i++) {
		const struct json_value *member = global->children->pdata[i];
		uint64_t seconds = 0;

		if (g_strv_contains(of_no_matter, member->name))
			continue;
		if (strcmp(member->name, "default_policy") == 0 &&
			g_strcmp0(member->text, "SCHED_OTHER") == 0)
			continue;
		if (strcmp(member->name, "duration") != 0) {
			rt_app_leave_out(app, member, "global", member->name,
				"all tasks are scheduled alike");
		} else if (member->kind != JSON_INTEGER || member->number != -1) {
			rt_app_read_number(app, member, 1, SECONDS_MAX, &seconds);
			app->time_ns = seconds * 1000000000;
		}
	}
}

static void read_tasks(struct rt_app *app, const struct json_value *tasks)
{
	for (guint i = 0; i < tasks->children->len; i++) {
		const struct json_value *value = tasks->children->pdata[i];
		struct rt_app_thread *thread;

		if (value->kind != JSON_OBJECT) {
			faults_add(app->faults, (struct place){ .line = value->line },
				"task %s is no object, expected { \"run\" : 1000, … }",
				value->name);
			continue;
		}
		thread = rt_app_read_thread(app, value);
		thread->name = make_name(app, value->name);
		g_ptr_array_add(app->threads, thread);
		if (!g_hash_table_contains(app->by_name, value->name))
			g_hash_table_insert(app->by_name, value->name, thread);
		app->endless |= thread->loops == RT_APP_FOREVER;
	}
}

static bool read_root(struct rt_app *app, const struct json_value *root)
{
	static const char *const known[] = { "tasks", "global", "resources", NULL };
	const struct json_value *tasks = json_value_find(root, "tasks");
	const struct json_value *global = json_value_find(root, "global");

	if (!tasks || tasks->kind != JSON_OBJECT || tasks->children->len == 0) {
		faults_add(app->faults, (struct place){ .line = tasks ? tasks->line : 1 },
			"there is no \"tasks\" : { \"NAME\" : { … } }: this is no load of rt-app");
		return false;
	}
	if (global)
		read_global(app, global);
	read_tasks(app, tasks);
	for (guint i = 0; i < root->children->len; i++) {
		const struct json_value *member = root->children->pdata[i];

		if (!g_strv_contains(known, member->name))
			rt_app_leave_out(app, member, NULL, member->name,
				"it is not a key of rt-app that is known");
	}
	return true;
}

/* What begins after the end is not there. It can be forked. */
static void leave_out_late(struct rt_app *app)
{
	for (guint i = 0; i < app->threads->len; i++) {
		struct rt_app_thread *thread = app->threads->pdata[i];

		if (thread->delay_us <= app->time_ns / 1000)
			continue;
		rt_app_leave_out(app, json_value_find(thread->value, "delay"), thread->value->name,
			"delay", "it is after the end, so the thread has no task");
		thread->delay_us = 0;
		thread->instances = 0;
	}
}

static void write_head(GString *text, const struct rt_app *app)
{
	g_autofree char *name = g_path_get_basename(app->path);
	g_autofree char *clean = value_clean(name, 100);
	char time[VALUE_DURATION_MAX];

	g_string_append_printf(text, "# From %s, a load of rt-app, by cidsim import.\n", clean);
	for (guint i = 0; i < app->left_out->len; i++) {
		/* the path is in the first line */
		const char *message = (const char *)app->left_out->pdata[i] + strlen(app->path) + 1;

		g_string_append_printf(text, "# %s%s\n", *message == ' ' ? "" : "line ",
			message + (*message == ' '));
	}
	value_format_duration(app->time_ns, time);
	g_string_append_printf(text, "\n[scenario]\ntitle = %s\ntime = %s\n", clean, time);
	g_string_append_printf(text, "\n[machine]\ncpus = %u\n\n[mm " NAME_OF_MM "]\n",
		app->cpus ? app->cpus : app->cpus_needed);
}

static void write_thread(GString *text, struct rt_app *app, const struct rt_app_thread *thread)
{
	rt_app_write_thread(text, app, thread);
	if (app->actions->len > ACTIONS_MAX)
		faults_add(app->faults, (struct place){ .line = thread->value->line },
			"up to task %s there are more than %d forks and affinity changes; take "
			"some tasks out, or give them fewer loops",
			thread->name, ACTIONS_MAX);
}

static char *convert(struct rt_app *app, const struct json_value *root)
{
	g_autoptr(GString) groups = g_string_new(NULL);
	g_autoptr(GString) text = NULL;

	if (!read_root(app, root))
		return NULL;
	if (app->time_ns == 0)
		app->time_ns =
			UINT64_C(1000000000) * (app->endless ? SECONDS_ENDLESS : SECONDS_MAX);
	leave_out_late(app);
	/* How many CPUs there are must be known before an affinity ends. */
	for (guint i = 0; i < app->threads->len; i++)
		rt_app_note_cpus(app, app->threads->pdata[i]);
	if (faults_count(app->faults) > 0)
		return NULL; /* and not once more for each */
	for (guint i = 0; i < app->threads->len && faults_count(app->faults) == 0; i++)
		write_thread(groups, app, app->threads->pdata[i]);
	rt_app_write_actions(groups, app);
	if (faults_count(app->faults) > 0)
		return NULL;
	add_more_left_out(app);
	text = g_string_new(NULL);
	write_head(text, app);
	g_string_append_len(text, groups->str, (gssize)groups->len);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void free_action(gpointer data)
{
	g_free(((struct rt_app_action *)data)->item);
}

char *rt_app_import(const char *path, const char *text, size_t length, uint32_t cpus,
	struct faults *faults, GPtrArray *left_out)
{
	struct rt_app app = { .path = path,
		.faults = faults,
		.left_out = left_out,
		.cpus = cpus,
		.cpus_needed = cpus ? cpus : CPUS_LEAST,
		.omissions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		.forked = g_hash_table_new(g_int64_hash, g_int64_equal),
		.by_name = g_hash_table_new(g_str_hash, g_str_equal),
		.threads = g_ptr_array_new_with_free_func(rt_app_thread_free),
		.actions = g_array_new(FALSE, FALSE, sizeof(struct rt_app_action)) };
	struct json_value *root = json_lines_read(text, length, faults);
	char *scenario = NULL;

	g_array_set_clear_func(app.actions, free_action);
	g_hash_table_insert(app.names, g_strdup(NAME_OF_MM), NULL);
	if (root)
		scenario = convert(&app, root);
	g_assert(scenario || faults_count(faults) > 0);
	json_value_free(root);
	g_hash_table_unref(app.forked);
	g_hash_table_unref(app.by_name);
	g_hash_table_unref(app.names);
	g_array_free(app.actions, TRUE);
	g_ptr_array_free(app.threads, TRUE);
	g_hash_table_unref(app.omissions);
	return scenario;
}
