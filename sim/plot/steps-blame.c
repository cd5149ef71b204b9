/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Which lanes and columns of a state break a property, and why, one function per property. */
#include "model/check.h"
#include "model/mm.h"
#include "model/walk.h"
#include "sim/machine/describe.h"
#include "sim/machine/step-text.h"
#include "sim/plot/steps.h"

struct suspect {
	struct steps_blame *blame;
	const struct machine *machine;
	const struct machine_config *config;
	const struct model_event *bad_drop;
};

static const struct model_task *task_of(const struct suspect *s, uint32_t task)
{
	return model_task_const(machine_model_const(s->machine), task);
}

static const struct model_cpu *cpu_of(const struct suspect *s, uint32_t cpu)
{
	return model_cpu_const(machine_model_const(s->machine), cpu);
}

static cid_word cpu_word(const struct suspect *s, uint32_t cpu)
{
	return model_word(machine_model_const(s->machine), machine_mm(s->machine), cpu);
}

static bool has_cid(const struct suspect *s, uint32_t task)
{
	return s->machine->pc[task] != PC_FREE && !cid_is_unset(task_of(s, task)->cid);
}

static bool runs(const struct suspect *s, uint32_t task)
{
	return s->machine->pc[task] != PC_FREE &&
	       model_is_running(machine_model_const(s->machine), task);
}

static void frame(struct suspect *s, int lane)
{
	g_assert(lane >= STEPS_MODE && lane < STEPS_LANES_MAX);
	s->blame->lanes |= UINT64_C(1) << (lane - STEPS_MODE);
}

static void frame_task(struct suspect *s, uint32_t task)
{
	frame(s, steps_task_lane(s->config, task));
}

