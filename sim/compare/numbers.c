/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <json-glib/json-glib.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/compare/private.h"
#include "sim/plot/run-report.h"

/* Members that say what was run, not what came of it. */
static const char *const about_runs[] = { "scenario", "title", "version", "commit", "command",
	"seed", "revision", "flags", "kernel", "workload", NULL };

#define DIGEST "digest"

struct leaves {
	GPtrArray *names;   /* char *, in the order of the report */
	GHashTable *values; /* name -> text */
};

/* Six decimals, which is what reports have, without zeros at the end. */
static char *decimal_text(JsonNode *node)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE + 64];
	char *end;

	if (!g_ascii_formatd(buffer, sizeof(buffer), "%.6f", json_node_get_double(node)))
		return NULL;
	end = buffer + strlen(buffer);
	while (end > buffer && end[-1] == '0')
		end--;
	*(end > buffer && end[-1] == '.' ? end - 1 : end) = '\0';
	return g_strdup(buffer);
}

/* NULL: not compared. */
static char *leaf_text(JsonNode *node)
{
	GType type;

	if (JSON_NODE_HOLDS_NULL(node))
		return g_strdup("none");
	type = json_node_get_value_type(node);
	if (type == G_TYPE_INT64)
		return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
	if (type == G_TYPE_BOOLEAN)
		return g_strdup(json_node_get_boolean(node) ? "yes" : "no");
	if (type == G_TYPE_STRING)
		return g_strdup(json_node_get_string(node));
	return decimal_text(node);
}

static void add_leaf(struct leaves *leaves, const char *name, char *text)
{
	char *key = g_strdup(name);

	if (text && g_hash_table_insert(leaves->values, key, text))
		g_ptr_array_add(leaves->names, key);
	else if (!text)
		g_free(key);
}

static void add_object(struct leaves *leaves, const char *prefix, JsonObject *object);

/* Lists say what is counted elsewhere, but for [min, max] of a range. */
static void add_node(struct leaves *leaves, const char *name, JsonNode *node)
{
	if (JSON_NODE_HOLDS_OBJECT(node)) {
		g_autofree char *prefix = g_strconcat(name, ".", NULL);

		/* "mms" is where most of the numbers are */
		add_object(
			leaves, strcmp(name, "mms") == 0 ? "" : prefix, json_node_get_object(node));
	} else if (!JSON_NODE_HOLDS_ARRAY(node)) {
		add_leaf(leaves, name, leaf_text(node));
	}
}

static void add_object(struct leaves *leaves, const char *prefix, JsonObject *object)
{
	JsonObjectIter iter;
	const char *name;
	JsonNode *node;

	json_object_iter_init_ordered(&iter, object);
	while (json_object_iter_next_ordered(&iter, &name, &node)) {
		g_autofree char *full = g_strconcat(prefix, name, NULL);

		if (*prefix || !g_strv_contains(about_runs, name))
			add_node(leaves, full, node);
	}
}

static bool read_leaves(struct leaves *leaves, const struct plot_run *run, GError **error)
{
	g_autofree char *path = plot_run_file(run, "report.json");
	JsonParser *parser = plot_run_parse_report(path, error);

	leaves->names = g_ptr_array_new();
	leaves->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (!parser)
		return false;
	add_object(leaves, "", json_node_get_object(json_parser_get_root(parser)));
	g_object_unref(parser);
	return true;
}

static void free_leaves(struct leaves *leaves)
{
	g_ptr_array_unref(leaves->names);
	g_hash_table_unref(leaves->values);
}

static bool is_yes(const struct leaves *leaves, const char *name)
{
	return g_strcmp0(g_hash_table_lookup(leaves->values, name), "yes") == 0;
}

static const char *find_unit(const struct leaves *leaves)
{
	if (is_yes(leaves, "clock_counts_events"))
		return "event";
	return is_yes(leaves, "clock_counts_steps") ? "step" : NULL;
}

/* The digest is of all events: it is worth a word only where nothing else differs. */
static void add_digest(struct comparison *comparison, const struct leaves sides[2])
{
	const char *a = g_hash_table_lookup(sides[0].values, DIGEST);
	const char *b = g_hash_table_lookup(sides[1].values, DIGEST);

	if (comparison_same(comparison) && g_strcmp0(a, b) != 0)
		comparison_add(comparison, DIGEST, a, b);
}

static void add_different(struct comparison *comparison, const struct leaves sides[2])
{
	for (guint i = 0; i < sides[0].names->len; i++) {
		const char *name = sides[0].names->pdata[i];
		const char *a = g_hash_table_lookup(sides[0].values, name);
		const char *b = g_hash_table_lookup(sides[1].values, name);

		if (g_strcmp0(a, b) != 0 && strcmp(name, DIGEST) != 0)
			comparison_add(comparison, name, a, b);
	}
	for (guint i = 0; i < sides[1].names->len; i++) {
		const char *name = sides[1].names->pdata[i];

		if (!g_hash_table_contains(sides[0].values, name) && strcmp(name, DIGEST) != 0)
			comparison_add(
				comparison, name, NULL, g_hash_table_lookup(sides[1].values, name));
	}
}

bool compare_reports(struct comparison *comparison, struct plot_run *const runs[2], GError **error)
{
	struct leaves sides[2] = { 0 };
	bool good = read_leaves(&sides[0], runs[0], error);

	good = read_leaves(&sides[1], runs[1], good ? error : NULL) && good;
	if (good) {
		comparison->unit = find_unit(&sides[0]);
		add_different(comparison, sides);
		add_digest(comparison, sides);
	}
	free_leaves(&sides[0]);
	free_leaves(&sides[1]);
	return good;
}
