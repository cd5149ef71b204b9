/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/pool.h"
#include "sim/machine/describe.h"
#include "sim/machine/private.h"
#include "sim/machine/step-text.h"

static void change(GPtrArray *changes, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void change(GPtrArray *changes, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_ptr_array_add(changes, g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

static void change_number(GPtrArray *changes, const char *what, uint32_t before, uint32_t after)
{
	if (before != after)
		change(changes, "%s %u -> %u", what, before, after);
}

static void change_pool(GPtrArray *changes, uint64_t before, uint64_t after)
{
	for (unsigned number = 0; number < 64; number++) {
		if ((before ^ after) >> number & 1)
			change(changes, "CID %u is %s", number,
				after >> number & 1 ? "taken" : "free");
	}
}

static void changes_of_mm(
	GPtrArray *changes, const struct machine *before, const struct machine *after)
{
	const struct model_mm *a = machine_mm(before), *b = machine_mm(after);
	uint8_t faults = b->faults & (uint8_t)~a->faults;

	if (a->mode != b->mode)
		change(changes, "mode %s -> %s", step_mode_to_string(a->mode),
			step_mode_to_string(b->mode));
	change_number(changes, "users", a->users, b->users);
	change_number(changes, "max_cids", a->max_cids, b->max_cids);
	change_number(changes, "pcpu_thrs", a->pcpu_thrs, b->pcpu_thrs);
	change_number(changes, "CPUs allowed", a->allowed_count, b->allowed_count);
	change_pool(changes, a->pool, b->pool);
	if (faults & FAULT_DROP_CLEAR)
		change(changes, "a CID is dropped that is not taken");
	if (faults & FAULT_DROP_RANGE)
		change(changes, "a bit is cleared that is not in the pool");
	if (after->work && !before->work)
		change(changes, "the deferred work is queued");
}

static void changes_of_mutex(
	GPtrArray *changes, const struct machine *before, const struct machine *after)
{
	const struct model_mm *a = machine_mm(before), *b = machine_mm(after);

	if (a->phase == PHASE_IDLE && b->phase != PHASE_IDLE && b->initiator != TASK_NONE)
		change(changes, "T%u holds the mutex", b->initiator);
	if (b->phase == PHASE_GET_LOCKED && a->phase != PHASE_GET_LOCKED)
		change(changes, "its get spins under the mm's lock, interrupts off");
	if (b->phase == PHASE_GET_MUTEX && a->phase != PHASE_GET_MUTEX)
		change(changes, pool_has_room(machine_model_const(after), MM)
					? "its get comes next, under the mutex"
					: "its get spins under the mutex");
	if (after->waiting && !before->waiting)
		change(changes, "the initiator waits for a rq lock, interrupts off");
	if (a->phase != PHASE_IDLE && b->phase == PHASE_IDLE)
		change(changes, "the mutex is free");
}

static void changes_of_tasks(
	GPtrArray *changes, const struct machine *before, const struct machine *after)
{
	char a[DESCRIBE_WORD_MAX], b[DESCRIBE_WORD_MAX];

	g_assert(before != after);
	for (uint32_t task = 0; task < machine_model_const(before)->tasks_count; task++) {
		if (before->pc[task] != PC_FREE && after->pc[task] == PC_FREE)
			change(changes, "T%u is gone", task);
		if (before->pc[task] == PC_FREE || after->pc[task] == PC_FREE ||
			machine_task(before, task)->cid == machine_task(after, task)->cid)
			continue;
		change(changes, "T%u %s -> %s", task, describe_word(machine_task(before, task)->cid, a),
			describe_word(machine_task(after, task)->cid, b));
	}
}

static void changes_of_cpus(
	GPtrArray *changes, const struct machine *before, const struct machine *after)
{
	char a[DESCRIBE_WORD_MAX], b[DESCRIBE_WORD_MAX];

	for (uint32_t cpu = 0; cpu < machine_model_const(before)->cpus_count; cpu++) {
		cid_word old = model_word(machine_model_const(before), machine_mm(before), cpu);
		cid_word new = model_word(machine_model_const(after), machine_mm(after), cpu);
		const struct model_cpu *c = machine_cpu(before, cpu), *d = machine_cpu(after, cpu);

		if (old != new)
			change(changes, "CPU%u %s -> %s", cpu, describe_word(old, a),
				describe_word(new, b));
		if (d->phase == CPU_SPINS && d->found != 0 && d->found != c->found)
			change(changes, "CPU%u has found %u, holds its rq lock", cpu,
				d->found - 1u);
		else if (d->phase == CPU_SPINS && c->phase != CPU_SPINS)
			change(changes, "CPU%u spins in get, holds its rq lock", cpu);
	}
}

GPtrArray *describe_changes(const struct machine *before, const struct machine *after)
{
	GPtrArray *changes = g_ptr_array_new_with_free_func(g_free);

	g_assert(machine_model_const(before)->cpus_count == machine_model_const(after)->cpus_count);
	g_assert(machine_model_const(before)->tasks_count ==
		 machine_model_const(after)->tasks_count);
	changes_of_mm(changes, before, after);
	changes_of_mutex(changes, before, after);
	changes_of_tasks(changes, before, after);
	changes_of_cpus(changes, before, after);
	return changes;
}
