/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/kernel.h"

uint32_t kernel_below(struct kernel *k, uint32_t bound)
{
	return (uint32_t)prng_below(&k->prng, bound);
}

bool kernel_chance(struct kernel *k, uint32_t percent)
{
	return kernel_below(k, 100) < percent;
}

struct model_task *kernel_task(struct kernel *k, uint32_t task)
{
	return model_task(k->model, task);
}

const struct model_mm *kernel_mm(const struct kernel *k, uint32_t mm)
{
	return model_mm_const(k->model, mm);
}

static unsigned long long kernel_mode(const struct model_mm *mm)
{
	return (mm->mode & MODE_PER_CPU ? CID_KERNEL_ONCPU : 0u) |
	       (mm->mode & MODE_TRANSIT ? CID_KERNEL_TRANSIT : 0u);
}

void kernel_print_mm(
	struct kernel *k, const char *p, uint32_t mm, uint32_t users_more, uint32_t cpu)
{
	static const struct model_mm garbage = { .users = 67108864, .max_cids = 3 };
	const struct model_mm *m = mm == MM_NONE ? &garbage : kernel_mm(k, mm);

	g_string_append_printf(k->text, " %smo=0x%llx %sus=%u %smx=%u %sth=%u %sna=%u", p,
		kernel_mode(m), p, m->users + users_more, p, m->max_cids, p, m->pcpu_thrs, p,
		m->allowed_count);
	if (k->options.cpu_words && cpu != UINT32_MAX)
		g_string_append_printf(k->text, " %scw=0x%x", p,
			mm == MM_NONE ? 0u : cid_to_kernel(model_word(k->model, m, cpu)));
}

static uint64_t kernel_address(const struct kernel *k, uint32_t mm)
{
	return mm == MM_NONE ? 0 : k->mms[mm].address;
}

/* The mm that @task shows: a dead one has none. */
static uint32_t kernel_shown_mm(const struct kernel *k, uint32_t task)
{
	return task == TASK_NONE ? MM_NONE : k->tasks[task].mm;
}

void kernel_begin_line(struct kernel *k, uint32_t cpu, const char *event)
{
	uint32_t curr = k->cpus[cpu].switching && k->cpus[cpu].stage == 0
	                        ? k->cpus[cpu].prev
	                        : model_cpu(k->model, cpu)->curr;

	g_string_append_printf(k->text,
		"  %s-%u [%03u] d..2. %" G_GUINT64_FORMAT ": %s: (x+0x0/0x1)",
		curr == TASK_NONE ? "<idle>" : "app", curr == TASK_NONE ? 0 : k->tasks[curr].pid,
		cpu, ++k->sequence, event);
}

void kernel_print_task(struct kernel *k, const char *p, const char *active, uint32_t task)
{
	const struct model_task *t = task == TASK_NONE ? NULL : kernel_task(k, task);

	g_string_append_printf(k->text, " %sp=%u %st=%u %sg=0x%llx %sw=0x%x %s=%u", p,
		t ? k->tasks[task].pid : 0, p, t ? k->tasks[task].tgid : 0, p,
		(unsigned long long)kernel_address(k, kernel_shown_mm(k, task)), p,
		t ? cid_to_kernel(t->cid) : CID_KERNEL_UNSET, active, t ? t->active : 0u);
}

void kernel_print_event(struct kernel *k, uint32_t cpu, const char *event, uint32_t task)
{
	kernel_begin_line(k, cpu, event);
	kernel_print_task(k, "t", "ta", task);
	kernel_print_mm(k, "", kernel_shown_mm(k, task), 0, UINT32_MAX);
	g_string_append_c(k->text, '\n');
}

void kernel_print_decision(
	struct kernel *k, uint32_t cpu, uint32_t mm, uint32_t users_more, int changed)
{
	kernel_begin_line(k, cpu, changed < 0 ? "up" : "upr");
	g_string_append_printf(k->text, " m=0x%llx", (unsigned long long)k->mms[mm].address);
	if (changed >= 0)
		g_string_append_printf(k->text, " ret=%d", changed);
	kernel_print_mm(k, "", mm, users_more, UINT32_MAX);
	g_string_append_c(k->text, '\n');
}

