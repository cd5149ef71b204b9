/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Parts of the event logs of random scenarios, against the complete ones. */

#include <string.h>

#include <json-glib/json-glib.h>

#include "sim/record/event-log.h"
#include "tests/lib/folder.h"
#include "tests/lib/random-scenario.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

static char *folder, *file;

static void set_up(void)
{
	folder = folder_new();
	file = g_build_filename(folder, "log", NULL);
}

static void tear_down(void)
{
	folder_remove(folder);
	g_free(file);
}

SUITE(.timeout = 60, .before = set_up, .after = tear_down);

/* The log of scenario @seed with @options; *@end_ns: when the run ends, *@is_cut: at its limit. */
static char *log_of(
	uint64_t seed, const struct log_options *options, uint64_t *end_ns, bool *is_cut)
{
	GString *text = generate(seed, "7.1", FAILED_FORK | FAILED_EXEC, "off");
	struct scenario *scenario = sim_parse(text->str);
	struct engine *engine = engine_new(scenario);
	struct output *out = output_open(file, NULL);
	struct event_log *log =
		event_log_new(out, scenario, engine_accounts(engine), options);
	struct record_result *result;
	uint64_t at_ns;
	char *bytes;

	engine_set_sink(engine, event_log_sink(log));
	result = engine_run(engine);
	*end_ns = result->end_ns;
	event_log_end(log);
	*is_cut = event_log_is_cut(log, &at_ns);
	ck_assert_uint_le(at_ns, result->end_ns);
	event_log_free(log);
	ck_assert(output_close(out, NULL));
	ck_assert(g_file_get_contents(file, &bytes, NULL, NULL));
	record_result_free(result);
	engine_free(engine);
	scenario_free(scenario);
	g_string_free(text, TRUE);
	return bytes;
}

/* The time of a line of ftrace text; UINT64_MAX: it is none that is compared. */
static uint64_t time_of(const char *line)
{
	const char *at = strstr(line, " .... ");
	guint64 seconds, ns;
	char *end;

	if (*line == '#' || !at || strstr(line, ": tracing_mark_write: "))
		return UINT64_MAX;
	seconds = g_ascii_strtoull(at + 6, &end, 10);
	ns = g_ascii_strtoull(end + 1, NULL, 10);
	return seconds * 1000000000 + ns;
}

/* The lines of @text from after @from_ns to @to_ns. */
static char *lines_between(const char *text, uint64_t from_ns, uint64_t to_ns)
{
	GString *kept = g_string_new(NULL);
	const char *end = text + strlen(text);

	for (const char *next, *at = text; at < end; at = next) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		g_autofree char *line = NULL;
		uint64_t time_ns;

		next = feed ? feed + 1 : end;
		line = g_strndup(at, (gsize)(next - at));
		time_ns = time_of(line);
		if (time_ns != UINT64_MAX && time_ns > from_ns && time_ns <= to_ns)
			g_string_append(kept, line);
	}
	return g_string_free(kept, FALSE);
}

/* Proves that a part of a log has the events of that time, after what leads to them. */
TEST_RANGE(a_window_has_the_events_of_its_time, 1, 60)
{
	struct log_options options = log_options_default;
	uint64_t end_ns;
	bool is_cut;
	g_autofree char *all = log_of((uint64_t)_i, &options, &end_ns, &is_cut);
	g_autofree char *part = NULL, *expected = NULL, *found = NULL;

	options.from_ns = end_ns / 3 + 1;
	options.to_ns = end_ns * 2 / 3 + 1;
	part = log_of((uint64_t)_i, &options, &end_ns, &is_cut);
	ck_assert(!is_cut);
	expected = lines_between(all, options.from_ns, options.to_ns);
	found = lines_between(part, options.from_ns, UINT64_MAX - 1);
	ck_assert_str_eq(found, expected);
	ck_assert_ptr_nonnull(strstr(part, "\n# log begins at "));
}

/* Proves that a log with a limit is the beginning of the complete one, and says that it ends. */
TEST_RANGE(a_limit_leaves_the_beginning, 1, 60)
{
	struct log_options options = log_options_default;
	uint64_t end_ns;
	bool is_cut;
	g_autofree char *all = log_of((uint64_t)_i, &options, &end_ns, &is_cut), *part = NULL;
	char *end;

	ck_assert(!is_cut);
	options.bytes_max = strlen(all) / 2 + 1;
	part = log_of((uint64_t)_i, &options, &end_ns, &is_cut);
	ck_assert(is_cut);
	end = strstr(part, "# log ends here, at its limit of ");
	ck_assert_ptr_nonnull(end);
	ck_assert_uint_ge((size_t)(end - part), options.bytes_max);
	ck_assert_mem_eq(part, all, (size_t)(end - part));
	ck_assert_ptr_eq(strchr(end, '\n'), part + strlen(part) - 1);
}

