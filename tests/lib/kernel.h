/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_KERNEL_H
#define CIDSIM_TESTS_LIB_KERNEL_H

/*
 * A small kernel, step by step at random, and what the recipe's events would show of it: each line
 * is true when it is written, and between the lines come, at whatever later step, the hidden steps:
 * the halves of a switch, the leave of an exit, decision and get of a fork, the steps of walks, the
 * change of an affinity. The rules are those of the kernel: rq locks, the mutex and the lock of an
 * mm, who can be switched out, where a task can be taken from.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/affinity.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"
#include "sim/base/prng.h"

enum { KERNEL_CPUS = 6, KERNEL_TASKS = 12, KERNEL_MMS = 3, KERNEL_PID = 100 };

enum kernel_op {
	KERNEL_NO_TASK,
	KERNEL_USER, /* in user space */
	KERNEL_FORK, /* in a fork, of a thread or a process, or of itself at the end of an exec */
	KERNEL_EXIT, /* in an exit, or the first part of an exec */
	KERNEL_EXEC, /* between the two parts */
	KERNEL_AFFINITY,
	KERNEL_BORN, /* its fork is not over */
	KERNEL_DEAD, /* is switched out for the last time */
};

/* What an exit is part of. */
enum kernel_end { KERNEL_EXITS, KERNEL_EXECS, KERNEL_FAILS };

struct kernel_task {
	uint8_t op;    /* enum kernel_op */
	uint8_t stage; /* of the op: what it does next */
	uint8_t end;   /* KERNEL_EXIT, KERNEL_EXEC: enum kernel_end */
	bool pinned;   /* interrupts are off: it is not switched out */
	bool on_cpu;   /* its last switch is not quite over: it cannot run elsewhere */
	bool shown;    /* KERNEL_EXEC: shows its new mm already */
	uint32_t pid, tgid;
	uint32_t mm;    /* MM_NONE: it has left it */
	uint32_t child; /* KERNEL_FORK; KERNEL_AFFINITY: whose it is */
	uint64_t mask;  /* KERNEL_AFFINITY */
};

struct kernel_cpu {
	bool switching; /* the rq lock is held */
	bool held;      /* ... by a change of affinity */
	bool late;      /* fin is due, the rq lock is free again */
	uint8_t stage;
	uint32_t prev, next;
};

struct kernel_mm {
	bool lives;
	uint64_t address;
	uint32_t mutex, lock; /* task that holds it; TASK_NONE */
};

/* What the recorder and the machine are like. */
struct kernel_options {
	struct protocol protocol;
	uint32_t cpus, tasks;
	bool fins;      /* "fin" and "fst" are recorded */
	bool walks;     /* "ct" and "ctr", */
	bool steps;     /* ... and "stc", "tcs", "sct" */
	bool cpu_words; /* cw, ncw */
	bool nameless;  /* a child has no pid in its fork, as on 6.19 */
	bool twice;     /* sched_switch is recorded, too */
	bool processes; /* there are forks of processes and execs */
	bool affinity;
	uint64_t mask; /* CPUs of the first mm */
};

/* A switch as it was written, for who is to spoil it. */
struct kernel_line {
	gsize at;     /* its text */
	bool decided; /* nothing was hidden when it was written, nor could any word be another */
	bool next;    /* the words of next are its mm's */
};

struct kernel {
	struct kernel_options options;
	struct prng prng;
	struct model *model;
	struct kernel_task tasks[KERNEL_TASKS];
	struct kernel_cpu cpus[KERNEL_CPUS];
	struct kernel_mm mms[KERNEL_MMS];
	bool shrinks;
	uint32_t last_pid;
	uint64_t last_address, sequence;
	uint64_t to_percpu, to_task, switches, completed; /* as far as the lines tell */
	GString *text;
	GArray *lines; /* struct kernel_line */
};

G_GNUC_UNUSED static uint32_t kernel_below(struct kernel *k, uint32_t bound)
{
	return (uint32_t)prng_below(&k->prng, bound);
}

G_GNUC_UNUSED static bool kernel_chance(struct kernel *k, uint32_t percent)
{
	return kernel_below(k, 100) < percent;
}

static inline struct model_task *kernel_task(struct kernel *k, uint32_t task)
{
	return model_task(k->model, task);
}

static inline const struct model_mm *kernel_mm(const struct kernel *k, uint32_t mm)
{
	return model_mm_const(k->model, mm);
}

/* Text */