static void reason(struct suspect *s, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void reason(struct suspect *s, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_ptr_array_add(s->blame->reasons, g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

/* I1, I8: two that run with one CID, or one without any. */
static void blame_running(struct suspect *s)
{
	for (uint32_t a = 0; a < s->config->tasks_max; a++) {
		if (!runs(s, a) || !task_of(s, a)->active)
			continue;
		if (!has_cid(s, a)) {
			frame_task(s, a);
			reason(s, "T%u runs without a CID", a);
		}
		for (uint32_t b = 0; b < a; b++) {
			if (!runs(s, b) || !has_cid(s, a) || !has_cid(s, b) ||
				cid_number(task_of(s, a)->cid) != cid_number(task_of(s, b)->cid))
				continue;
			frame_task(s, a);
			frame_task(s, b);
			reason(s, "T%u and T%u run with CID %u", b, a,
				cid_number(task_of(s, a)->cid));
		}
	}
}

/* I2, I4: what the last step did to the pool. */
static void blame_pool(struct suspect *s)
{
	const struct model_event *drop = s->bad_drop;
	char word[DESCRIBE_WORD_MAX];

	frame(s, STEPS_POOL);
	if (drop->kind != EVENT_BAD_DROP)
		return;
	frame(s, (int)drop->cpu);
	if (drop->task != TASK_NONE)
		frame_task(s, drop->task);
	if (drop->bit < s->config->cpus_count)
		reason(s, "CID %u is dropped, and it was not taken", drop->bit);
	else
		reason(s, "CPU%u clears bit 0x%x of the pool: %s%s, as if it were a number",
			drop->cpu, drop->bit, drop->bit & CID_KERNEL_UNSET ? "UNSET" : "the word ",
			drop->bit & CID_KERNEL_UNSET
				? ""
				: describe_word(cid_from_kernel(drop->bit), word));
}

/* I3, stall, stuck: who spins, who has a CID and cannot give it back. */
static void blame_spin(struct suspect *s)
{
	const struct model_mm *mm = machine_mm(s->machine);

	for (uint32_t cpu = 0; cpu < s->config->cpus_count; cpu++) {
		if (cpu_of(s, cpu)->phase != CPU_SPINS)
			continue;
		frame(s, (int)cpu);
		reason(s, "CPU%u spins for T%u and holds its rq lock: no CID is free", cpu,
			cpu_of(s, cpu)->curr);
	}
	for (uint32_t task = 0; task < s->config->tasks_max; task++) {
		uint32_t cpu = s->machine->pc[task] == PC_FREE ? 0 : task_of(s, task)->cpu;

		if (!has_cid(s, task) || runs(s, task) || cpu_of(s, cpu)->phase != CPU_SPINS)
			continue;
		frame_task(s, task);
		reason(s, "T%u has CID %u and is in the queue of CPU%u, which is locked", task,
			cid_number(task_of(s, task)->cid), cpu);
	}
	if (mm->phase == PHASE_IDLE || mm->initiator == TASK_NONE)
		return;
	frame_task(s, mm->initiator);
	if (s->machine->waiting)
		reason(s, "T%u must continue its walk, and waits for the rq lock of CPU%u",
			mm->initiator, walk_next_cpu(machine_model_const(s->machine), 0));
	else
		reason(s, "T%u must continue its walk, and %s", mm->initiator,
			runs(s, mm->initiator) ? "cannot: its own switch spins" : "does not run");
}

/* I5. */
static void blame_owner(struct suspect *s)
{
	bool percpu = mm_is_per_cpu(machine_mm(s->machine));

	for (uint32_t task = 0; percpu && task < s->config->tasks_max; task++) {
		if (!has_cid(s, task) || !cid_is_task_owned(task_of(s, task)->cid))
			continue;
		frame_task(s, task);
		reason(s, "T%u owns CID %u, and the mode is per CPU", task,
			cid_number(task_of(s, task)->cid));
	}
	for (uint32_t cpu = 0; !percpu && cpu < s->config->cpus_count; cpu++) {
		if (!cid_is_cpu_owned(cpu_word(s, cpu)))
			continue;
		frame(s, (int)cpu);
		reason(s, "CPU%u owns CID %u, and the mode is per task", cpu,
			cid_number(cpu_word(s, cpu)));
	}
}

/* I6, I7, transit: tasks that should not have the CID that they have. */
static void blame_tasks(struct suspect *s, unsigned property)
{
	uint32_t max_cids = machine_mm(s->machine)->max_cids;

	for (uint32_t task = 0; task < s->config->tasks_max; task++) {
		cid_word word = has_cid(s, task) ? task_of(s, task)->cid : CID_UNSET;
		bool guilty = property == CHECK_I6   ? !task_of(s, task)->active
		              : property == CHECK_I7 ? cid_number(word) >= max_cids
		                                     : runs(s, task) && cid_is_in_transit(word);

		if (cid_is_unset(word) || !guilty)
			continue;
		frame_task(s, task);
		if (property == CHECK_I6)
			reason(s, "T%u is no user any more, and has CID %u", task,
				cid_number(word));
		else if (property == CHECK_I7)
			reason(s, "T%u has CID %u, and max_cids is %u", task, cid_number(word),
				max_cids);
		else
			reason(s, "T%u has CID %u in transit, and no change is under way", task,
				cid_number(word));
	}
}

/* return, window. */
static void blame_mode(struct suspect *s, unsigned property)
{
	const struct model_mm *mm = machine_mm(s->machine);
	uint32_t allowed = mm->allowed_count;

	frame(s, STEPS_MODE);
	if (property == EXPLORE_WINDOW) {
		reason(s, "a walk is under way, and the mode is %s, not %s+t",
			step_mode_to_string(mm->mode), step_mode_to_string(mm->mode));
		return;
	}
	frame(s, STEPS_USERS);
	frame(s, STEPS_THRS);
	reason(s,
		"%u CPUs are allowed now. A new flip would record the threshold %u, and %u user%s "
		"below that; but the mode keeps its threshold %u",
		allowed, mm_constraints(machine_model_const(s->machine), allowed, allowed).thrs,
		mm->users, mm->users == 1 ? " is" : "s are", mm->pcpu_thrs);
}

void steps_find_blame(struct steps_blame *blame, unsigned property, const struct machine *machine,
	const struct machine_config *config, const struct model_event *bad_drop)
{
	struct suspect s = { blame, machine, config, bad_drop };

	g_assert(property && !(property & (property - 1)));
	if (property & (CHECK_I1 | CHECK_I8))
		blame_running(&s);
	else if (property & (CHECK_I2 | CHECK_I4))
		blame_pool(&s);
	else if (property & (CHECK_I3 | EXPLORE_STALL | EXPLORE_STUCK))
		blame_spin(&s);
	else if (property == CHECK_I5)
		blame_owner(&s);
	else if (property & (CHECK_I6 | CHECK_I7 | EXPLORE_TRANSIT))
		blame_tasks(&s, property);
	else
		blame_mode(&s, property);
}
