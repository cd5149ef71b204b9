/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/pack-fields.h"

/* One step further than what was read: most steps change one CPU and one task, and no names. */

struct touched {
	uint32_t cpu, task; /* TASK_NONE: none */
};

/* What @step can have changed of @before, besides the mm. False: more than that. */
static inline bool touches(const struct machine *before, const struct pack_contents *contents,
	const struct pack_layout *layout, const struct explore_step *step,
	enum step_outcome outcome, struct touched *touched)
{
	const struct model *model = machine_model_const(before);
	const struct model_mm *mm = machine_mm(before);

	/* In the queue of a CPU whose lock is held, tasks sit that otherwise float. */
	if (layout->floats && (contents->holds || step_gets(outcome)))
		return false;
	touched->cpu = step->cpu;
	touched->task = step->task;
	switch ((enum step_verb)step->verb) {
	case VERB_OUT:
	case VERB_LEAVE:
		touched->task = model_cpu_const(model, step->cpu)->curr;
		return touched->task == TASK_NONE || before->pc[touched->task] != PC_DEAD;
	case VERB_IN:
	case VERB_ENTER:
		if (step->task == STEP_TASK_NONE)
			touched->task = TASK_NONE;
		return true;
	case VERB_MIGRATE:
		touched->cpu = TASK_NONE;
		return true;
	case VERB_RETRY:
	case VERB_GIVE_UP:
		touched->task = model_cpu_const(model, step->cpu)->curr;
		return true;
	case VERB_WALK:
		if (outcome != STEP_WINDOW)
			return false;
		if (mm->phase == PHASE_WALK_CPUS) {
			if (step->cpu == STEP_CPU_NONE)
				touched->cpu = mm->cursor;
			touched->task = model_cpu_const(model, touched->cpu)->curr;
		} else {
			if (step->task == STEP_TASK_NONE)
				touched->task = mm->cursor;
			touched->cpu = model_task_const(model, touched->task)->cpu;
		}
		return true;
	case VERB_FORK:
	case VERB_CLONE_VM:
	case VERB_VFORK:
	case VERB_SHOW:
	case VERB_COMPLETE:
	case VERB_FORK_RETRY:
	case VERB_FORK_GIVE_UP:
	case VERB_EXIT:
	case VERB_EXEC:
	case VERB_FAILED_EXEC:
	case VERB_EXEC_END:
	case VERB_AFFINITY:
	case VERB_WORK:
	case VERB_COUNT:
		break;
	}
	return false;
}

static inline void patch(uint64_t *words, unsigned at, uint64_t difference)
{
	unsigned word = at / 64, shift = at % 64;

	words[word] ^= difference << shift;
	if (shift)
		words[word + 1] ^= difference >> (64 - shift);
}

/* Those on the list are numbered by it, the others also by where they are, which may have changed. */
static inline bool keeps_names(const struct writer *w, const struct touched *touched)
{
	return touched->task == TASK_NONE || has_place(w, touched->task);
}

/* Numbers are as they were: only the fields that differ are touched. */
static void write_patched(const struct writer *w, const struct pack_contents *contents,
	const struct touched *touched, uint32_t *key)
{
	const struct pack_layout *layout = w->layout;
	uint64_t words[PACK_WORDS_MAX / 2 + 2];
	uint64_t mm = mm_field(w, cursor_code(w, NULL, NULL));

	memcpy(words, contents->key, sizeof(contents->key));
	patch(words, 0, mm ^ contents->mm);
	if (touched->cpu != TASK_NONE) {
		uint32_t curr = w->model_cpus[touched->cpu].curr;
		uint64_t field = cpu_content(w, touched->cpu);

		if (curr != TASK_NONE)
			field |= (uint64_t)curr << layout->cpu_bits;
		patch(words, layout->cpus_at + touched->cpu * layout->cpu_field_bits,
			field ^ contents->cpu[touched->cpu]);
	}
	if (touched->task != TASK_NONE) {
		unsigned at = layout->task_content_bits;
		uint64_t field = task_content(w, touched->task);

		if (layout->partners) {
			if (has_partner(w, touched->task))
				field |= (uint64_t)w->machine->partner[touched->task] << at;
			at += layout->task_bits;
		}
		if (sits(w, touched->task))
			field |= (w->model_tasks[touched->task].cpu + UINT64_C(1)) << at;
		patch(words, layout->tasks_at + touched->task * layout->task_field_bits,
			field ^ contents->task[touched->task]);
	}
	copy_out(layout, words, key);
}

