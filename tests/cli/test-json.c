/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What `cidsim run --json` prints, against docs/output.md; `cidsim replay --json`, against
 * docs/replay.md; and `cidsim revisions --json`. The first argument is the program, the second the
 * folder of the sources. */

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/revision.h"

#include "tests/lib/suite.h"

static const char *program, *source;

/* The members of an object, in their order, each with its type: i integer, d decimal, D decimal
 * or null, I integer or null, s text, S text or integer, b true or false, o object, a array, R
 * array of two integers or null. */
struct contract {
	const char *object; /* path of member names */
	const char *members;
};

static const struct contract contracts[] = {
	{ "", "scenario:s title:s version:s commit:s command:a seed:S revision:s flags:s digest:s events:i switches:i "
	      "migrations:i wakeups:i forks:i exits:i execs:i affinity_changes:i tasks_max:i "
	      "sim_time_ns:i idle_ns:i ended:s possible_cpus:i clock_counts_steps:b ok:b "
	      "violations:a "
	      "violations_total:i livelocks:i expectations:o mms:o" },
	{ "expectations", "passed:i failed:i all:a" },
};

static const struct contract mm_contracts[] = {
	{ "", "users_max:i mode_switches:o enter_users:I leave_users:I enter_users_range:R "
	      "leave_users_range:R formula:o span:o taken:o optimum:o waste:D percpu_share:D "
	      "transit_share:D windows:o fast_path:D switches_in:i bitmap_ops:i settled:i "
	      "out_dropped:i spins:i spin_ns:i "
	      "gave_up:i cid_changes:i cpu_cid_changes:i deferred_runs:i" },
	{ "mode_switches", "to_percpu:i to_task:i" },
	{ "formula", "enter:i leave:I allowed:i" },
	{ "span", "max:i mean:D" },
	{ "taken", "max:i mean:D" },
	{ "optimum", "max:i mean:D" },
	{ "windows", "count:i total_ns:i max_ns:i p50_ns:i p99_ns:i open:i" },
};

static const char counts[] = "compared:i agreed:i hidden:i unexplained:i undecided:i";

static const struct contract replay_contracts[] = {
	{ "", "scenario:s title:s kernel:s workload:s version:s commit:s command:a revision:s flags:s possible_cpus:i "
	      "seed:I events:i sim_time_ns:i clock_counts_events:b ended:s ok:b switches:o "
	      "others:o adopted:i predicted:i forks:i exits:i execs:i affinity_changes:i "
	      "switches_total:i processes:a processes_more:i differences:a notes:a ignored:o "
	      "mms:o" },
	{ "switches", counts },
	{ "others", counts },
};

static const struct contract process_contracts[] = {
	{ "", "name:s tgid:i first_line:i existed:b users_max:i to_percpu:i to_task:i switches:o "
	      "others:o adopted:i predicted:i begun_anew:i orders_max:i" },
	{ "switches", counts },
	{ "others", counts },
};

/* Run the program with @arguments, words with one blank between them. The caller frees what it
 * printed. */
static char *run(const char *arguments, int expected_status)
{
	g_auto(GStrv) words = g_strsplit(arguments, " ", -1);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *errors = NULL;
	char *printed = NULL;
	int wait_status;

	g_ptr_array_add(argv, (char *)program);
	for (char **word = words; *word; word++)
		g_ptr_array_add(argv, *word);
	g_ptr_array_add(argv, NULL);
	ck_assert(g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL,
		&printed, &errors, &wait_status, NULL));
	ck_assert_msg(
		wait_status == expected_status << 8, "%s: %d, %s", arguments, wait_status, errors);
	return printed;
}

static bool is_null(JsonNode *node)
{
	return json_node_get_node_type(node) == JSON_NODE_NULL;
}

static bool is_type(JsonNode *node, GType type)
{
	return json_node_get_node_type(node) == JSON_NODE_VALUE &&
	       json_node_get_value_type(node) == type;
}

