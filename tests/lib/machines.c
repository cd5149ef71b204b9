/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/machines.h"

#include <glib.h>

struct machine_config machines_busy_config(
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

void machines_take_all(
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

bool machines_take_random(struct machine *machine, const struct machine_config *config,
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

struct machine_config machines_config(
	const char *revision, uint32_t cpus, uint32_t tasks_start, uint32_t tasks_max)
{
	struct machine_config config = machines_busy_config(revision, cpus, tasks_start, tasks_max);

	memset(config.may, 0, sizeof(config.may));
	return config;
}

struct machine *machines_new(const struct machine_config *config)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	ck_assert_ptr_nonnull(machine);
	ck_assert(machine_start(machine, config));
	return machine;
}

struct machine *machines_started(const struct machine_config *config, const char *const *steps)
{
	struct machine *machine = machines_new(config);

	machines_take_all(machine, config, steps);
	return machine;
}

struct model_task *machines_task(struct machine *machine, uint32_t task)
{
	return model_task(machine_model(machine), task);
}

struct model_cpu *machines_cpu(struct machine *machine, uint32_t cpu)
{
	return model_cpu(machine_model(machine), cpu);
}

struct model_mm *machines_mm(struct machine *machine)
{
	return model_mm(machine_model(machine), 0);
}

cid_word machines_word(const struct machine *machine, uint32_t cpu)
{
	return model_word(machine_model_const(machine), machine_mm(machine), cpu);
}

struct explore_step machines_step(
	const struct machine_config *config, const char *text)
{
	struct explore_step step;
	char *wrong = step_read(text, config->cpus_count, config->tasks_max, &step);

	ck_assert_msg(wrong == NULL, "%s: %s", text, wrong);
	return step;
}

const char *machines_refuses(
	const struct machine *machine, const struct machine_config *config, const char *text)
{
	struct explore_step step = machines_step(config, text);
	const char *why = machine_refuses(machine, config, &step);

	return why ? why : "";
}

enum step_outcome machines_take(
	struct machine *machine, const struct machine_config *config, const char *text)
{
	struct explore_step step = machines_step(config, text);
	const char *why = machine_refuses(machine, config, &step);

	ck_assert_msg(why == NULL, "%s: %s", text, why);
	return machine_apply(machine, config, &step, NULL);
}

bool machines_lists(
	const struct machine *machine, const struct machine_config *config, const char *text)
{
	const struct machine_twins none = { 0, 0 };
	struct explore_step steps[MACHINE_STEPS_MAX];
	unsigned count = machine_steps(machine, config, none, steps);
	char listed[STEP_TEXT_MAX];

	for (unsigned i = 0; i < count; i++) {
		step_print(&steps[i], listed);
		if (strcmp(listed, text) == 0)
			return true;
	}
	return false;
}

bool machines_same_step(const struct explore_step *a, const struct explore_step *b)
{
	return a->verb == b->verb && a->cpu == b->cpu && a->task == b->task &&
	       a->child == b->child && a->sees == b->sees && a->stuck == b->stuck;
}

uint32_t machines_below(struct prng *prng, uint32_t bound)
{
	return (uint32_t)prng_below(prng, bound);
}

bool machines_chance(struct prng *prng, uint32_t percent)
{
	return machines_below(prng, 100) < percent;
}

struct protocol machines_random_protocol(struct prng *prng)
{
	size_t revisions, flags;
	const struct revision *table = revision_table(&revisions);
	const struct protocol_flag *flag = protocol_flags(&flags);
	struct protocol protocol = table[machines_below(prng, (uint32_t)revisions)].protocol;
	uint32_t changes = machines_chance(prng, 50) ? machines_below(prng, 4) : 0;

	for (; changes > 0; changes--) {
		size_t i = machines_below(prng, (uint32_t)flags);
		uint32_t max = flag[i].max > 250 ? 1000 : flag[i].max;
		uint32_t value = flag[i].min + machines_below(prng, max - flag[i].min + 1);

		if (strcmp(flag[i].name, "walk-budget") == 0)
			value %= 4;
		if (flag[i].size == 1)
			((uint8_t *)&protocol)[flag[i].offset] = (uint8_t)value;
		else
			memcpy((char *)&protocol + flag[i].offset, &(uint16_t){ (uint16_t)value },
				sizeof(uint16_t));
	}
	return protocol;
}

bool machines_can_rename_tasks(const struct machine_config *config)
{
	return config->protocol.walk_users == WALK_USERS_LIST && !config->protocol.early_count &&
	       config->may[MACHINE_VFORKS] == 0;
}

struct machine_config machines_draw_config(struct prng *prng, uint32_t most)
{
	struct machine_config config = {
		.protocol = machines_random_protocol(prng),
		.cpus_count = 1 + machines_below(prng, most),
		.tasks_max = 1 + machines_below(prng, most),
		.weak = machines_chance(prng, 30),
		.reduced = machines_chance(prng, 60),
		.any_cpu_order = machines_chance(prng, 50),
		.any_task_order = machines_chance(prng, 70),
		.may_all_exit = machines_chance(prng, 20),
	};
	uint32_t all = (1u << config.cpus_count) - 1;

	if (config.weak && machines_chance(prng, 70))
		config.protocol.split_mode = true;
	config.tasks_start = 1 + machines_below(prng, config.tasks_max);
	config.allowed =
		(uint16_t)(machines_chance(prng, 50) ? all : 1 + machines_below(prng, all));
	for (uint32_t task = 0; task < config.tasks_start; task++)
		config.group[task] = (uint8_t)machines_below(prng, 3);
	for (int op = 0; op < MACHINE_OPS; op++)
		config.may[op] = (uint8_t)(machines_chance(prng, 50) ? machines_below(prng, 4) : 0);
	if (config.any_task_order && machines_chance(prng, 70))
		config.may[MACHINE_VFORKS] = 0;
	config.any_task_order &= machines_can_rename_tasks(&config);
	return config;
}

struct machine_config machines_random_config(struct prng *prng, uint32_t most)
{
	struct machine_config config;
	struct machine machine;

	do
		config = machines_draw_config(prng, most);
	while (!machine_start(&machine, &config));
	return config;
}

unsigned machines_random_pick(
	struct prng *prng, const struct explore_step *steps, unsigned count)
{
	unsigned picked = machines_below(prng, count);
	uint32_t verbs = 0, verb;

	if (machines_chance(prng, 50))
		return picked;
	for (unsigned i = 0; i < count; i++)
		verbs |= 1u << steps[i].verb;
	do
		verb = machines_below(prng, VERB_COUNT);
	while (!(verbs >> verb & 1));
	while (steps[picked].verb != verb)
		picked = (picked + 1) % count;
	return picked;
}

void machines_print_config(const struct machine_config *config)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);
	char value[16];

	printf("%u CPUs, allowed 0x%x, %u to %u tasks, groups", config->cpus_count, config->allowed,
		config->tasks_start, config->tasks_max);
	for (uint32_t task = 0; task < config->tasks_start; task++)
		printf(" %u", config->group[task]);
	printf(", may");
	for (int op = 0; op < MACHINE_OPS; op++)
		printf(" %u", config->may[op]);
	printf("%s%s%s%s%s\n", config->weak ? ", weak" : "", config->reduced ? ", reduced" : "",
		config->any_cpu_order ? ", any CPU order" : "",
		config->any_task_order ? ", any task order" : "",
		config->may_all_exit ? ", may all exit" : "");
	for (size_t i = 0; i < count; i++) {
		protocol_get(&config->protocol, &flags[i], value, sizeof(value));
		if (strcmp(value, "off") != 0 && strcmp(value, "0") != 0)
			printf("%s=%s ", flags[i].name, value);
	}
	printf("\n");
}
