/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * A scenario file, with an option --set: faults that say what is wrong, or a scenario. What `check
 * --explain`, `check --format` and `run` with options print of it is read again, and runs the same. If
 * it is small, it is run, its log is replayed, and its sweep has points.
 *
 * Input: a byte of options; with SETS a text up to 0xff; the file.
 */

#include <string.h>

#include "sim/base/keyfile.h"
#include "sim/scenario/explain.h"
#include "sim/step/film-run.h"
#include "sim/step/timeline.h"
#include "sim/step/walkthrough.h"
#include "sim/sweep/axes.h"
#include "sim/sweep/head.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/one-run.h"

enum { SETS = 1, LOGS = 2, WALKS = 4, CHROME = 8, POSITIONS = 20 };

/* @text is a scenario; the one that it is printed as runs the same. */
static void check_again(const GString *text, const struct record_result *result)
{
	struct scenario *again = one_parse(text->str, text->len, NULL);
	struct record_result *second;

	FUZZ_CHECK(again);
	if (result) {
		FUZZ_CHECK(one_is_small(again));
		second = one_run(again, ONE_NO_LOG);
		FUZZ_CHECK(!second->input_error == !result->input_error);
		FUZZ_CHECK(second->events == result->events && second->digest == result->digest);
		record_result_free(second);
	}
	scenario_free(again);
}

static void check_explained(const struct scenario *scenario, const struct record_result *result)
{
	g_autoptr(GString) text = g_string_new(NULL), again = g_string_new(NULL);
	struct scenario *second;

	explain_print(text, scenario);
	one_check_text(text);
	check_again(text, result);
	second = one_parse(text->str, text->len, NULL);
	explain_print(again, second);
	FUZZ_CHECK(strcmp(text->str, again->str) == 0);
	scenario_free(second);
}

static void check_written(const char *text, size_t length, const char *set)
{
	const char *const sets[] = { set, NULL };
	const struct scenario_overrides overrides = { .set = sets };
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *written = scenario_write_out("input.scn", text, length, &overrides, errors);
	g_autoptr(GString) bytes = g_string_new(written);

	FUZZ_CHECK(written);
	check_again(bytes, NULL);
}

static void check_formatted(const char *text)
{
	g_autofree char *formatted = keyfile_format(text), *again = keyfile_format(formatted);
	g_autoptr(GString) bytes = g_string_new(formatted);

	FUZZ_CHECK(strcmp(formatted, again) == 0);
	check_again(bytes, NULL);
}

static void check_sweep(const struct scenario *scenario, const char *text, size_t length)
{
	const struct sweep_source source = { "input.scn", text, length, NULL };
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct sweep_axes *axes = sweep_axes_new(scenario, &source, NULL, 0, errors);
	g_autofree char *head = NULL;

	FUZZ_CHECK(!axes == (errors->len > 0));
	if (!axes)
		return;
	head = sweep_head("sweep", scenario, axes, NULL);
	for (uint64_t point = 0, i = 0; point < sweep_axes_points(axes) && i < 4; point = point * 7 + 1, i++) {
		struct scenario *at = sweep_axes_scenario(axes, &source, point, errors);

		FUZZ_CHECK(!at == (errors->len > 0));
		scenario_free(at);
		g_ptr_array_set_size(errors, 0);
	}
	sweep_axes_free(axes);
}

/* Its positions, forwards and backwards. */
static void walk(const struct scenario *scenario)
{
	const struct lanes_options lanes = { .to_ns = UINT64_MAX, .lines_max = 100 };
	struct walkthrough *walk = walkthrough_new(film_run_new(scenario), NULL);
	g_autofree char *timeline = timeline_of(scenario, &lanes, NULL), *state = NULL;

	walkthrough_go(walk, POSITIONS);
	state = g_strdup(walkthrough_here(walk)->state);
	walkthrough_find(walk, MARK_FLIP | MARK_VIOLATION, true);
	walkthrough_go(walk, 3);
	walkthrough_go(walk, POSITIONS);
	FUZZ_CHECK(strcmp(state, walkthrough_here(walk)->state) == 0);
	FUZZ_CHECK(g_utf8_validate(timeline, -1, NULL));
	walkthrough_free(walk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	uint8_t options = fuzz_byte(&fuzz);
	g_autofree char *set = options & SETS ? fuzz_text(&fuzz) : NULL;
	size_t length = (size_t)(fuzz.end - fuzz.at);
	g_autofree char *text = g_malloc(length + 1);
	struct record_result *result = NULL;
	struct scenario *scenario;

	memcpy(text, fuzz.at, length);
	text[length] = '\0';
	if (!one_is_read(text))
		return 0;
	scenario = one_parse(text, length, set);
	if (!scenario)
		return 0;
	if (one_is_small(scenario))
		result = one_run(scenario, options & LOGS ? options & CHROME ? ONE_CHROME : ONE_FTRACE : ONE_NO_LOG);
	check_explained(scenario, result);
	check_written(text, length, set);
	if (!set) {
		check_formatted(text);
		check_sweep(scenario, text, length);
	}
	if (result && options & WALKS && !scenario->steps_line && !result->input_error)
		walk(scenario);
	if (result)
		record_result_free(result);
	scenario_free(scenario);
	return 0;
}
