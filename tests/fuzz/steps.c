/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * [steps] of a small machine: they are played and told, the log of it is replayed, and `cidsim step`
 * walks through them; what it writes is a scenario.
 *
 * Input: the machine; a byte for each step that can be taken, or RAW and a line of any text up to
 * 0xff; then, behind STOP, commands of `cidsim step`.
 */

#include <string.h>

#include "sim/machine/step-text.h"
#include "sim/play/play.h"
#include "sim/step/film-steps.h"
#include "sim/step/stepper.h"
#include "sim/step/view.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/machine-text.h"
#include "tests/fuzz/one-run.h"

enum { RAW = 0xf0, STOP = 0xfe, STEPS_MAX = 60, COMMANDS_MAX = 20 };

static bool add_listed(GString *text, uint8_t byte, struct machine *machine, const struct machine_config *config,
	unsigned number)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	struct machine_config listed = *config;
	char printed[STEP_TEXT_MAX];
	g_autofree char *why = NULL;
	unsigned count;

	listed.reduced = byte & 1;
	count = machine_steps(machine, &listed, (struct machine_twins){ 0 }, steps);
	if (count == 0)
		return false;
	why = play_refusal(machine, config, &steps[byte / 2 % count]);
	if (why)
		return false;
	step_print(&steps[byte / 2 % count], printed);
	g_string_append_printf(text, "%u = %s\n", number, printed);
	machine_apply(machine, config, &steps[byte / 2 % count], NULL);
	return true;
}

/* Returns whether all steps can be taken. */
static bool add_steps(struct fuzz *fuzz, GString *text, const struct machine_config *config)
{
	static struct machine machine;
	unsigned number = 1;
	bool raw = false;

	if (!machine_start(&machine, config))
		return false;
	while (number < STEPS_MAX && !fuzz_ended(fuzz)) {
		uint8_t byte = fuzz_byte(fuzz);

		if (byte >= STOP)
			break;
		if (byte >= RAW) {
			g_autofree char *line = fuzz_text(fuzz);

			g_string_append_printf(text, "%u = %s\n", number++, line);
			raw = true;
		} else if (!raw) {
			number += add_listed(text, byte, &machine, config, number);
		}
	}
	return !raw && number > 1;
}

static void step_through(struct fuzz *fuzz, const struct scenario *scenario)
{
	struct stepper stepper;
	struct view view;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *refusal = NULL;

	stepper_init(&stepper, scenario, film_steps_new(scenario, &refusal), NULL);
	view_init(&view, &stepper);
	for (unsigned i = 0; i < COMMANDS_MAX && !fuzz_ended(fuzz); i++) {
		g_autofree char *command = fuzz_text(fuzz);

		g_strstrip(command);
		if (g_str_has_prefix(command, "w"))
			continue; /* it writes files */
		if (i % 2)
			view_key(&view, command[0] == 'g' || command[0] == ':' ? ' ' : (unsigned char)command[0]);
		else if (stepper_do(&stepper, command) == STEPPER_QUITS)
			break;
		stepper_show(&stepper, text);
		stepper_show_choices(&stepper, text);
	}
	one_check_text(text);
	view_draw(&view, 40 + fuzz_below(fuzz, 100), 1 + fuzz_below(fuzz, 50), text);
	g_string_truncate(text, 0);
	if (walkthrough_here(stepper.walk)->position > 0) {
		struct scenario *written;

		film_steps_write(walkthrough_film(stepper.walk), text);
		written = one_parse(text->str, text->len, NULL);
		FUZZ_CHECK(written);
		scenario_free(written);
	}
	view_clear(&view);
	stepper_clear(&stepper);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	g_autoptr(GString) text = g_string_new(NULL);
	struct record_result *result;
	struct scenario *scenario;
	bool all;

	/* At most 6 tasks: to find out that no step of 8 ends a spin takes 15 seconds without sanitizers. */
	machine_text(&fuzz, text, 4, 3, 9);
	g_string_append(text, "[steps]\n");
	scenario = one_parse(text->str, text->len, NULL);
	if (!scenario)
		return 0;
	all = add_steps(&fuzz, text, &scenario->explore.config);
	scenario_free(scenario);
	scenario = one_parse(text->str, text->len, NULL);
	fuzz_means(text->str);
	FUZZ_CHECK(scenario || !all);
	if (!scenario) {
		fuzz_means(NULL);
		return 0;
	}
	result = one_run(scenario, size % 2 ? ONE_FTRACE : ONE_CHROME);
	FUZZ_CHECK(!result->input_error || !all);
	if (!result->input_error)
		step_through(&fuzz, scenario);
	record_result_free(result);
	scenario_free(scenario);
	fuzz_means(NULL);
	return 0;
}
