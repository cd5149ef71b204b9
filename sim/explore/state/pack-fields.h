/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_PACK_FIELDS_H
#define CIDSIM_SIM_EXPLORE_STATE_PACK_FIELDS_H

/*
 * The fields of a packed state, one by one. pack-write.c writes all of them, pack-after.c reuses
 * those that were read before. All inline, because it is done for each step that is tried.
 */

#include <assert.h>

#include "sim/explore/state/pack-private.h"

enum { IS_LITTLE_ENDIAN = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ };

struct writer {
	const struct pack_layout *layout;
	const struct machine *machine;
	const struct model_mm *mm;
	const struct model_cpu *model_cpus; /* the arrays of the model */
	const struct model_task *model_tasks;
	const cid_word *words;
	uint8_t cpus[MACHINE_CPUS_MAX], tasks[MACHINE_TASKS_MAX];         /* packed -> machine's */
	uint8_t cpu_name[MACHINE_CPUS_MAX], task_name[MACHINE_TASKS_MAX]; /* and back */
	uint32_t placed; /* tasks that are named by their place on the list */
};

static inline void writer_init(
	struct writer *w, const struct pack_layout *layout, const struct machine *machine)
{
	const struct model *model = machine_model_const(machine);

	/* Its arrays are filled as far as they are used: to clear them would take as long. */
	w->layout = layout;
	w->machine = machine;
	w->mm = machine_mm(machine);
	w->model_cpus = model_cpu_const(model, 0);
	w->model_tasks = model_task_const(model, 0);
	w->placed = 0;
	w->words = model_words((struct model *)model, w->mm);
}

/* Fields into words, 64 bits at a time. */
struct bits {
	uint64_t word[PACK_WORDS_MAX / 2 + 1];
	uint64_t part;
	unsigned fill, full; /* bits of part; words that are complete */
};

static inline void put_bits(struct bits *bits, uint64_t value, unsigned count)
{
	bits->part |= value << bits->fill;
	bits->fill += count;
	if (bits->fill < 64)
		return;
	bits->word[bits->full++] = bits->part;
	bits->fill -= 64;
	bits->part = bits->fill ? value >> (count - bits->fill) : 0;
}

static inline void copy_out(const struct pack_layout *layout, const uint64_t *words, uint32_t *key)
{
	if (IS_LITTLE_ENDIAN) {
		pack_copy(key, (const uint32_t *)words, layout->words);
	} else {
		for (unsigned i = 0; i < layout->words; i++)
			key[i] = (uint32_t)(words[i / 2] >> i % 2 * 32);
	}
	pack_set_depth(layout, key, 0);
}

static inline void finish_key(const struct pack_layout *layout, struct bits *bits, uint32_t *key)
{
	assert(bits->full < (layout->words + 1) / 2);
	bits->word[bits->full] = bits->part;
	while (++bits->full < (layout->words + 1) / 2)
		bits->word[bits->full] = 0;
	copy_out(layout, bits->word, key);
}

/* Contents: fields without anything that is a name */

static inline uint64_t cpu_content(const struct writer *w, uint32_t cpu)
{
	const struct pack_layout *layout = w->layout;
	const struct model_cpu *c = &w->model_cpus[cpu];
	unsigned flags = w->words[cpu] >> PACK_FLAGS_SHIFT, at = PACK_PHASE_BITS;
	uint64_t content = c->curr == TASK_NONE ? PHASE_IDLES : PHASE_RUNS;

	if (c->phase == CPU_SPINS)
		content = PHASE_SPINS + c->mode;
	else if (c->phase == CPU_BETWEEN)
		content = PHASE_BETWEEN;
	content |= (uint64_t)(layout->cpu_word_base[flags] +
			      (w->words[cpu] & layout->cpu_word_mask[flags]))
	           << at;
	at += layout->cpu_word_bits;
	content |= (uint64_t)c->found << at;
	at += layout->found_bits;
	if (layout->walked_cpus && w->mm->phase == PHASE_WALK_CPUS)
		content |= (w->machine->walked >> cpu & UINT64_C(1)) << at;
	at += layout->walked_cpus;
	if (layout->views)
		content |= (uint64_t)w->machine->view[cpu] << at;
	return content;
}

static inline bool is_running(const struct writer *w, uint32_t task)
{
	return w->model_cpus[w->model_tasks[task].cpu].curr == task;
}

/* Running, and not with the word that it had before the switch that still spins. */
static inline bool has_entered(const struct writer *w, uint32_t task)
{
	return is_running(w, task) && w->model_cpus[w->model_tasks[task].cpu].phase != CPU_SPINS;
}

