/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * What reads one value: of an option, of a key, of an axis, of a step. It says what is wrong in plain
 * text, or what it has read is printed, and reading that gives the same.
 *
 * Input: a byte that chooses the reader, the text.
 */

#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/base/csv.h"
#include "sim/base/json-write.h"
#include "sim/base/keyfile.h"
#include "sim/base/numbers.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/html/page.h"
#include "sim/machine/step-text.h"
#include "sim/release/release.h"
#include "sim/replay/window.h"
#include "sim/scenario/axis-values.h"
#include "sim/scenario/scenario.h"
#include "sim/sweep/shard.h"
#include "tests/fuzz/fuzz.h"

enum { MESSAGE_MAX = 2000 };

/* True if nothing is wrong. Frees the message. */
static bool is_good(char *wrong)
{
	if (!wrong)
		return true;
	FUZZ_CHECK(*wrong && strlen(wrong) < MESSAGE_MAX && value_is_text(wrong));
	g_free(wrong);
	return false;
}

static void read_count(const char *text)
{
	uint64_t number = 0, again = 0;
	char printed[32];

	if (is_good(value_read_count(text, &number))) {
		snprintf(printed, sizeof(printed), "%" PRIu64, number);
		FUZZ_CHECK(is_good(value_read_count(printed, &again)) && again == number);
		FUZZ_CHECK(number_read(text, UINT64_MAX, &again) && again == number);
	}
	if (is_good(value_read_count_in(text, 3, 1000, &number)))
		FUZZ_CHECK(number >= 3 && number <= 1000);
}

static void read_others(const char *text)
{
	uint64_t number = 0;

	if (is_good(value_read_size(text, &number)))
		FUZZ_CHECK(number <= UINT64_C(1) << 62);
	if (is_good(value_read_percent(text, &number)))
		FUZZ_CHECK(number <= 100000000);
	number_scan_fraction(text, 6, &number);
	number_scan_hex(text, &number);
	number_scan_any(text, &number);
}

static void read_duration(const char *text)
{
	uint64_t ns = 0, again = 0;
	char printed[VALUE_DURATION_MAX];

	if (!is_good(value_read_duration(text, &ns)))
		return;
	value_format_duration(ns, printed);
	FUZZ_CHECK(is_good(value_read_duration(printed, &again)) && again == ns);
	g_free(text_time(ns));
	g_free(text_size(ns));
	g_free(text_milli(ns));
}

static void read_sample(const char *text)
{
	struct sample sample = { 0 };

	if (is_good(value_read_sample(text, SCENARIO_TIME_NS_MAX, &sample)))
		FUZZ_CHECK(value_sample_longest(&sample) <= SCENARIO_TIME_NS_MAX);
}

static void read_cpus(const char *text)
{
	static struct cpu_ids ids, again;
	g_autofree char *printed = NULL;

	if (!is_good(cpu_ids_read(text, &ids)))
		return;
	printed = cpu_ids_to_string(&ids);
	FUZZ_CHECK(is_good(cpu_ids_read(printed, &again)));
	FUZZ_CHECK(ids.count > 0 && memcmp(&ids, &again, sizeof(ids)) == 0);
}

static void read_step(const char *text)
{
	struct explore_step step, again;
	char printed[STEP_TEXT_MAX], second[STEP_TEXT_MAX];

	if (!is_good(step_read(text, 4, 6, &step)))
		return;
	step_print(&step, printed);
	FUZZ_CHECK(is_good(step_read(printed, 4, 6, &again)));
	step_print(&again, second);
	FUZZ_CHECK(strcmp(printed, second) == 0);
}

static void check_axis(struct axis_values *values)
{
	uint64_t length = axis_values_length(values);

	FUZZ_CHECK(length >= 1 && length <= POINTS_MAX);
	g_free(axis_values_value(values, 0));
	g_free(axis_values_value(values, length / 2));
	g_free(axis_values_value(values, length - 1));
	for (uint32_t i = 0; i < axis_values_items(values); i++) {
		struct axis_item item = axis_values_item(values, i);

		FUZZ_CHECK(item.first <= item.last && item.last < length);
	}
}

static void read_axis(const char *text)
{
	g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
	struct axis_values *values, *again;
	bool ranges = *text != '!';
	g_autofree char *printed = NULL, *second = NULL;

	if (!value_is_text(text))
		return; /* it is not asked for: see its header */
	values = axis_values_read(text + !ranges, ranges, messages);
	FUZZ_CHECK(!values == (messages->len > 0));
	for (guint i = 0; i < messages->len; i++)
		FUZZ_CHECK(value_is_text(messages->pdata[i]));
	if (!values)
		return;
	check_axis(values);
	printed = axis_values_to_string(values);
	again = axis_values_read(printed, ranges, messages);
	FUZZ_CHECK(again && axis_values_length(again) == axis_values_length(values));
	second = axis_values_to_string(again);
	FUZZ_CHECK(strcmp(printed, second) == 0);
	axis_values_free(values);
	axis_values_free(again);
}