/* A thread of the JSON: the names of its open slices, and when its last event was. */
struct thread {
	GPtrArray *open;
	double last;
};

static void free_thread(gpointer data)
{
	struct thread *thread = data;

	g_ptr_array_free(thread->open, TRUE);
	g_free(thread);
}

static struct thread *thread_of(GHashTable *threads, JsonObject *event)
{
	gint64 pid = json_object_get_int_member(event, "pid");
	gint64 tid = json_object_get_int_member(event, "tid");
	char *key = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, pid, tid);
	struct thread *thread = g_hash_table_lookup(threads, key);

	if (thread) {
		g_free(key);
		return thread;
	}
	thread = g_new0(struct thread, 1);
	thread->open = g_ptr_array_new_with_free_func(g_free);
	g_hash_table_insert(threads, key, thread);
	return thread;
}

/* Slices of @event's thread nest. */
static void check_slice(GHashTable *threads, JsonObject *event, const char *phase)
{
	struct thread *thread = thread_of(threads, event);
	const char *name = json_object_get_string_member(event, "name");
	double time = json_object_get_double_member(event, "ts");

	ck_assert(time >= thread->last);
	thread->last = time;
	if (*phase == 'B') {
		ck_assert_uint_eq(thread->open->len, 0); /* one at a time */
		g_ptr_array_add(thread->open, g_strdup(name));
	} else {
		ck_assert_uint_eq(thread->open->len, 1);
		ck_assert_str_eq(thread->open->pdata[0], name);
		g_ptr_array_set_size(thread->open, 0);
	}
}

/* Returns how many events of each kind there are, by "M", "B", "C", "i". */
static void check_chrome(const char *text, guint counts[4])
{
	JsonParser *parser = json_parser_new();
	g_autoptr(GHashTable) threads =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_thread);
	JsonArray *events;
	GHashTableIter iter;
	gpointer value;

	ck_assert(json_parser_load_from_data(parser, text, -1, NULL));
	events = json_object_get_array_member(
		json_node_get_object(json_parser_get_root(parser)), "traceEvents");
	for (guint i = 0; i < json_array_get_length(events); i++) {
		JsonObject *event = json_array_get_object_element(events, i);
		const char *phase = json_object_get_string_member(event, "ph");
		const char *kind = strchr("MBCi", *phase);

		if (kind)
			counts[kind - strchr("MBCi", 'M')]++;
		ck_assert(json_object_has_member(event, "ts") == (*phase != 'M'));
		if (*phase == 'B' || *phase == 'E')
			check_slice(threads, event, phase);
	}
	g_hash_table_iter_init(&iter, threads);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		ck_assert_uint_eq(((struct thread *)value)->open->len, 0);
	g_object_unref(parser);
}

/* Proves that the JSON is valid and that its slices nest, in a complete log and in parts of it. */
TEST_RANGE(slices_of_chrome_nest, 1, 60)
{
	struct log_options options = log_options_default;
	uint64_t end_ns, ignored;
	guint counts[4] = { 0 }, parts[4] = { 0 };
	bool is_cut;
	g_autofree char *all = NULL, *part = NULL, *cut = NULL;

	options.format = LOG_CHROME;
	all = log_of((uint64_t)_i, &options, &end_ns, &is_cut);
	check_chrome(all, counts);
	ck_assert_uint_gt(counts[0], 0);
	ck_assert_uint_gt(counts[1], 0);
	ck_assert_uint_gt(counts[2], 0);
	options.bytes_max = strlen(all) / 2 + 1;
	cut = log_of((uint64_t)_i, &options, &ignored, &is_cut);
	ck_assert(is_cut);
	ck_assert_ptr_nonnull(strstr(cut, "the log ends here, at its limit"));
	check_chrome(cut, parts);
	options.bytes_max = UINT64_MAX;
	options.from_ns = end_ns / 3 + 1;
	options.to_ns = end_ns * 2 / 3 + 1;
	part = log_of((uint64_t)_i, &options, &ignored, &is_cut);
	check_chrome(part, parts);
}

/* Proves that a log that begins after the run has only a head, in either format. */
TEST(a_window_after_the_run_is_empty)
{
	struct log_options options = log_options_default;
	guint counts[4] = { 0 };
	uint64_t end_ns;
	bool is_cut;
	char *text;

	options.from_ns = UINT64_MAX;
	text = log_of(1, &options, &end_ns, &is_cut);
	ck_assert_ptr_null(strstr(text, "sched_switch"));
	g_free(text);
	options.format = LOG_CHROME;
	text = log_of(1, &options, &end_ns, &is_cut);
	check_chrome(text, counts);
	ck_assert_uint_eq(counts[1], 0);
	g_free(text);
}