static inline unsigned long long kernel_mode(const struct model_mm *mm)
{
	return (mm->mode & MODE_PER_CPU ? CID_KERNEL_ONCPU : 0u) |
	       (mm->mode & MODE_TRANSIT ? CID_KERNEL_TRANSIT : 0u);
}

/* The values of @mm, with @p before the names; of none, garbage. */
G_GNUC_UNUSED static void kernel_print_mm(
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

static inline uint64_t kernel_address(const struct kernel *k, uint32_t mm)
{
	return mm == MM_NONE ? 0 : k->mms[mm].address;
}

/* The mm that @task shows: a dead one has none. */
static inline uint32_t kernel_shown_mm(const struct kernel *k, uint32_t task)
{
	return task == TASK_NONE ? MM_NONE : k->tasks[task].mm;
}

G_GNUC_UNUSED static void kernel_begin_line(struct kernel *k, uint32_t cpu, const char *event)
{
	uint32_t curr = k->cpus[cpu].switching && k->cpus[cpu].stage == 0
	                        ? k->cpus[cpu].prev
	                        : model_cpu(k->model, cpu)->curr;

	g_string_append_printf(k->text,
		"  %s-%u [%03u] d..2. %" G_GUINT64_FORMAT ": %s: (x+0x0/0x1)",
		curr == TASK_NONE ? "<idle>" : "app", curr == TASK_NONE ? 0 : k->tasks[curr].pid,
		cpu, ++k->sequence, event);
}

/* pp=… or np=… */
G_GNUC_UNUSED static void kernel_print_task(
	struct kernel *k, const char *p, const char *active, uint32_t task)
{
	const struct model_task *t = task == TASK_NONE ? NULL : kernel_task(k, task);

	g_string_append_printf(k->text, " %sp=%u %st=%u %sg=0x%llx %sw=0x%x %s=%u", p,
		t ? k->tasks[task].pid : 0, p, t ? k->tasks[task].tgid : 0, p,
		(unsigned long long)kernel_address(k, kernel_shown_mm(k, task)), p,
		t ? cid_to_kernel(t->cid) : CID_KERNEL_UNSET, active, t ? t->active : 0u);
}

/* An event of @task, with the values of its mm. */
G_GNUC_UNUSED static void kernel_print_event(
	struct kernel *k, uint32_t cpu, const char *event, uint32_t task)
{
	kernel_begin_line(k, cpu, event);
	kernel_print_task(k, "t", "ta", task);
	kernel_print_mm(k, "", kernel_shown_mm(k, task), 0, UINT32_MAX);
	g_string_append_c(k->text, '\n');
}

G_GNUC_UNUSED static void kernel_print_decision(
	struct kernel *k, uint32_t cpu, uint32_t mm, uint32_t users_more, int changed)
{
	kernel_begin_line(k, cpu, changed < 0 ? "up" : "upr");
	g_string_append_printf(k->text, " m=0x%llx", (unsigned long long)k->mms[mm].address);
	if (changed >= 0)
		g_string_append_printf(k->text, " ret=%d", changed);
	kernel_print_mm(k, "", mm, users_more, UINT32_MAX);
	g_string_append_c(k->text, '\n');
}

G_GNUC_UNUSED static void kernel_print_walk(
	struct kernel *k, uint32_t cpu, uint32_t mm, const char *event)
{
	kernel_begin_line(k, cpu, event);
	g_string_append_printf(k->text, " m=0x%llx", (unsigned long long)k->mms[mm].address);
	kernel_print_mm(k, "", mm, 0, UINT32_MAX);
	g_string_append_c(k->text, '\n');
}

/* The kernel's own event for a switch, in half of the cases before the recipe's, else after it. */
G_GNUC_UNUSED static void kernel_print_plain_switch(struct kernel *k, uint32_t cpu)
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

/* Nothing is hidden now, and nothing that was hidden may have left a doubt. */
G_GNUC_UNUSED static bool kernel_is_quiet(const struct kernel *k)
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

G_GNUC_UNUSED static void kernel_print_switch(struct kernel *k, uint32_t cpu, bool quiet)
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

/* After a switch: who runs now. */
G_GNUC_UNUSED static void kernel_print_fin(struct kernel *k, uint32_t cpu)
{
	uint32_t curr = k->cpus[cpu].next;

	kernel_begin_line(k, cpu, kernel_chance(k, 50) ? "fin" : "fst");
	kernel_print_task(k, "t", "ta", curr);
	kernel_print_mm(k, "", kernel_shown_mm(k, curr), 0, cpu);
	g_string_append_c(k->text, '\n');
}

/* Tasks */

static inline bool kernel_executes(const struct kernel *k, uint32_t task)
{
	uint32_t cpu = model_task_const(k->model, task)->cpu;

	return model_is_running(k->model, task) && !k->cpus[cpu].switching && !k->cpus[cpu].late;
}

/* Is the rq lock free of the queue that @task is in? */
static inline bool kernel_rq_is_free(const struct kernel *k, uint32_t task)
{
	const struct kernel_cpu *c = &k->cpus[model_task_const(k->model, task)->cpu];

	return !c->switching && !c->held;
}

/* Can @cpu switch to @task? */
G_GNUC_UNUSED static bool kernel_can_come(const struct kernel *k, uint32_t task, uint32_t cpu)
{
	const struct kernel_task *t = &k->tasks[task];

	if (t->op == KERNEL_NO_TASK || t->op == KERNEL_BORN || t->op == KERNEL_DEAD || t->on_cpu)
		return false;
	return !model_is_running(k->model, task) &&
	       (kernel_rq_is_free(k, task) || model_task_const(k->model, task)->cpu == cpu);
}

G_GNUC_UNUSED static uint32_t kernel_new_pid(struct kernel *k)
{
	/* Now and then one that was had before, if it is free. */
	if (kernel_chance(k, 30) && k->last_pid > KERNEL_PID) {
		uint32_t pid = KERNEL_PID + kernel_below(k, k->last_pid - KERNEL_PID);
		bool used = false;

		for (uint32_t task = 0; task < KERNEL_TASKS; task++)
			used |= k->tasks[task].op != KERNEL_NO_TASK &&
			        (k->tasks[task].pid == pid || k->tasks[task].tgid == pid);
		if (!used)
			return pid;
	}
	return k->last_pid++;
}

G_GNUC_UNUSED static uint32_t kernel_new_mm(struct kernel *k, uint64_t mask)
{
	uint32_t mm = 0;

	while (mm < KERNEL_MMS && k->mms[mm].lives)
		mm++;
	if (mm == KERNEL_MMS)
		return MM_NONE;
	k->mms[mm].lives = true;
	/* In half of the cases the address of the one before. */
	if (!k->mms[mm].address || kernel_chance(k, 50))
		k->mms[mm].address = k->last_address += 0x700;
	mm_create(k->model, mm, &mask);
	return mm;
}

/* The mms that nobody has any more go. */
G_GNUC_UNUSED static void kernel_put_mms(struct kernel *k)
{
	for (uint32_t mm = 0; mm < KERNEL_MMS; mm++) {
		bool used = !k->mms[mm].lives || kernel_mm(k, mm)->users > 0;

		for (uint32_t task = 0; task < KERNEL_TASKS; task++)
			used |= k->tasks[task].op != KERNEL_NO_TASK &&
			        (k->tasks[task].mm == mm ||
					(kernel_task(k, task)->has_mm &&
						kernel_task(k, task)->mm == mm));
		if (used)
			continue;
		mm_destroy(k->model, mm);
		k->mms[mm].lives = false;
	}
}

G_GNUC_UNUSED static uint32_t kernel_free_task(const struct kernel *k)
{
	for (uint32_t task = 0; task < k->options.tasks; task++) {
		if (k->tasks[task].op == KERNEL_NO_TASK)
			return task;
	}
	return TASK_NONE;
}

/* Switches */

G_GNUC_UNUSED static bool kernel_begin_switch(struct kernel *k, uint32_t cpu)
{
	struct kernel_cpu *c = &k->cpus[cpu];
	uint32_t prev = model_cpu(k->model, cpu)->curr, next = TASK_NONE;
	uint32_t first = kernel_below(k, k->options.tasks);
	bool quiet = kernel_is_quiet(k);

	if (c->switching || c->held || c->late || (prev != TASK_NONE && k->tasks[prev].pinned))
		return false;
	for (uint32_t i = 0; next == TASK_NONE && i < k->options.tasks; i++) {
		uint32_t task = (first + i) % k->options.tasks;

		if (kernel_can_come(k, task, cpu))
			next = task;
	}
	if (prev != TASK_NONE && kernel_chance(k, 40))
		next = TASK_NONE;
	if (prev == next)
		return false;
	*c = (struct kernel_cpu){ .switching = true, .prev = prev, .next = next };
	if (next != TASK_NONE)
		task_migrate(k->model, next, cpu);
	kernel_print_switch(k, cpu, quiet);
	return true;
}

G_GNUC_UNUSED static void kernel_end_switch(struct kernel *k, uint32_t cpu)
{
	struct kernel_cpu *c = &k->cpus[cpu];
	bool dies = c->prev != TASK_NONE && k->tasks[c->prev].op == KERNEL_DEAD;

	c->switching = false;
	c->late = k->options.fins;
	if (c->prev == TASK_NONE)
		return;
	k->tasks[c->prev].on_cpu = false;
	if (!dies)
		return;
	task_destroy(k->model, c->prev);
	k->tasks[c->prev].op = KERNEL_NO_TASK;
	kernel_put_mms(k);
}

/* The next step of the switch on @cpu; false if there is none that can be taken. */
G_GNUC_UNUSED static bool kernel_go_on_switch(struct kernel *k, uint32_t cpu)
{
	struct kernel_cpu *c = &k->cpus[cpu];
	struct step step;

	if (c->late) {
		kernel_print_fin(k, cpu);
		c->late = false;
		return true;
	}
	if (!c->switching)
		return false;
	switch (c->stage) {
	case 0:
		switch_out(k->model, cpu, NULL);
		c->stage++;
		return true;
	case 1:
		step = switch_in(k->model, cpu, c->next, NULL);
		c->stage++;
		break;
	default:
		if (!pool_has_room(k->model, kernel_task(k, c->next)->mm))
			return false;
		step = switch_spin(k->model, cpu, NULL);
		break;
	}
	if (step.outcome == STEP_DONE)
		kernel_end_switch(k, cpu);
	return true;
}

/* Locks of an mm */

G_GNUC_UNUSED static bool kernel_take_locks(struct kernel *k, uint32_t task, uint32_t mm)
{
	if (k->mms[mm].mutex != TASK_NONE || k->mms[mm].lock != TASK_NONE)
		return false;
	k->mms[mm].mutex = k->mms[mm].lock = task;
	k->tasks[task].pinned = true;
	return true;
}

G_GNUC_UNUSED static void kernel_unlock(struct kernel *k, uint32_t task, uint32_t mm)
{
	k->mms[mm].lock = TASK_NONE;
	k->tasks[task].pinned = false;
}

/* One step of a walk, if its rq lock is free. */
G_GNUC_UNUSED static bool kernel_walk(struct kernel *k, uint32_t cpu, uint32_t mm)
{
	const struct model_mm *m = kernel_mm(k, mm);
	uint32_t at = m->cursor;
	bool tasks = m->phase == PHASE_WALK_TASKS;

	if (k->cpus[walk_next_cpu(k->model, mm)].switching ||
		k->cpus[walk_next_cpu(k->model, mm)].held)
		return false;
	if (tasks && k->options.steps && k->options.nameless) {
		kernel_begin_line(k, cpu, "tcs");
		kernel_print_task(k, "t", "ta", at);
		g_string_append_c(k->text, '\n');
	}
	walk_step(k->model, mm, NULL);
	if (!k->options.steps)
		return true;
	kernel_begin_line(k, cpu, tasks ? k->options.nameless ? "tcsr" : "stc" : "sct");
	if (tasks)
		g_string_append_printf(k->text, " tp=%u tt=%u tg=0x%llx\n", k->tasks[at].pid,
			k->tasks[at].tgid, (unsigned long long)k->mms[mm].address);
	else
		g_string_append_printf(
			k->text, " tc=%u m=0x%llx\n", at, (unsigned long long)k->mms[mm].address);
	return true;
}

/* Forks */

/* fk: the child is there, and not counted. */
G_GNUC_UNUSED static void kernel_enter_fork(struct kernel *k, uint32_t task, uint32_t child)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t cpu = kernel_task(k, task)->cpu, pid = k->tasks[child].pid;

	t->op = KERNEL_FORK;
	t->stage = 0;
	t->child = child;
	if (k->options.nameless)
		k->tasks[child].pid = t->pid;
	kernel_print_event(k, cpu, "fk", child);
	k->tasks[child].pid = pid;
}

