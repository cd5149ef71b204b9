/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * A program of your own that drives the model, without the simulator: on a machine of 4 CPUs the
 * first task of a process forks threads until the mode flips, then they exit until it flips back.
 *
 *     cc flip.c $(pkg-config --cflags --libs cidsim-model) -o flip
 *
 * The headers say what each step needs and promises; begin with model/state.h.
 */

#include <stdio.h>
#include <stdlib.h>

#include <model/lifecycle.h>
#include <model/mm.h>
#include <model/revision.h>
#include <model/state.h>
#include <model/switch.h>
#include <model/walk.h>

enum { CPUS = 4, TASKS = 16, APP = 0 };

/* The driver decides when each step of a walk comes: here all at once. */
static void finish_window(struct model *model)
{
	while (walk_step(model, APP, NULL).outcome != STEP_DONE)
		;
	if (window_complete(model, APP, NULL).outcome == STEP_GET)
		fork_get(model, APP, NULL);
}

static void print_change(const char *what, const struct model *model)
{
	const struct model_mm *mm = model_mm((struct model *)model, APP);

	printf("%s: users %u, max_cids %u, %s\n", what, mm->users, mm->max_cids,
		mm->mode & MODE_PER_CPU ? "per CPU" : "per task");
}

/* Task 0 runs on CPU 0 and forks @child. Returns whether the mode flipped. */
static int fork_thread(struct model *model, uint32_t child)
{
	task_create(model, child, APP, 0, child % CPUS);
	task_show(model, child);
	if (fork_begin(model, 0, 0, child, NULL).outcome != STEP_WINDOW)
		return 0;
	finish_window(model);
	return 1;
}

/* @task, which waits, exits on CPU 1: it is switched in, leaves, and is switched out. */
static int exit_thread(struct model *model, uint32_t task)
{
	int flips;

	task_migrate(model, task, 1);
	switch_out(model, 1, NULL);
	if (switch_in(model, 1, task, NULL).outcome != STEP_DONE)
		abort();
	flips = exit_begin(model, 1, task, NULL).outcome == STEP_WINDOW;
	if (flips)
		finish_window(model);
	switch_out(model, 1, NULL);
	switch_in(model, 1, TASK_NONE, NULL);
	return flips;
}

int main(void)
{
	const struct model_config config = {
		.protocol = revision_current()->protocol,
		.cpus_count = CPUS,
		.nr_cpu_ids = CPUS,
		.tasks_count = TASKS,
		.mms_count = 1,
		.extents_count = 1,
	};
	struct model *model = model_init(calloc(1, model_size(&config)), &config);
	uint32_t last = 0;

	mm_create(model, APP, NULL);
	task_create(model, 0, APP, 0, 0);
	task_show(model, 0);
	fork_begin(model, 0, 0, 0, NULL);
	switch_out(model, 0, NULL);
	switch_in(model, 0, 0, NULL);
	while (!fork_thread(model, ++last))
		;
	print_change("a fork flips", model);
	while (!exit_thread(model, last--))
		;
	print_change("an exit flips", model);
	free(model);
	return 0;
}