static bool is_range(JsonNode *node)
{
	JsonArray *array;

	if (json_node_get_node_type(node) != JSON_NODE_ARRAY)
		return false;
	array = json_node_get_array(node);
	return json_array_get_length(array) == 2 &&
	       json_array_get_int_element(array, 0) <= json_array_get_int_element(array, 1);
}

static bool fits(JsonNode *node, char type)
{
	switch (type) {
	case 'i':
		return is_type(node, G_TYPE_INT64) && json_node_get_int(node) >= 0;
	case 'I':
		return is_null(node) || fits(node, 'i');
	case 'd':
		return is_type(node, G_TYPE_DOUBLE) && json_node_get_double(node) >= 0;
	case 'D':
		return is_null(node) || fits(node, 'd');
	case 's':
		return is_type(node, G_TYPE_STRING);
	case 'T':
		return is_null(node) || fits(node, 's');
	case 'S':
		return fits(node, 's') || fits(node, 'i');
	case 'b':
		return is_type(node, G_TYPE_BOOLEAN);
	case 'o':
		return json_node_get_node_type(node) == JSON_NODE_OBJECT;
	case 'a':
		return json_node_get_node_type(node) == JSON_NODE_ARRAY;
	case 'R':
		return is_null(node) || is_range(node);
	default:
		return false;
	}
}

/* Exactly these members, in this order. */
static void assert_members(JsonObject *object, const char *members)
{
	g_auto(GStrv) wanted = g_strsplit(members, " ", -1);
	g_autoptr(GList) names = json_object_get_members(object);
	guint i = 0;

	ck_assert_uint_eq(g_list_length(names), g_strv_length(wanted));
	for (GList *at = names; at; at = at->next, i++) {
		const char *colon = strchr(wanted[i], ':');
		g_autofree char *name = g_strndup(wanted[i], (size_t)(colon - wanted[i]));

		ck_assert_str_eq(at->data, name);
		ck_assert_msg(
			fits(json_object_get_member(object, name), colon[1]), "%s", wanted[i]);
	}
}

static void assert_contract(JsonObject *object, const struct contract *contract, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *path = contract[i].object;

		assert_members(*path ? json_object_get_object_member(object, path) : object,
			contract[i].members);
	}
}

static void assert_violations(JsonObject *object)
{
	JsonArray *violations = json_object_get_array_member(object, "violations");
	gint64 total = json_object_get_int_member(object, "violations_total");

	ck_assert_uint_eq(json_array_get_length(violations), MIN(total, 20));
	for (guint i = 0; i < json_array_get_length(violations); i++)
		assert_members(json_array_get_object_element(violations, i),
			"time_ns:i property:s mm:s text:s");
}

/* The totals are those of the list; what holds has not failed at any time. */
static void assert_expectations(JsonObject *object)
{
	JsonObject *expectations = json_object_get_object_member(object, "expectations");
	JsonArray *all = json_object_get_array_member(expectations, "all");
	gint64 passed = 0;

	for (guint i = 0; i < json_array_get_length(all); i++) {
		JsonObject *one = json_array_get_object_element(all, i);
		bool ok = json_object_get_boolean_member(one, "ok");

		assert_members(one, "line:i expected:s ok:b found:s failed_ns:I failed_by:T");
		ck_assert(!ok || json_object_get_null_member(one, "failed_ns"));
		passed += ok;
	}
	ck_assert_int_eq(json_object_get_int_member(expectations, "passed"), passed);
	ck_assert_int_eq(json_object_get_int_member(expectations, "failed"),
		json_array_get_length(all) - passed);
}

static void assert_mms(JsonObject *mms)
{
	g_autoptr(GList) names = json_object_get_members(mms);

	ck_assert_ptr_nonnull(names);
	for (GList *name = names; name; name = name->next)
		assert_contract(json_object_get_object_member(mms, name->data), mm_contracts,
			G_N_ELEMENTS(mm_contracts));
}

static void assert_object(JsonObject *object)
{
	assert_contract(object, contracts, G_N_ELEMENTS(contracts));
	assert_violations(object);
	assert_expectations(object);
	assert_mms(json_object_get_object_member(object, "mms"));
}

