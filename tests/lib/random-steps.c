/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/random-steps.h"

#include <check.h>
#include <string.h>

#include "sim/base/prng.h"
#include "sim/machine/step-text.h"
#include "sim/play/play.h"

/* The scenario @text, which has no fault. */
static struct scenario *steps_parse_text(const char *text)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse("steps", text, strlen(text), NULL, errors);

	if (!scenario)
		ck_abort_msg("%s\n%s", (char *)errors->pdata[0], text);
	return scenario;
}

/* One step from @machine on is added to @text. Returns false if none can be taken. */
static bool steps_add_one(GString *text, struct prng *prng, struct machine *machine,
	const struct machine_config *config, unsigned number)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	const struct machine_twins none = { 0 };
	struct machine_config listed = *config;
	char step[STEP_TEXT_MAX];
	unsigned count;

	/* The steps of both kinds of machine: complete switches, and their halves. */
	listed.reduced = prng_below(prng, 2);
	count = machine_steps(machine, &listed, none, steps);
	for (unsigned tries = 0; count > 0 && tries < 20; tries++) {
		struct explore_step *one = &steps[prng_below(prng, count)];
		char *why = play_refusal(machine, config, one);

		one->stuck = 0;
		g_free(why);
		if (why)
			continue;
		step_print(one, step);
		g_string_append_printf(text, "%u = %s\n", number, step);
		machine_apply(machine, config, one, NULL);
		return true;
	}
	return false;
}

GString *steps_generate(uint64_t seed, const char *revision, bool weak)
{
	struct prng prng = { .key = prng_key(seed, 2) };
	unsigned cpus = 1 + (unsigned)prng_below(&prng, 4), length = 0;
	/* Old revisions cannot begin with more tasks than CPUs. */
	bool few = g_str_has_prefix(revision, "v1") || g_str_has_prefix(revision, "v2");
	unsigned tasks = 1 + (unsigned)prng_below(&prng, few ? cpus : 2 * cpus);
	GString *text = g_string_new(NULL);
	struct scenario *scenario;
	struct machine machine;

	g_string_append_printf(text,
		"[scenario]\n[machine]\ncpus = %u\n[protocol]\nrevision = %s\n"
		"[explore]\ntasks = %u\ntasks-max = %u\nmemory = %s\n",
		cpus, revision, tasks, tasks + 3, weak ? "weak" : "strong");
	g_string_append(text, "forks = 9\nclone-vms = 3\nvforks = 3\nexits = 9\nexecs = 3\n"
			      "failed-execs = 5\n");
	if (cpus > 1 && prng_below(&prng, 2))
		g_string_append(text, "allowed = 0\naffinities = 3\n");
	scenario = steps_parse_text(text->str);
	if (!machine_start(&machine, &scenario->explore.config))
		g_assert_not_reached(); /* a fault of the scenario */
	g_string_append(text, "[steps]\n");
	while (length < 120 &&
		steps_add_one(text, &prng, &machine, &scenario->explore.config, length + 1))
		length++;
	scenario_free(scenario);
	return text;
}