/* A thread, a task of a group of its own that shares the mm, or a process. */
G_GNUC_UNUSED static bool kernel_begin_fork(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t child = kernel_free_task(k), mm = t->mm;
	bool thread = kernel_chance(k, 70), process = k->options.processes && kernel_chance(k, 15);
	uint32_t cpu = kernel_task(k, task)->cpu;

	if (child == TASK_NONE)
		return false;
	if (process)
		mm = kernel_new_mm(k, (1u << k->options.cpus) - 1);
	if (mm == MM_NONE)
		return false;
	thread &= !process;
	k->tasks[child] =
		(struct kernel_task){ .op = KERNEL_BORN, .pid = kernel_new_pid(k), .mm = mm };
	k->tasks[child].tgid = thread ? t->tgid : k->tasks[child].pid;
	task_create(k->model, child, mm, k->tasks[child].tgid, cpu);
	if (!k->options.protocol.early_count)
		task_show(k->model, child);
	kernel_enter_fork(k, task, child);
	return true;
}

/* After upr: the get, or the walk. */
static inline void kernel_fork_decided(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t mm = k->tasks[t->child].mm;
	uint8_t phase = kernel_mm(k, mm)->phase;

	k->to_percpu += mm_in_window(kernel_mm(k, mm));
	t->stage = phase == PHASE_GET_LOCKED ? 3 : phase == PHASE_IDLE ? 6 : 4;
	if (t->stage != 3)
		kernel_unlock(k, task, mm);
}