/* Check each line of @printed. Returns how many there are. */
static guint assert_lines(const char *printed)
{
	g_auto(GStrv) lines = g_strsplit(printed, "\n", -1);
	guint count = g_strv_length(lines) - 1;

	ck_assert_str_eq(lines[count], "");
	for (guint i = 0; i < count; i++) {
		g_autoptr(JsonParser) parser = json_parser_new();

		ck_assert_msg(
			json_parser_load_from_data(parser, lines[i], -1, NULL), "%s", lines[i]);
		assert_object(json_node_get_object(json_parser_get_root(parser)));
	}
	return count;
}

/* Those of the folder explore are not to be run. */
TEST(shipped_scenarios)
{
	g_autofree char *list = run("list", 0);
	g_auto(GStrv) lines = g_strsplit(list, "\n", -1);
	g_autoptr(GString) arguments = g_string_new("run --json");
	g_autofree char *printed = NULL;
	guint count = 0;

	for (char **line = lines; **line; line++) {
		if (g_str_has_prefix(*line, "explore/"))
			continue;
		g_string_append_printf(arguments, " %.*s", (int)strcspn(*line, " "), *line);
		count++;
	}
	printed = run(arguments->str, 0);
	ck_assert_uint_gt(count, 10);
	ck_assert_uint_eq(assert_lines(printed), count);
}

TEST(broken_properties)
{
	g_autofree char *printed = run("run failed-exec --revision v1 --json", 1);

	ck_assert_uint_eq(assert_lines(printed), 1);
	ck_assert_ptr_nonnull(strstr(printed, "\"ok\":false"));
	ck_assert_ptr_null(strstr(printed, "\"violations\":[]"));
}

TEST(failed_expectations)
{
	g_autofree char *printed = run("run hysteresis --json --set machine.cpus=8", 1);

	ck_assert_uint_eq(assert_lines(printed), 1);
	ck_assert_ptr_nonnull(strstr(printed, "\"ok\":false,\"found\":"));
	ck_assert_ptr_nonnull(strstr(printed, "\"ok\":true,\"found\":"));
}

TEST(greatest_seed)
{
	g_autofree char *printed = run("run vfork --json --seed 18446744073709551615", 0);

	ck_assert_uint_eq(assert_lines(printed), 1);
	ck_assert_ptr_nonnull(strstr(printed, "\"seed\":\"18446744073709551615\""));
}

/* Quotes, backslashes and letters beyond ASCII in a title. */
TEST(odd_title)
{
	g_autofree char *printed =
		run("run vfork --json --set scenario.title=\"\\ö</\xf0\x9f\x90\xa7", 0);

	ck_assert_uint_eq(assert_lines(printed), 1);
	ck_assert_ptr_nonnull(strstr(printed, "\"title\":\"\\\"\\\\"));
}

TEST(many_runs)
{
	g_autofree char *seeds = run("run vfork --json --seeds 3", 0);
	g_autofree char *revisions = run("run oversubscribed --json --revision all", 0);

	ck_assert_uint_eq(assert_lines(seeds), 3);
	ck_assert_uint_ge(assert_lines(revisions), 11);
}

static void assert_elements(JsonObject *object, const char *name, const char *members)
{
	JsonArray *array = json_object_get_array_member(object, name);

	for (guint i = 0; i < json_array_get_length(array); i++)
		assert_members(json_array_get_object_element(array, i), members);
}

/* The object of a replay of the trace @name. */
static JsonParser *replay(const char *name, const char *options, int expected_status)
{
	g_autofree char *arguments =
		g_strdup_printf("replay --json %s/tests/traces/%s%s", source, name, options);
	g_autofree char *printed = run(arguments, expected_status);
	JsonParser *parser = json_parser_new();
	JsonArray *processes;
	JsonObject *object;

	ck_assert_msg(json_parser_load_from_data(parser, printed, -1, NULL), "%s", printed);
	object = json_node_get_object(json_parser_get_root(parser));
	assert_contract(object, replay_contracts, G_N_ELEMENTS(replay_contracts));
	assert_mms(json_object_get_object_member(object, "mms"));
	processes = json_object_get_array_member(object, "processes");
	for (guint i = 0; i < json_array_get_length(processes); i++)
		assert_contract(json_array_get_object_element(processes, i), process_contracts,
			G_N_ELEMENTS(process_contracts));
	assert_elements(object, "differences",
		"line:i time_ns:i cpu:i pid:i process:s what:s trace:s model:s around:s");
	ck_assert_int_eq(json_object_get_boolean_member(object, "ok"), expected_status == 0);
	return parser;
}