static inline uint64_t task_content(const struct writer *w, uint32_t task)
{
	const struct pack_layout *layout = w->layout;
	const struct model_task *t = &w->model_tasks[task];
	uint64_t content = layout->pc_code[w->machine->pc[task]];
	unsigned at = layout->pc_bits;
	cid_word word = t->cid;

	if (w->machine->pc[task] == PC_FREE)
		return 0;
	if (cid_is_cpu_owned(word) && !has_entered(w, task))
		word = CID_ONCPU;
	content |= (uint64_t)(layout->word_base[word >> PACK_FLAGS_SHIFT] + (word & CID_NUMBER))
	           << at;
	at += layout->word_bits;
	if (layout->group_bits)
		content |= (uint64_t)t->group << at;
	at += layout->group_bits;
	if (layout->walked_tasks && w->mm->phase == PHASE_WALK_TASKS)
		content |= (w->machine->walked >> task & UINT64_C(1)) << at;
	at += layout->walked_tasks;
	if (layout->affinities)
		content |= (w->machine->wide >> task & UINT64_C(1)) << at;
	return content;
}

/* Is the queue of @task a part of the state? It is for a child that is being born, for a task in
 * the queue of a CPU whose rq lock is held, and for every task if none floats. */
static inline bool sits(const struct writer *w, uint32_t task)
{
	enum machine_pc pc = w->machine->pc[task];

	if (pc == PC_FREE || is_running(w, task))
		return false;
	return pc == PC_BORN || !w->layout->floats ||
	       w->model_cpus[w->model_tasks[task].cpu].phase != CPU_FREE;
}

/* Does its place on the list matter? One that returns from an exec may be there and not yet active. */
static inline bool has_place(const struct writer *w, uint32_t task)
{
	return w->model_tasks[task].active ||
	       pack_has_place(w->layout, (enum machine_pc)w->machine->pc[task]);
}

/* The next task or CPU of the walk, or a number found. Names are those given, or, where they are
 * NULL, those of the machine. */
static inline uint32_t cursor_code(
	const struct writer *w, const uint8_t *cpu_name, const uint8_t *task_name)
{
	const struct machine_config *config = &w->layout->config;
	uint32_t cursor = w->mm->cursor;

	switch ((enum mm_phase)w->mm->phase) {
	case PHASE_WALK_CPUS:
		if (config->any_cpu_order && !w->machine->waiting)
			return 0;
		return cpu_name ? cpu_name[cursor] : cursor;
	case PHASE_WALK_TASKS:
		if (config->any_task_order && !w->machine->waiting)
			return 0;
		return task_name ? task_name[cursor] : cursor;
	case PHASE_GET_LOCKED:
	case PHASE_GET_MUTEX:
		return w->mm->found;
	case PHASE_IDLE:
	case PHASE_COMPLETE:
		break;
	}
	return 0;
}

static inline uint64_t mm_field(const struct writer *w, uint32_t cursor)
{
	const struct pack_layout *layout = w->layout;
	const struct model_mm *mm = w->mm;
	unsigned at = PACK_MODE_BITS;
	uint64_t field = mm->mode;

	field |= (uint64_t)mm->phase << at;
	at += PACK_MM_PHASE_BITS;
	field |= (uint64_t)mm->faults << at;
	at += PACK_FAULT_BITS;
	field |= (uint64_t)w->machine->waiting << at;
	at += 1;
	field |= mm->pool << at;
	at += layout->config.cpus_count;
	field |= (uint64_t)mm->pcpu_thrs << at;
	at += layout->thrs_bits;
	field |= (uint64_t)cursor << at;
	at += layout->cursor_bits;
	if (layout->passes) {
		field |= (uint64_t)(mm->pass | mm->budget << 1) << at;
		at += 1 + layout->budget_bits;
	}
	if (layout->affinities)
		field |= (uint64_t)((mm->allowed != layout->config.allowed) |
				    mm->update_deferred << 1 | w->machine->work << 2)
		         << at;
	return field;
}

static inline bool has_partner(const struct writer *w, uint32_t task)
{
	const unsigned pcs = 1u << PC_BORN | 1u << PC_FORKS | 1u << PC_VFORKS | 1u << PC_SHOWS |
	                     1u << PC_VSHOWS | 1u << PC_WAITS;

	return pcs >> w->machine->pc[task] & 1;
}

static inline void put_left(struct bits *bits, const struct writer *w)
{
	const struct pack_layout *layout = w->layout;

	for (unsigned i = 0; i < layout->ops_count; i++)
		put_bits(bits, w->machine->left[layout->ops[i]], layout->left_bits[layout->ops[i]]);
}

/* Put @value where it belongs among @count sorted ones. */
static inline void insert(uint64_t *sorted, uint32_t count, uint64_t value)
{
	for (; count > 0 && sorted[count - 1] > value; count--)
		sorted[count] = sorted[count - 1];
	sorted[count] = value;
}

#endif
