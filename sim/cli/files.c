/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/files.h"

#include <string.h>

#include "sim/base/input.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/html/html.h"

static GMutex mutex;
static GPtrArray *guarded; /* struct sinks */

void files_guard(struct sinks *sinks)
{
	g_mutex_lock(&mutex);
	if (!guarded)
		guarded = g_ptr_array_new();
	g_assert(!g_ptr_array_find(guarded, sinks, NULL));
	g_ptr_array_add(guarded, sinks);
	g_mutex_unlock(&mutex);
}

void files_unguard(struct sinks *sinks)
{
	bool found;

	g_mutex_lock(&mutex);
	found = guarded && g_ptr_array_remove(guarded, sinks);
	g_assert(found);
	g_mutex_unlock(&mutex);
}

void files_remove_guarded(void)
{
	/* Not locked: who holds the mutex may be the one that found no memory. */
	for (guint i = 0; guarded && i < guarded->len; i++)
		sinks_remove(guarded->pdata[i]);
}

static bool is_guarded(struct sinks *sinks)
{
	bool found;

	g_mutex_lock(&mutex);
	found = guarded && g_ptr_array_find(guarded, sinks, NULL);
	g_mutex_unlock(&mutex);
	return found;
}

/* The page is made of what the other files have: they are complete, under their temporary names. */
static const char *place_of(const void *sinks, const char *name)
{
	return sinks_place(sinks, name);
}

static bool add_page(struct sinks *sinks, GError **error)
{
	g_autoptr(GError) fault = NULL;
	struct plot_run *run = plot_run_open_at("report.html", place_of, sinks, &fault);
	GString *page = run ? html_of_run(run, &html_whole, &fault) : NULL;
	bool good = true;

	if (page) {
		good = sinks_add_file(sinks, "report.html", page->str, page->len, error);
		g_string_free(page, TRUE);
	} else {
		command_error("no report.html: %s", fault->message);
	}
	plot_run_free(run);
	return good;
}

bool files_close(struct sinks *sinks, const GString *report, const GString *json, GError **error)
{
	g_assert(!is_guarded(sinks));
	if (sinks_failed(sinks) ||
		(sinks_add_file(sinks, "report.txt", report->str, report->len, error) &&
			sinks_add_file(sinks, "report.json", json->str, json->len, error) &&
			sinks_finish(sinks, error) && add_page(sinks, error)))
		return sinks_close(sinks, error);
	sinks_abort(sinks);
	return false;
}

char *files_name(const char *path, const char *const *endings)
{
	char *name = strcmp(path, "-") == 0 ? g_strdup("stdin") : g_path_get_basename(path);

	for (; *endings; endings++) {
		size_t length = strlen(name) - strlen(*endings);

		/* Of ".scn" and "..scn" nothing would be left that could be a folder of its own. */
		if (g_str_has_suffix(name, *endings) && strspn(name, ".") < length)
			name[length] = '\0';
	}
	g_assert(*name);
	return name;
}

static bool names_differ(const char *command, const GPtrArray *paths,
	char *(*name_of)(const char *path), const char *output)
{
	g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	g_assert(*output);
	for (guint i = 0; i < paths->len; i++) {
		g_autofree char *name = name_of(paths->pdata[i]);
		const char *other = g_hash_table_lookup(taken, name);

		if (other) {
			command_error("%s: -o: %s and %s would both be written to %s/%s", command,
				other, (const char *)paths->pdata[i], output, name);
			return false;
		}
		g_hash_table_insert(taken, g_steal_pointer(&name), paths->pdata[i]);
	}
	g_assert(g_hash_table_size(taken) == paths->len);
	return true;
}

/* The first name in @dir that is one of @inputs; NULL if none is. The caller frees it. */
static char *find_input(const char *dir, GHashTable *inputs, bool traces)
{
	for (const char *const *name = traces ? sinks_names : sinks_names + SINKS_LOGS; *name;
		name++) {
		g_autofree char *path = g_build_filename(dir, *name, NULL);
		g_autofree char *identity = input_identity(path);

		if (identity && g_hash_table_contains(inputs, identity))
			return g_steal_pointer(&path);
	}
	return NULL;
}

static bool spare_inputs(const char *command, const GPtrArray *paths,
	char *(*name_of)(const char *path), const char *output, bool traces)
{
	g_autoptr(GHashTable) inputs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < paths->len; i++) {
		char *identity = input_identity(paths->pdata[i]);

		if (identity)
			g_hash_table_add(inputs, identity);
	}
	for (guint i = 0; i < paths->len; i++) {
		g_autofree char *name = name_of(paths->pdata[i]);
		g_autofree char *dir = g_build_filename(output, name, NULL);
		g_autofree char *found = find_input(dir, inputs, traces);

		if (!found)
			continue;
		command_error("%s: -o: %s is an input and would be overwritten", command, found);
		return false;
	}
	return true;
}

bool files_can_write(const char *command, const GPtrArray *paths,
	char *(*name_of)(const char *path), const char *output, bool traces)
{
	if (g_file_test(output, G_FILE_TEST_EXISTS) && !g_file_test(output, G_FILE_TEST_IS_DIR)) {
		command_error("%s: -o: %s is a file; name a folder, it need not be there", command,
			text_path(output));
		return false;
	}
	return names_differ(command, paths, name_of, output) &&
	       spare_inputs(command, paths, name_of, output, traces);
}
