/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_STROLL_H
#define CIDSIM_TESTS_LIB_STROLL_H

/* Steps of the explorer's machine: taken by their text, or at random among those that are listed.
 */

#include <check.h>
#include <glib.h>

#include "sim/base/prng.h"
#include "sim/machine/machine.h"
#include "sim/machine/step-text.h"

/* All may happen, for small machines of few tasks. */
static inline struct machine_config stroll_config(
	const char *revision, uint32_t cpus, uint32_t tasks, uint32_t tasks_max)
{
	const struct revision *found = revision_find(revision);
	struct machine_config config = {
		.cpus_count = cpus,
		.tasks_start = tasks,
		.tasks_max = tasks_max,
		.allowed = (uint16_t)((1U << cpus) - 1),
	};

	ck_assert_msg(found != NULL, "no revision %s", revision);
	config.protocol = found->protocol;
	for (int op = 0; op < MACHINE_AFFINITIES; op++)
		config.may[op] = 3;
	return config;
}

/* Take the steps of @texts, NULL-terminated. */
static inline void stroll_along(
	struct machine *machine, const struct machine_config *config, const char *const *texts)
{
	for (; *texts != NULL; texts++) {
		struct explore_step step;
		char *message = step_read(*texts, config->cpus_count, config->tasks_max, &step);
		const char *why;

		ck_assert_msg(message == NULL, "'%s': %s", *texts, message);
		why = machine_refuses(machine, config, &step);
		ck_assert_msg(why == NULL, "'%s': %s", *texts, why);
		machine_apply(machine, config, &step, NULL);
	}
}

/* Take one of the steps that can be taken into @step. False if there is none. */
static inline bool stroll(struct machine *machine, const struct machine_config *config,
	struct prng *prng, struct explore_step *step)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	unsigned count = machine_steps(machine, config, (struct machine_twins){ 0 }, steps);

	if (count == 0)
		return false;
	*step = steps[prng_below(prng, count)];
	machine_apply(machine, config, step, NULL);
	return true;
}

#endif
