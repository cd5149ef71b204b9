/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/run-report.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/numbers.h"
#include "sim/plot/thin.h"

enum {
	REPORT_BYTES_MAX = 256 << 20,
	REPORT_DEPTH_MAX = 32, /* the parser recurses */
};

/* FALSE if brackets nest so deep that the parser's recursion could exhaust the stack. */
static bool is_shallow(const char *text)
{
	unsigned depth = 0;
	bool quoted = false;

	for (; *text; text++) {
		if (quoted && *text == '\\' && text[1])
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted && strchr("[{", *text) && ++depth > REPORT_DEPTH_MAX)
			return false;
		else if (!quoted && strchr("]}", *text) && depth)
			depth--;
	}
	return true;
}

/* The text of the report; NULL sets @error. */
static char *load_report_text(const char *path, GError **error)
{
	GError *fault = NULL;
	GStatBuf status;
	char *text = NULL;
	size_t length;

	if (g_stat(path, &status) == 0 &&
		(!S_ISREG(status.st_mode) || status.st_size > REPORT_BYTES_MAX)) {
		failure_input(error, "%s: not a report: no regular file, or too large", path);
		return NULL;
	}
	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		failure_environment(error,
			"%s: is not there: the run was ended before its files had their names, "
			"or is just giving them; run it again",
			path);
		return NULL;
	}
	if (!g_file_get_contents(path, &text, &length, &fault)) {
		/* the message names the file a second time, the reason is its last part */
		const char *reason = strrchr(fault->message, ':');

		failure_environment(error, "%s: cannot be read:%s", path,
			reason ? reason + 1 : " unknown reason");
		g_error_free(fault);
		return NULL;
	}
	if (memchr(text, '\0', length) || !g_utf8_validate(text, (gssize)length, NULL) ||
		!is_shallow(text)) {
		failure_input(error, "%s: not a report: no UTF-8 text, or nested too deep", path);
		g_free(text);
		return NULL;
	}
	return text;
}

/* The parser has forgotten the line when it returns; its message "<data>:LINE:..." has it. */
static unsigned line_of(const GError *fault)
{
	unsigned line;

	return sscanf(fault->message, "<data>:%u:", &line) == 1 ? line : 1;
}

static JsonParser *parse_report(const char *path, const char *text, GError **error)
{
	JsonParser *parser = json_parser_new_immutable();
	GError *fault = NULL;
	JsonNode *root;

	if (!json_parser_load_from_data(parser, text, -1, &fault)) {
		failure_input(error, "%s:%u: not JSON", path, line_of(fault));
		g_error_free(fault);
		g_object_unref(parser);
		return NULL;
	}
	root = json_parser_get_root(parser);
	if (root && JSON_NODE_HOLDS_OBJECT(root))
		return parser;
	failure_input(error, "%s: not a report: no JSON object", path);
	g_object_unref(parser);
	return NULL;
}

static bool is_json_number(JsonNode *node)
{
	return node && JSON_NODE_HOLDS_VALUE(node) &&
	       json_node_get_value_type(node) == G_TYPE_INT64;
}

static bool read_json_number(JsonObject *object, const char *name, uint64_t max, uint64_t *value,
	const char *path, GError **error)
{
	JsonNode *node = json_object_get_member(object, name);

	if (!is_json_number(node) || (uint64_t)json_node_get_int(node) > max)
		return failure_input(error,
			"%s: '%s' is missing, or not a number from 0 to %" G_GUINT64_FORMAT, path,
			name, max);
	*value = (uint64_t)json_node_get_int(node);
	return true;
}

/* A number of users, or null: -1. */
static bool read_users(
	JsonObject *object, const char *name, int64_t *value, const char *path, GError **error)
{
	JsonNode *node = json_object_get_member(object, name);
	uint64_t users = 0;

	*value = -1;
	if (node && JSON_NODE_HOLDS_NULL(node))
		return true;
	if (!read_json_number(object, name, UINT32_MAX, &users, path, error))
		return false;
	*value = (int64_t)users;
	g_assert(*value >= -1);
	return true;
}

static bool is_text(JsonNode *node)
{
	return node && JSON_NODE_HOLDS_VALUE(node) &&
	       json_node_get_value_type(node) == G_TYPE_STRING;
}

static bool read_json_text(
	JsonObject *object, const char *name, char **value, const char *path, GError **error)
{
	JsonNode *node = json_object_get_member(object, name);

	if (!is_text(node))
		return failure_input(error, "%s: '%s' is missing, or not a string", path, name);
	*value = json_node_dup_string(node);
	return true;
}

/* The text @name of @object, or "". */
static const char *text_in(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return is_text(node) ? json_node_get_string(node) : "";
}

/* The title; a scenario without one goes by its name. */
static bool read_title(JsonObject *root, char **title, const char *path, GError **error)
{
	if (!*text_in(root, "title"))
		return read_json_text(root, "scenario", title, path, error);
	*title = g_strdup(text_in(root, "title"));
	return true;
}

static JsonObject *read_object(
	JsonObject *object, const char *name, const char *path, GError **error)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node && JSON_NODE_HOLDS_OBJECT(node))
		return json_node_get_object(node);
	failure_input(error, "%s: '%s' is missing, or not an object", path, name);
	return NULL;
}

