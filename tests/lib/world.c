/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void world_event(struct model_observer *observer, const struct model_event *event)
{
	struct world *w = (struct world *)((char *)observer - offsetof(struct world, observer));

	w->event = *event;
	w->events[event->kind]++;
}

struct protocol world_protocol(const char *name)
{
	const struct revision *revision = revision_find(name);

	ck_assert_msg(revision != NULL, "no revision %s", name);
	return revision->protocol;
}

struct model *world_model(const struct model_config *config)
{
	size_t size = model_size(config);
	void *memory = calloc(1, size);

	ck_assert_uint_gt(size, 0);
	ck_assert_ptr_nonnull(memory);
	return model_init(memory, config);
}

struct model_config world_config(struct protocol protocol, uint32_t cpus)
{
	return (struct model_config){
		.protocol = protocol,
		.cpus_count = cpus,
		.nr_cpu_ids = cpus,
		.tasks_count = WORLD_TASKS,
		.mms_count = WORLD_MMS,
		.extents_count = WORLD_MMS,
	};
}

struct world world_of(const struct model_config *config)
{
	return (struct world){
		.config = *config,
		.model = world_model(config),
		.observer = { .event = world_event },
	};
}

void world_free(struct world *w)
{
	free(w->model);
	w->model = NULL;
}

struct model_mm *world_mm(struct world *w)
{
	return model_mm(w->model, 0);
}

cid_word word_parse(const char *text)
{
	char *end;
	unsigned long number = 0;
	cid_word word = 0;

	if (*text == '-') {
		word = CID_UNSET;
		end = (char *)text + 1;
	} else {
		number = strtoul(text, &end, 10);
		ck_assert_msg(end != text, "bad word %s", text);
	}
	if (*end == 'c')
		word |= CID_ONCPU;
	if (*end == 't')
		word |= CID_TRANSIT;
	return (cid_word)(word | number);
}

const char *word_print(cid_word word, char *buffer)
{
	char *at = buffer;

	if (cid_is_unset(word))
		*at++ = '-';
	if (!cid_is_unset(word) || word & CID_NUMBER)
		at += snprintf(at, 8, "%u", word & CID_NUMBER);
	if (cid_is_cpu_owned(word))
		*at++ = 'c';
	if (cid_is_in_transit(word))
		*at++ = 't';
	*at = '\0';
	return buffer;
}

const char *task_word(struct world *w, uint32_t task)
{
	static char buffer[16];

	return word_print(model_task(w->model, task)->cid, buffer);
}

const char *cpu_word(struct world *w, uint32_t cpu)
{
	static char buffer[16];

	return word_print(model_word(w->model, world_mm(w), cpu), buffer);
}

const char *world_broken(struct world *w)
{
	static char text[40];
	uint64_t seen[MODEL_CPUS_MAX / 64];
	unsigned broken = check_mm(w->model, 0, seen);

	text[0] = '\0';
	for (unsigned bit = CHECK_I1; bit <= CHECK_I8; bit <<= 1) {
		if (broken & bit) {
			strcat(text, *text ? " " : "");
			strcat(text, check_to_string(bit));
		}
	}
	return text;
}

void set_task(struct world *w, uint32_t task, const char *text)
{
	model_task(w->model, task)->cid = word_parse(text);
}

void set_cpu(struct world *w, uint32_t cpu, const char *text)
{
	model_words(w->model, world_mm(w))[cpu] = word_parse(text);
}

void set_pool(struct world *w, uint64_t mask)
{
	world_mm(w)->pool = mask;
	world_mm(w)->taken = (uint32_t)__builtin_popcountll(mask);
}

struct step run(struct world *w, uint32_t cpu, uint32_t next)
{
	switch_out(w->model, cpu, &w->observer);
	return switch_in(w->model, cpu, next, &w->observer);
}

void must_run(struct world *w, uint32_t cpu, uint32_t next)
{
	expect_step(run(w, cpu, next), STEP_DONE);
}

struct step fork_group(
	struct world *w, uint32_t cpu, uint32_t parent, uint32_t child, uint32_t group)
{
	struct step step;

	task_create(w->model, child, 0, group, cpu);
	if (!w->config.protocol.early_count)
		task_show(w->model, child);
	step = fork_begin(w->model, cpu, parent, child, &w->observer);
	return step;
}

struct step fork_thread(struct world *w, uint32_t cpu, uint32_t parent, uint32_t child)
{
	return fork_group(w, cpu, parent, child, model_task(w->model, parent)->group);
}

void finish_window(struct world *w)
{
	struct model_mm *m = world_mm(w);
	struct step step;

	while (m->phase == PHASE_WALK_TASKS || m->phase == PHASE_WALK_CPUS)
		ck_assert_int_ne(walk_step(w->model, 0, &w->observer).outcome, STEP_NEEDS_RQ_LOCK);
	step = window_complete(w->model, 0, &w->observer);
	if (step.outcome == STEP_GET)
		step = fork_get(w->model, 0, &w->observer);
	expect_step(step, STEP_DONE);
}