static inline bool kernel_fork_gets(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t mm = k->tasks[t->child].mm;
	bool comes_back =
		t->child == task && kernel_mm(k, mm)->users > 1 && mm_is_per_cpu(kernel_mm(k, mm));

	if (!comes_back && !pool_has_room(k->model, mm))
		return false;
	if (fork_get(k->model, mm, NULL).outcome != STEP_DONE)
		return false;
	t->stage = 6;
	kernel_unlock(k, task, mm);
	return true;
}

/* The fork has returned: the child has its pid, and can be woken up. */
static inline void kernel_fork_ends(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t child = t->child;

	t->op = KERNEL_USER;
	if (child == task)
		return;
	kernel_begin_line(k, kernel_task(k, task)->cpu, "pf");
	kernel_print_task(k, "t", "ta", child);
	g_string_append_c(k->text, '\n');
	k->tasks[child].op = KERNEL_USER;
}

static inline void kernel_fork_returns(struct kernel *k, uint32_t task)
{
	uint32_t child = k->tasks[task].child, pid = k->tasks[child].pid;

	if (k->options.nameless)
		k->tasks[child].pid = k->tasks[task].pid;
	kernel_print_event(k, kernel_task(k, task)->cpu, "fkr", child);
	k->tasks[child].pid = pid;
}

