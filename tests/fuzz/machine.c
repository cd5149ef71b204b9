/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Any sequence of steps on any small machine: what is asserted of the machine and of the pool holds
 * after each; the properties hold where the revision keeps them (tests/random/test-orders.c says
 * which); what is written as text or packed is read as it was.
 *
 * Input: the machine, then a byte for each step that is listed, or RAW and a step of any bytes.
 */

#include <stdlib.h>
#include <string.h>

#include "model/check.h"
#include "model/pool.h"
#include "sim/explore/state/pack.h"
#include "sim/machine/invariants.h"
#include "sim/machine/step-text.h"
#include "sim/play/play.h"
#include "tests/fuzz/fuzz.h"

enum { RAW = 0xf0, STEPS_MAX = 400, CPUS = 6, TASKS = 8 };

/* Flags of its protocol are set to anything, or to what a revision has. */
static bool take_protocol(struct fuzz *fuzz, struct protocol *protocol)
{
	size_t revisions, flags_count;
	const struct revision *table = revision_table(&revisions);
	const struct protocol_flag *flags = protocol_flags(&flags_count);
	uint32_t changes = fuzz_below(fuzz, 8);

	*protocol = table[fuzz_below(fuzz, (uint32_t)revisions)].protocol;
	changes = changes > 3 ? 0 : changes;
	for (uint32_t i = 0; i < changes; i++) {
		const struct protocol_flag *flag = &flags[fuzz_below(fuzz, (uint32_t)flags_count)];
		unsigned max = flag->max > 250 ? 1000 : flag->max;
		uint16_t value = (uint16_t)(flag->min + fuzz_below(fuzz, max - flag->min + 1));

		if (flag->size == 1)
			((uint8_t *)protocol)[flag->offset] = (uint8_t)value;
		else
			memcpy((char *)protocol + flag->offset, &value, sizeof(value));
	}
	return changes > 0;
}

/* Returns the properties that must not break. */
static unsigned take_config(struct fuzz *fuzz, struct machine_config *config)
{
	bool changed;
	unsigned bits;

	*config = (struct machine_config){ .cpus_count = 1 + fuzz_below(fuzz, CPUS) };
	changed = take_protocol(fuzz, &config->protocol);
	config->tasks_max = 1 + fuzz_below(fuzz, TASKS);
	config->tasks_start = 1 + fuzz_below(fuzz, config->tasks_max);
	config->allowed = (uint16_t)(1 + fuzz_below(fuzz, (1u << config->cpus_count) - 1));
	for (int op = 0; op < MACHINE_OPS; op++)
		config->may[op] = (uint8_t)fuzz_below(fuzz, MACHINE_LEFT_MAX + 1);
	for (uint32_t task = 0; task < config->tasks_start; task++)
		config->group[task] = (uint8_t)fuzz_below(fuzz, 3);
	bits = fuzz_byte(fuzz);
	config->weak = bits & 1;
	config->reduced = bits & 2;
	config->any_cpu_order = bits & 4;
	config->any_task_order = bits & 8 && config->protocol.walk_users == WALK_USERS_LIST &&
	                         !config->protocol.early_count &&
	                         config->may[MACHINE_VFORKS] == 0;
	config->may_all_exit = bits & 16;
	config->made_in_window = bits & 32;
	if (changed || memcmp(&config->protocol, &revision_current()->protocol,
			       sizeof(config->protocol)) != 0)
		return 0;
	return config->may[MACHINE_FAILED_EXECS] ? CHECK_I2 | CHECK_I6 : CHECK_ALL_SAFETY;
}

/* A step of any numbers, printed and read again. False if it cannot be taken. */
static bool take_raw(struct fuzz *fuzz, const struct machine *machine,
	const struct machine_config *config, struct explore_step *step)
{
	struct explore_step again;
	char text[STEP_TEXT_MAX], second[STEP_TEXT_MAX];
	g_autofree char *wrong = NULL, *why = NULL;

	*step = (struct explore_step){ .verb = (uint8_t)fuzz_below(fuzz, VERB_COUNT),
		.cpu = (uint8_t)fuzz_below(fuzz, config->cpus_count),
		.task = (uint8_t)fuzz_below(fuzz, config->tasks_max),
		.child = (uint8_t)fuzz_below(fuzz, config->tasks_max),
		.sees = SEES_PRESENT };
	if (fuzz_below(fuzz, 4) == 0)
		step->sees = (uint8_t)fuzz_below(fuzz, MODE_PER_CPU | MODE_TRANSIT);
	step_print(step, text);
	wrong = step_read(text, config->cpus_count, config->tasks_max, &again);
	FUZZ_CHECK(!wrong);
	step_print(&again, second);
	FUZZ_CHECK(strcmp(text, second) == 0);
	*step = again; /* without what the verb has no use for */
	why = play_refusal(machine, config, step);
	return !why && !config->reduced;
}

static bool take_step(struct fuzz *fuzz, const struct machine *machine,
	const struct machine_config *config, struct explore_step *step)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	unsigned count;
	uint8_t byte = fuzz_byte(fuzz);

	if (byte >= RAW)
		return take_raw(fuzz, machine, config, step);
	count = machine_steps(machine, config, (struct machine_twins){ 0 }, steps);
	if (count > 0)
		*step = steps[byte % count];
	return count > 0;
}

static void check_packed(const struct machine *machine, const struct machine_config *config)
{
	uint32_t key[PACK_WORDS_MAX], again[PACK_WORDS_MAX];
	struct pack_contents contents;
	struct pack_layout layout;
	struct machine read;

	if (!pack_layout_init(&layout, config))
		return;
	read = *layout.blank;
	pack_write(&layout, machine, key);
	pack_read(&layout, key, &read, &contents);
	pack_write(&layout, &read, again);
	FUZZ_CHECK(pack_compare(&layout, key, again) == 0);
	pack_layout_free(&layout);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	struct machine_config config;
	unsigned must = take_config(&fuzz, &config);
	static struct machine machine;

	if (!machine_start(&machine, &config))
		return 0;
	for (unsigned i = 0; i < STEPS_MAX && !fuzz_ended(&fuzz); i++) {
		struct explore_step step;

		if (!take_step(&fuzz, &machine, &config, &step))
			continue;
		machine_apply(&machine, &config, &step, NULL);
		machine_invariants_assert(&machine, &config);
		pool_assert(machine_model(&machine), 0);
		FUZZ_CHECK(!(machine_check(&machine) & must));
	}
	if (config.reduced)
		check_packed(&machine, &config);
	return 0;
}