void must_fork(struct world *w, uint32_t cpu, uint32_t parent, uint32_t child)
{
	struct step step = fork_thread(w, cpu, parent, child);

	if (step.outcome == STEP_WINDOW)
		finish_window(w);
	else
		expect_step(step, STEP_DONE);
	task_show(w->model, child);
}

void must_exit(struct world *w, uint32_t task)
{
	uint32_t cpu = model_task(w->model, task)->cpu;
	struct step step = exit_begin(w->model, cpu, task, &w->observer);

	if (step.outcome == STEP_WINDOW)
		finish_window(w);
	else
		expect_step(step, STEP_DONE);
}

void must_fail_exec(struct world *w, uint32_t task)
{
	uint32_t cpu = model_task(w->model, task)->cpu;

	must_exit(w, task);
	expect_step(fork_begin(w->model, cpu, task, task, &w->observer), STEP_DONE);
}

void world_start(struct world *w, const uint64_t *mask)
{
	expect_step(mm_create(w->model, 0, mask), STEP_DONE);
	task_create(w->model, 0, 0, 0, 0);
	task_show(w->model, 0);
	expect_step(fork_begin(w->model, 0, 0, 0, &w->observer), STEP_DONE);
	must_run(w, 0, 0);
}

struct world world_at(const char *name, uint32_t cpus)
{
	struct model_config config = world_config(world_protocol(name), cpus);
	struct world w = world_of(&config);

	world_start(&w, NULL);
	return w;
}

void world_populate(struct world *w, uint32_t users)
{
	for (uint32_t task = 1; task < users; task++) {
		must_fork(w, 0, 0, task);
		if (task < w->config.cpus_count)
			must_run(w, task, task);
	}
}

const char *world_users(struct world *w)
{
	static char text[128];
	uint32_t task = TASK_NONE;

	text[0] = '\0';
	while ((task = users_before(w->model, 0, task)) != TASK_NONE)
		snprintf(text + strlen(text), 12, "%s%u", *text ? " " : "", task);
	return text;
}

struct world world_per_cpu(const char *revision)
{
	struct world w = world_at(revision, 4);

	world_populate(&w, 5);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		must_run(&w, cpu, cpu);
	expect_mode(&w, MODE_PER_CPU);
	return w;
}

struct world world_near_leaving(const char *revision)
{
	struct world w = world_per_cpu(revision);

	must_run(&w, 3, 4);
	must_exit(&w, 4);
	must_run(&w, 3, 3);
	must_exit(&w, 3);
	must_run(&w, 3, TASK_NONE);
	ck_assert_uint_eq(world_mm(&w)->users, 3);
	ck_assert_uint_eq(world_mm(&w)->pcpu_thrs, 2);
	return w;
}

struct world world_last_per_cpu(void)
{
	struct world w = world_at("7.1", 2);

	world_populate(&w, 3);
	must_run(&w, 1, 2);
	must_exit(&w, 2);
	must_run(&w, 1, 1);
	must_exit(&w, 1);
	must_run(&w, 0, 0);
	expect_mode(&w, MODE_PER_CPU);
	expect_task(&w, 0, "0c");
	return w;
}

struct world world_in_window_of_fork_4(void)
{
	struct model_config config = world_config(world_protocol("7.1"), 8);
	struct world w;

	config.protocol.affinity_return = AFFINITY_RETURN_BELOW;
	w = world_of(&config);
	world_start(&w, &(uint64_t){ 1 });
	must_fork(&w, 0, 0, 1);
	must_run(&w, 0, 0);
	expect_mode(&w, MODE_PER_CPU);
	expect_step(affinity_change(w.model, 0, NULL, &w.observer), STEP_DONE);
	ck_assert_uint_eq(world_mm(&w)->update_deferred, 1);
	expect_step(fork_thread(&w, 0, 0, 2), STEP_WINDOW);
	return w;
}

struct world world_before_fork_4_completes(void)
{
	struct world w = world_in_window_of_fork_4();

	while (walk_step(w.model, 0, NULL).outcome == STEP_WINDOW)
		;
	return w;
}

struct world world_prepared(uint8_t mode, const char *cpu, const char *task, uint64_t pool)
{
	struct world w = world_at("7.1", 8);

	must_fork(&w, 0, 0, 1);
	set_task(&w, 0, "-");
	set_task(&w, 1, task);
	set_cpu(&w, 1, cpu);
	set_pool(&w, pool);
	world_mm(&w)->mode = mode;
	world_mm(&w)->max_cids = 2;
	memset(&w.observer.count, 0, sizeof(w.observer.count));
	return w;
}