/* What CPUs are sorted by: the class, the field, what runs there, and last who is born there. */
static inline uint64_t cpu_sort_key(const struct writer *w, const struct pack_contents *contents,
	const struct touched *touched, uint32_t cpu, uint32_t child)
{
	uint32_t curr = w->model_cpus[cpu].curr;
	uint64_t key = (uint64_t) !(w->layout->config.allowed >> cpu & 1) << 63;

	key |= (cpu == touched->cpu ? cpu_content(w, cpu) : contents->cpu[cpu]) << 32;
	if (curr != TASK_NONE)
		key |= (curr == touched->task ? task_content(w, curr) : contents->task[curr]) << 1;
	return key | (child != TASK_NONE && w->model_tasks[child].cpu == cpu);
}

/* Without names: all contents, sorted in the order of order_cpus() and order_tasks_by_content().
 * For machines in which no task is in a certain queue, except one child that is being born. */
static void write_sorted(const struct writer *w, const struct pack_contents *contents,
	const struct touched *touched, uint32_t *key)
{
	const struct pack_layout *layout = w->layout;
	const struct machine_config *config = &layout->config;
	uint64_t cpus[MACHINE_CPUS_MAX], floats[MACHINE_TASKS_MAX];
	uint32_t floats_count = 0, left = config->tasks_max, child = TASK_NONE;
	uint64_t where = 0;
	struct bits bits;

	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (w->machine->pc[task] == PC_BORN)
			child = task;
		else if (w->machine->pc[task] != PC_FREE && !is_running(w, task))
			insert(floats, floats_count++,
				task == touched->task ? task_content(w, task)
						      : contents->task[task]);
	}
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++)
		insert(cpus, cpu, cpu_sort_key(w, contents, touched, cpu, child));
	bits.part = bits.fill = bits.full = 0;
	put_bits(&bits, mm_field(w, cursor_code(w, NULL, NULL)), layout->mm_bits);
	put_left(&bits, w);
	for (uint32_t i = 0; i < config->cpus_count; i++)
		put_bits(&bits, cpus[i] << 1 >> 33, layout->cpu_field_bits);
	for (uint32_t i = 0; i < config->cpus_count; i++) {
		uint64_t phase = cpus[i] >> 32 & pack_mask(PACK_PHASE_BITS);

		if (cpus[i] & 1)
			where = i + 1;
		if (phase == PHASE_IDLES || phase == PHASE_BETWEEN)
			continue;
		put_bits(&bits, (cpus[i] & UINT32_MAX) >> 1, layout->task_field_bits);
		left--;
	}
	if (child != TASK_NONE) {
		put_bits(&bits, task_content(w, child) | where << layout->task_content_bits,
			layout->task_field_bits);
		left--;
	}
	for (uint32_t i = 0; i < floats_count; i++)
		put_bits(&bits, floats[i], layout->task_field_bits);
	assert(left >= floats_count);
	for (left -= floats_count; left > 0; left--)
		put_bits(&bits, 0, layout->task_field_bits);
	finish_key(layout, &bits, key);
}

void pack_write_after(const struct pack_layout *layout, const struct machine *machine,
	const struct machine *before, const struct pack_contents *contents,
	const struct explore_step *step, enum step_outcome outcome, uint32_t *key)
{
	const struct machine_config *config = &layout->config;
	struct touched touched;
	struct writer w;

	writer_init(&w, layout, machine);
	if (layout->views || !touches(before, contents, layout, step, outcome, &touched)) {
		pack_write(layout, machine, key);
	} else if (!config->any_cpu_order && !config->any_task_order && keeps_names(&w, &touched)) {
		write_patched(&w, contents, &touched, key);
	} else if (config->any_cpu_order && config->any_task_order && layout->floats &&
		   !machine->waiting) {
		write_sorted(&w, contents, &touched, key);
	} else {
		pack_write(layout, machine, key);
	}
}