G_GNUC_UNUSED static bool kernel_go_on_fork(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t cpu = kernel_task(k, task)->cpu, mm = k->tasks[t->child].mm;
	const struct model_mm *m = kernel_mm(k, mm);

	switch (t->stage) {
	case 0:
		if (!kernel_take_locks(k, task, mm))
			return false;
		kernel_print_decision(k, cpu, mm, 1, -1);
		t->stage = 1;
		return true;
	case 1:
		fork_decide(k->model, cpu, task, t->child, NULL);
		t->stage = 2;
		return true;
	case 2:
		kernel_print_decision(k, cpu, mm, 0, mm_in_window(m));
		kernel_fork_decided(k, task);
		return true;
	case 3:
		return kernel_fork_gets(k, task);
	case 4:
		if (m->phase != PHASE_COMPLETE)
			return kernel_walk(k, cpu, mm);
		t->stage = 5;
		return true;
	case 5:
		window_complete(k->model, mm, NULL);
		k->completed++;
		t->stage = 6;
		return true;
	case 6:
		k->mms[mm].mutex = TASK_NONE;
		t->stage = 7;
		return true;
	case 7:
		kernel_fork_returns(k, task);
		t->stage = 8;
		return true;
	case 8:
		task_show(k->model, t->child);
		t->stage = 9;
		return true;
	default:
		kernel_fork_ends(k, task);
		return true;
	}
}

/* Exits and execs */

G_GNUC_UNUSED static bool kernel_begin_exit(struct kernel *k, uint32_t task, enum kernel_end end)
{
	struct kernel_task *t = &k->tasks[task];

	t->op = KERNEL_EXIT;
	t->stage = 0;
	t->end = (uint8_t)end;
	kernel_print_event(k, kernel_task(k, task)->cpu, "ex", task);
	return true;
}

static inline void kernel_exit_decides(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint8_t mode = kernel_mm(k, t->mm)->mode;

	exit_decide(k->model, kernel_task(k, task)->cpu, task, NULL);
	t->stage = 3;
	/* A last user's change is answered, too, and then ignored. */
	t->child = kernel_mm(k, t->mm)->mode != mode;
}