TEST(replay_that_agrees)
{
	g_autoptr(JsonParser) parser = replay("pool-all-4-7.3.4.txt.gz", "", 0);
	JsonObject *object = json_node_get_object(json_parser_get_root(parser));

	ck_assert_str_eq(json_object_get_string_member(object, "revision"), "7.1");
	ck_assert_uint_eq(
		json_array_get_length(json_object_get_array_member(object, "differences")), 0);
}

TEST(replay_that_differs)
{
	g_autoptr(JsonParser) parser =
		replay("procs-4-6.19.6.trace.gz", " --revision 7.0-vfork", 1);
	JsonObject *object = json_node_get_object(json_parser_get_root(parser));
	JsonArray *differences = json_object_get_array_member(object, "differences");

	ck_assert_uint_ge(json_array_get_length(differences), 1);
	ck_assert_int_eq(
		json_object_get_int_member(json_array_get_object_element(differences, 0), "line"),
		1635);
}

/* Each flag has the value that the model's revision has. */
static void assert_flags(JsonObject *object, const struct revision *revision)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);
	char value[32];

	ck_assert_uint_eq(json_object_get_size(object), count);
	for (size_t i = 0; i < count; i++) {
		protocol_get(&revision->protocol, &flags[i], value, sizeof(value));
		ck_assert_str_eq(json_object_get_string_member(object, flags[i].name), value);
	}
}

static void assert_revision(JsonObject *object, const struct revision *revision)
{
	JsonArray *defects = json_object_get_array_member(object, "defects");
	JsonArray *aliases = json_object_get_array_member(object, "aliases");
	g_autoptr(GString) text = g_string_new(NULL);

	assert_members(object, "name:s date:s commit:s change:s defects:a aliases:a flags:o");
	ck_assert_str_eq(json_object_get_string_member(object, "name"), revision->name);
	ck_assert_str_eq(json_object_get_string_member(object, "date"), revision->date);
	ck_assert_str_eq(json_object_get_string_member(object, "commit"), revision->commit);
	ck_assert_str_eq(json_object_get_string_member(object, "change"), revision->change);
	for (guint i = 0; i < json_array_get_length(defects); i++)
		g_string_append_printf(
			text, "%s%s", i > 0 ? " " : "", json_array_get_string_element(defects, i));
	ck_assert_str_eq(text->str, revision->defects);
	for (guint i = 0; i < json_array_get_length(aliases); i++)
		ck_assert_ptr_eq(
			revision_find(json_array_get_string_element(aliases, i)), revision);
	assert_flags(json_object_get_object_member(object, "flags"), revision);
}

TEST(revisions)
{
	g_autofree char *printed = run("revisions --json", 0);
	g_autoptr(JsonParser) parser = json_parser_new();
	size_t count;
	const struct revision *table = revision_table(&count);
	JsonArray *array;

	ck_assert(json_parser_load_from_data(parser, printed, -1, NULL));
	array = json_node_get_array(json_parser_get_root(parser));
	ck_assert_uint_eq(json_array_get_length(array), count);
	for (guint i = 0; i < count; i++)
		assert_revision(json_array_get_object_element(array, i), &table[i]);
	ck_assert_ptr_nonnull(strstr(printed, "\"aliases\":[\"7.2\",\"7.3\"]"));
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: %s CIDSIM SOURCE_DIR [TEST…]\n", argv[0]);
		return 2;
	}
	program = argv[1];
	source = argv[2];
	argv[2] = argv[0];
	return suite_run(argc - 2, argv + 2);
}