static void read_words(const char *text)
{
	const struct revision *revision = NULL;
	struct sweep_shard shard = { 0 };
	struct replay_time time = { 0 };
	unsigned properties = 0;

	if (is_good(sweep_shard_read(text, &shard)))
		FUZZ_CHECK(shard.number >= 1 && shard.number <= shard.count &&
			   shard.count <= SWEEP_SHARDS_MAX);
	is_good(scenario_properties_read(text, " ,", &properties));
	is_good(scenario_read_revision(text, &revision));
	if (is_good(replay_time_read(text, &time)))
		FUZZ_CHECK(time.is_set);
}

static void read_release(const char *text)
{
	const struct revision *oldest, *newest;
	struct release release;

	if (release_read(text, &release) && release_revisions(&release, &oldest, &newest))
		FUZZ_CHECK(oldest <= newest);
	release_revision(text);
	release_of_commit(text);
}

/* "FLAG VALUE" */
static void read_flag(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", 2);
	struct protocol protocol = revision_current()->protocol, again = protocol;
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	if (!words[0] || !words[1] || protocol_set(&protocol, words[0], words[1]) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		char value[32];

		protocol_get(&protocol, &flags[i], value, sizeof(value));
		FUZZ_CHECK(protocol_set(&again, flags[i].name, value) == 0);
	}
	FUZZ_CHECK(memcmp(&protocol, &again, sizeof(protocol)) == 0);
}

/* What is printed of any text. */
static void print_text(const char *text)
{
	g_autofree char *clean = value_clean(text, 40), *quoted = value_quote(text);
	g_autoptr(GString) filled = g_string_new(NULL);

	FUZZ_CHECK(value_is_text(clean) && strlen(clean) <= 40 && value_is_text(quoted));
	text_fill(filled, clean, 4, 20);
	g_string_append(filled, text_clean(text));
	text_wrap_to(filled, 0, 30);
	if (value_is_text(text)) {
		g_autofree char *name = keyfile_squeeze(g_strdup(text));

		FUZZ_CHECK(!strstr(name, "  "));
	}
}

/* The words of a command are those that a shell reads. */
static void print_command(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, "\n", -1), again = NULL;
	g_autofree char *line = NULL;
	int count = 0;

	if (!words[0] || !value_is_text(text_clean(text)) || !g_utf8_validate(text, -1, NULL))
		return;
	line = text_shell_line((const char *const *)words);
	FUZZ_CHECK(g_shell_parse_argv(line, &count, &again, NULL));
	FUZZ_CHECK((guint)count == g_strv_length(words));
	for (int i = 0; i < count; i++)
		FUZZ_CHECK(strcmp(words[i], again[i]) == 0);
}

static void print_csv(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, "\n", 8);
	g_autoptr(GString) row = g_string_new(NULL);
	const char *fields[8];
	unsigned count;

	for (char **word = words; *word; word++) {
		if (word > words)
			g_string_append_c(row, ',');
		csv_quote(row, *word);
	}
	count = csv_split(row->str, fields, 8);
	FUZZ_CHECK(!*words || count == g_strv_length(words));
	for (unsigned i = 0; *words && i < count; i++)
		FUZZ_CHECK(strcmp(words[i], fields[i]) == 0);
	row = g_string_assign(row, text);
	csv_split(row->str, fields, 8);
}

/* As JSON it is one string again; neither in it nor in HTML is there markup. */
static void print_markup(const char *text)
{
	g_autoptr(GString) plain = g_string_new(NULL), safe = g_string_new(NULL);
	struct json json = { .text = plain };
	g_autoptr(JsonNode) node = NULL;

	json_begin_array(&json, NULL);
	json_add_text(&json, NULL, text);
	json_end_array(&json);
	html_add_json(safe, plain->str);
	FUZZ_CHECK(!strpbrk(safe->str, "<>&"));
	node = json_from_string(safe->str, NULL);
	FUZZ_CHECK(node && json_array_get_length(json_node_get_array(node)) == 1);
	if (g_utf8_validate(text, -1, NULL))
		FUZZ_CHECK(strcmp(json_array_get_string_element(json_node_get_array(node), 0), text) == 0);
	g_string_truncate(safe, 0);
	html_add(safe, text);
	FUZZ_CHECK(!strpbrk(safe->str, "<>\"'") && g_utf8_validate(safe->str, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const char *) = { read_count, read_others, read_duration,
		read_sample, read_cpus, read_step, read_axis, read_words, read_release, read_flag,
		print_text, print_command, print_csv, print_markup };
	struct fuzz fuzz = { data, data + size };
	uint32_t reader = fuzz_below(&fuzz, G_N_ELEMENTS(readers));
	g_autofree char *text = fuzz_text(&fuzz);

	readers[reader](text);
	return 0;
}
