/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/kernel.h"

static bool kernel_begin_affinity(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t target = kernel_below(k, k->options.tasks), cpu = kernel_task(k, task)->cpu;

	if (k->tasks[target].op == KERNEL_NO_TASK || k->tasks[target].op == KERNEL_BORN ||
		k->tasks[target].mm == MM_NONE || !kernel_rq_is_free(k, target))
		return false;
	t->op = KERNEL_AFFINITY;
	t->stage = 0;
	t->pinned = k->cpus[kernel_task(k, target)->cpu].held = true;
	t->child = target;
	t->mask = 1 + kernel_below(k, (1u << k->options.cpus) - 1);
	kernel_begin_line(k, cpu, "af");
	kernel_print_task(k, "t", "ta", target);
	g_string_append_printf(k->text, " nm=0x%llx", (unsigned long long)t->mask);
	kernel_print_mm(k, "", k->tasks[target].mm, 0, UINT32_MAX);
	g_string_append_c(k->text, '\n');
	return true;
}

static bool kernel_go_on_affinity(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t mm = k->tasks[t->child].mm;

	if (t->stage == 0) {
		if (mm != MM_NONE && k->mms[mm].lock != TASK_NONE)
			return false;
		if (mm != MM_NONE)
			affinity_change(k->model, t->child, &t->mask, NULL);
		t->stage = 1;
		return true;
	}
	kernel_print_event(k, kernel_task(k, task)->cpu, "afr", t->child);
	t->op = KERNEL_USER;
	t->pinned = k->cpus[kernel_task(k, t->child)->cpu].held = false;
	return true;
}

static unsigned kernel_users(const struct kernel *k)
{
	unsigned users = 0;

	for (uint32_t task = 0; task < k->options.tasks; task++)
		users += k->tasks[task].op != KERNEL_NO_TASK;
	return users;
}

/* Tasks become more until there are as many as can be, then fewer, and so on. */
static bool kernel_begin_op(struct kernel *k, uint32_t task)
{
	uint32_t what = kernel_below(k, 100);
	unsigned users = kernel_users(k);

	if (users == k->options.tasks)
		k->shrinks = true;
	else if (users == 1)
		k->shrinks = false;
	if (what < 70)
		return kernel_chance(k, k->shrinks ? 15 : 85)
		               ? kernel_begin_fork(k, task)
		               : (users > 1 || kernel_chance(k, 2)) &&
		                         kernel_begin_exit(k, task, KERNEL_EXITS);
	if (what < 78 && k->options.processes)
		return kernel_begin_exit(k, task, KERNEL_EXECS);
	if (what < 86)
		return kernel_begin_exit(k, task, KERNEL_FAILS);
	return k->options.affinity && kernel_begin_affinity(k, task);
}

/* @task goes on with what it is in. */
static bool kernel_go_on(struct kernel *k, uint32_t task)
{
	if (k->tasks[task].op == KERNEL_NO_TASK || !kernel_executes(k, task))
		return false;
	switch ((enum kernel_op)k->tasks[task].op) {
	case KERNEL_USER:
		return kernel_chance(k, 12) && kernel_begin_op(k, task);
	case KERNEL_FORK:
		return kernel_go_on_fork(k, task);
	case KERNEL_EXIT:
		return kernel_go_on_exit(k, task);
	case KERNEL_EXEC:
		return kernel_go_on_exec(k, task);
	case KERNEL_AFFINITY:
		return kernel_go_on_affinity(k, task);
	case KERNEL_NO_TASK:
	case KERNEL_BORN:
	case KERNEL_DEAD:
		break;
	}
	return false;
}

/* A step of somebody. False if whoever was drawn cannot take one. */
static bool kernel_step(struct kernel *k)
{
	uint32_t cpu = kernel_below(k, k->options.cpus);

	switch (kernel_below(k, 3)) {
	case 0:
		return kernel_chance(k, 30) && kernel_begin_switch(k, cpu);
	case 1:
		return kernel_go_on_switch(k, cpu);
	default:
		return kernel_go_on(k, kernel_below(k, k->options.tasks));
	}
}

struct kernel *kernel_new(const struct kernel_options *options, uint64_t seed)
{
	struct kernel *k = g_new0(struct kernel, 1);
	struct model_config config = {
		.protocol = options->protocol,
		.cpus_count = options->cpus,
		.nr_cpu_ids = options->cpus,
		.tasks_count = KERNEL_TASKS,
		.mms_count = KERNEL_MMS,
		.extents_count = KERNEL_MMS,
	};

	k->options = *options;
	k->prng.key = prng_key(seed, 1);
	k->model = model_init(g_malloc0(model_size(&config)), &config);
	k->text = g_string_new(NULL);
	k->lines = g_array_new(FALSE, FALSE, sizeof(struct kernel_line));
	k->last_pid = KERNEL_PID;
	k->last_address = 0xffff888000000000;
	for (uint32_t mm = 0; mm < KERNEL_MMS; mm++)
		k->mms[mm].mutex = k->mms[mm].lock = TASK_NONE;
	g_string_append_printf(k->text, "# possible 0-%u\n# tracer: nop\n", options->cpus - 1);
	k->tasks[0].pid = k->tasks[0].tgid = kernel_new_pid(k);
	k->tasks[0].mm = kernel_new_mm(k, options->mask);
	task_create(k->model, 0, k->tasks[0].mm, k->tasks[0].pid, 0);
	task_show(k->model, 0);
	switch_out(k->model, 0, NULL);
	switch_in(k->model, 0, 0, NULL);
	kernel_enter_fork(k, 0, 0);
	return k;
}

void kernel_run(struct kernel *k, unsigned steps)
{
	while (steps-- > 0)
		kernel_step(k);
}

void kernel_free(struct kernel *k)
{
	g_string_free(k->text, TRUE);
	g_array_free(k->lines, TRUE);
	g_free(k->model);
	g_free(k);
}