static inline void kernel_exit_decided(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];

	t->stage = 4;
	if (kernel_mm(k, t->mm)->phase == PHASE_WALK_CPUS) {
		k->to_task++;
		return;
	}
	t->stage = 9;
	kernel_unlock(k, task, t->mm);
}

static inline void kernel_exit_ends(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];

	t->op = KERNEL_EXEC;
	t->stage = 0;
	if (t->end != KERNEL_EXITS)
		return;
	t->mm = MM_NONE;
	kernel_begin_line(k, kernel_task(k, task)->cpu, "pe");
	kernel_print_task(k, "t", "ta", task);
	g_string_append_c(k->text, '\n');
	t->op = KERNEL_DEAD;
}

G_GNUC_UNUSED static bool kernel_go_on_exit(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t cpu = kernel_task(k, task)->cpu, mm = t->mm;

	switch (t->stage) {
	case 0:
		if (!kernel_take_locks(k, task, mm))
			return false;
		exit_leave(k->model, cpu, task, NULL);
		break;
	case 1:
		kernel_print_decision(k, cpu, mm, 0, -1);
		break;
	case 2:
		kernel_exit_decides(k, task);
		return true;
	case 3:
		kernel_print_decision(k, cpu, mm, 0, (int)t->child);
		kernel_exit_decided(k, task);
		return true;
	case 4:
		exit_change(k->model, mm, NULL);
		kernel_unlock(k, task, mm);
		break;
	case 5:
		if (k->options.walks)
			kernel_print_walk(k, cpu, mm, "ct");
		break;
	case 6:
		if (kernel_mm(k, mm)->phase != PHASE_COMPLETE)
			return kernel_walk(k, cpu, mm);
		break;
	case 7:
		if (k->options.walks)
			kernel_print_walk(k, cpu, mm, "ctr");
		break;
	case 8:
		window_complete(k->model, mm, NULL);
		k->completed++;
		break;
	case 9:
		k->mms[mm].mutex = TASK_NONE;
		break;
	case 10:
		kernel_print_event(k, cpu, "exr", task);
		break;
	default:
		if (k->cpus[cpu].held)
			return false;
		kernel_exit_ends(k, task);
		return true;
	}
	t->stage++;
	return true;
}

/* The second part of an exec: the task is its own child, in a new mm or back in the old one. */
G_GNUC_UNUSED static bool kernel_go_on_exec(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t mm;

	if (t->stage == 0 && t->end == KERNEL_EXECS) {
		if (k->cpus[kernel_task(k, task)->cpu].held)
			return false; /* its affinity is being changed, and its mm looked at */
		mm = kernel_new_mm(k, (1u << k->options.cpus) - 1);
		if (mm == MM_NONE)
			return false;
		exec_join(k->model, task, mm);
		kernel_task(k, task)->group = t->tgid;
		t->mm = mm;
		t->stage = 1;
		kernel_put_mms(k);
		return true;
	}
	kernel_enter_fork(k, task, task);
	return true;
}

/* Affinity */

G_GNUC_UNUSED static bool kernel_begin_affinity(struct kernel *k, uint32_t task)
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

G_GNUC_UNUSED static bool kernel_go_on_affinity(struct kernel *k, uint32_t task)
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

/* Running */

static inline unsigned kernel_users(const struct kernel *k)
{
	unsigned users = 0;

	for (uint32_t task = 0; task < k->options.tasks; task++)
		users += k->tasks[task].op != KERNEL_NO_TASK;
	return users;
}

/* Tasks become more until there are as many as can be, then fewer, and so on. */
static inline bool kernel_begin_op(struct kernel *k, uint32_t task)
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
G_GNUC_UNUSED static bool kernel_go_on(struct kernel *k, uint32_t task)
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
G_GNUC_UNUSED static bool kernel_step(struct kernel *k)
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

/* A machine on which the first task is about to get its mm. Freed with kernel_free(). */
G_GNUC_UNUSED static struct kernel *kernel_new(const struct kernel_options *options, uint64_t seed)
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

G_GNUC_UNUSED static void kernel_run(struct kernel *k, unsigned steps)
{
	while (steps-- > 0)
		kernel_step(k);
}

G_GNUC_UNUSED static void kernel_free(struct kernel *k)
{
	g_string_free(k->text, TRUE);
	g_array_free(k->lines, TRUE);
	g_free(k->model);
	g_free(k);
}

#endif