static bool read_mm_report(JsonObject *object, struct plot_mm *mm, const char *path, GError **error)
{
	JsonObject *switches = read_object(object, "mode_switches", path, error);
	JsonObject *formula;
	uint64_t to_percpu = 0, to_task = 0;

	if (!switches)
		return false;
	formula = read_object(object, "formula", path, error);
	if (!formula)
		return false;
	if (!read_json_number(object, "users_max", PLOT_USERS_MAX, &mm->users_max, path, error) ||
		!read_json_number(switches, "to_percpu", INT64_MAX, &to_percpu, path, error) ||
		!read_json_number(switches, "to_task", INT64_MAX, &to_task, path, error))
		return false;
	mm->switches = to_percpu + to_task;
	return read_users(formula, "enter", &mm->enter, path, error) &&
	       read_users(formula, "leave", &mm->leave, path, error);
}

static bool read_mms(JsonObject *root, GPtrArray *mms, const char *path, GError **error)
{
	JsonObject *object = read_object(root, "mms", path, error);
	JsonObjectIter iter;
	const char *name;
	JsonNode *node;

	if (!object)
		return false;
	json_object_iter_init_ordered(&iter, object);
	while (json_object_iter_next_ordered(&iter, &name, &node)) {
		struct plot_mm *mm = g_new0(struct plot_mm, 1);

		mm->name = g_strdup(name);
		g_ptr_array_add(mms, mm);
		if (!JSON_NODE_HOLDS_OBJECT(node))
			return failure_input(error, "%s: a member of 'mms' is not an object", path);
		if (!read_mm_report(json_node_get_object(node), mm, path, error))
			return false;
	}
	return true;
}

/* A number above 2^63 - 1 is a string: many readers of JSON would round it. */
static bool is_long_number(JsonNode *node, uint64_t *number)
{
	return is_text(node) && number_read(json_node_get_string(node), UINT64_MAX, number);
}

/* A replay has no seed. */
static bool read_seed(struct plot_run *run, JsonObject *root, const char *path, GError **error)
{
	JsonNode *node = json_object_get_member(root, "seed");
	uint64_t seed = 0;

	if (node && JSON_NODE_HOLDS_NULL(node))
		return true;
	if (!is_long_number(node, &seed) &&
		!read_json_number(root, "seed", UINT64_MAX, &seed, path, error))
		return false;
	run->seed = g_strdup_printf("%" G_GUINT64_FORMAT, seed);
	return true;
}

static bool is_true(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_boolean(node);
}

/* Reports of an older cidsim do not have it. */
static void read_made(struct plot_run *run, JsonObject *root)
{
	JsonNode *node = json_object_get_member(root, "command");
	JsonArray *words = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
	guint count = words ? json_array_get_length(words) : 0;
	const char *commit = text_in(root, "commit");

	run->clock = is_true(root, "clock_counts_steps")    ? "step"
	             : is_true(root, "clock_counts_events") ? "event"
	                                                    : NULL;
	run->flags = g_strdup(text_in(root, "flags"));
	run->made_by = g_strdup_printf("cidsim %s%s%s%s", text_in(root, "version"),
		*commit ? " (" : "", commit, *commit ? ")" : "");
	if (count < 3)
		return;
	run->command = g_new0(char *, count + 1);
	for (guint i = 0; i < count; i++) {
		JsonNode *word = json_array_get_element(words, i);

		run->command[i] = g_strdup(is_text(word) ? json_node_get_string(word) : "");
	}
}

/* "ok" is true, false, or null. */
static void read_verdict(struct plot_run *run, JsonObject *root)
{
	JsonNode *ok = json_object_get_member(root, "ok");
	bool is_bool =
		ok && JSON_NODE_HOLDS_VALUE(ok) && json_node_get_value_type(ok) == G_TYPE_BOOLEAN;

	run->verdict = !is_bool              ? PLOT_RUN_UNDECIDED
	               : is_true(root, "ok") ? PLOT_RUN_OK
	                                     : PLOT_RUN_FAILED;
}

static bool read_report(struct plot_run *run, JsonObject *root, const char *path, GError **error)
{
	read_made(run, root);
	read_verdict(run, root);
	if (!read_title(root, &run->title, path, error) ||
		!read_json_text(root, "revision", &run->revision, path, error) ||
		!read_seed(run, root, path, error) ||
		!read_json_number(
			root, "sim_time_ns", PLOT_TIME_NS_MAX, &run->sim_time_ns, path, error))
		return false;
	return read_mms(root, run->mms, path, error);
}

JsonParser *plot_run_parse_report(const char *path, GError **error)
{
	g_autofree char *text = load_report_text(path, error);

	return text ? parse_report(path, text, error) : NULL;
}

bool plot_run_read_report(struct plot_run *run, const char *path, GError **error)
{
	JsonParser *parser;
	bool good = false;

	run->report = load_report_text(path, error);
	parser = run->report ? parse_report(path, run->report, error) : NULL;
	if (parser) {
		good = read_report(
			run, json_node_get_object(json_parser_get_root(parser)), path, error);
		g_object_unref(parser);
	}
	return good;
}