void kernel_print_walk(struct kernel *k, uint32_t cpu, uint32_t mm, const char *event)
{
	kernel_begin_line(k, cpu, event);
	g_string_append_printf(k->text, " m=0x%llx", (unsigned long long)k->mms[mm].address);
	kernel_print_mm(k, "", mm, 0, UINT32_MAX);
	g_string_append_c(k->text, '\n');
}

/* The kernel's own event for a switch, in half of the cases before the recipe's, else after it. */
static void kernel_print_plain_switch(struct kernel *k, uint32_t cpu)
{
	uint32_t prev = k->cpus[cpu].prev, next = k->cpus[cpu].next;

	kernel_begin_line(k, cpu, "sched_switch");
	g_string_truncate(k->text, k->text->len - strlen(" (x+0x0/0x1)"));
	g_string_append_printf(k->text,
		" prev_comm=%s prev_pid=%u prev_prio=120 prev_state=%s ==> next_comm=%s "
		"next_pid=%u next_prio=120\n",
		prev == TASK_NONE ? "swapper/0" : "app", prev == TASK_NONE ? 0 : k->tasks[prev].pid,
		prev != TASK_NONE && k->tasks[prev].op == KERNEL_DEAD ? "X" : "S",
		next == TASK_NONE ? "swapper/0" : "app",
		next == TASK_NONE ? 0 : k->tasks[next].pid);
}

bool kernel_is_quiet(const struct kernel *k)
{
	for (uint32_t cpu = 0; cpu < k->options.cpus; cpu++) {
		if (k->cpus[cpu].switching)
			return false;
	}
	for (uint32_t mm = 0; mm < KERNEL_MMS; mm++) {
		if (k->mms[mm].mutex != TASK_NONE || k->mms[mm].lock != TASK_NONE ||
			(k->mms[mm].lives && kernel_mm(k, mm)->mode & MODE_TRANSIT))
			return false;
	}
	for (uint32_t task = 0; task < KERNEL_TASKS; task++) {
		if (k->tasks[task].op != KERNEL_USER && k->tasks[task].op != KERNEL_NO_TASK)
			return false;
	}
	return true;
}

void kernel_print_switch(struct kernel *k, uint32_t cpu, bool quiet)
{
	uint32_t prev = k->cpus[cpu].prev, next = k->cpus[cpu].next;
	bool dies = prev != TASK_NONE && k->tasks[prev].op == KERNEL_DEAD;
	bool plain_first = k->options.twice && kernel_chance(k, 50);
	struct kernel_line line = { .decided = quiet,
		.next = next != TASK_NONE && kernel_shown_mm(k, next) != MM_NONE };

	if (plain_first)
		kernel_print_plain_switch(k, cpu);
	line.at = k->text->len;
	kernel_begin_line(k, cpu, "sw");
	kernel_print_task(k, "p", "pa", prev);
	g_string_append_printf(k->text, " ps=%u", dies ? 128 : 1);
	kernel_print_mm(k, "", kernel_shown_mm(k, prev), 0, cpu);
	kernel_print_task(k, "n", "nac", next);
	kernel_print_mm(k, "n", kernel_shown_mm(k, next), 0, cpu);
	g_string_append_c(k->text, '\n');
	if (k->options.twice && !plain_first)
		kernel_print_plain_switch(k, cpu);
	g_array_append_val(k->lines, line);
	k->switches++;
}

void kernel_print_fin(struct kernel *k, uint32_t cpu)
{
	uint32_t curr = k->cpus[cpu].next;

	kernel_begin_line(k, cpu, kernel_chance(k, 50) ? "fin" : "fst");
	kernel_print_task(k, "t", "ta", curr);
	kernel_print_mm(k, "", kernel_shown_mm(k, curr), 0, cpu);
	g_string_append_c(k->text, '\n');
}
