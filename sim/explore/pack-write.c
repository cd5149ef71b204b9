/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <string.h>

#include "sim/explore/pack-private.h"

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
	w->words = model_words((struct model *)model, w->mm);
}

/* Fields into words, 64 bits at a time. */
struct bits {
	uint64_t word[PACK_WORDS_MAX / 2 + 1];
	uint64_t part;
	unsigned fill, full; /* bits of part; words that are complete */
};

static inline void put(struct bits *bits, uint64_t value, unsigned count)
{
	bits->part |= value << bits->fill;
	bits->fill += count;
	if (bits->fill < 64)
		return;
	bits->word[bits->full++] = bits->part;
	bits->fill -= 64;
	bits->part = bits->fill ? value >> (count - bits->fill) : 0;
}

static void copy_out(const struct pack_layout *layout, const uint64_t *words, uint32_t *key)
{
	if (IS_LITTLE_ENDIAN) {
		pack_copy(key, (const uint32_t *)words, layout->words);
	} else {
		for (unsigned i = 0; i < layout->words; i++)
			key[i] = (uint32_t)(words[i / 2] >> i % 2 * 32);
	}
	pack_set_depth(layout, key, 0);
}

static void finish(const struct pack_layout *layout, struct bits *bits, uint32_t *key)
{
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

/* Does it matter where @task sits? Of a child that is being born, of any task in the queue of a CPU
 * whose rq lock is held, and of every task where none floats. */
static inline bool sits(const struct writer *w, uint32_t task)
{
	enum machine_pc pc = w->machine->pc[task];

	if (pc == PC_FREE || is_running(w, task))
		return false;
	return pc == PC_BORN || !w->layout->floats ||
	       w->model_cpus[w->model_tasks[task].cpu].phase != CPU_FREE;
}

/* On the list of users. One that returns from an exec may be there and not yet active. */
static inline bool is_user(const struct writer *w, uint32_t task)
{
	return w->model_tasks[task].active || w->machine->pc[task] == PC_RETURNS;
}

/* Names */

/* In the order of the list of users, from the newest on. */
static void order_users_by_list(struct writer *w)
{
	uint32_t count = 0, task = w->mm->newest;

	for (; count < w->mm->users; task = w->model_tasks[task].older) {
		w->task_name[task] = (uint8_t)count;
		w->tasks[count++] = (uint8_t)task;
	}
}

/* What there is of @task, who is not on the list: its content, and which user's vfork it is. */
static uint64_t other_content(const struct writer *w, uint32_t task)
{
	uint64_t content = task_content(w, task) << 8;

	for (uint32_t user = 0; w->layout->partners && user < w->layout->config.tasks_max; user++) {
		if (w->machine->pc[user] == PC_WAITS && w->machine->partner[user] == task)
			content |= w->task_name[user] + 1u;
	}
	return content;
}

/* Behind them those that are not on it, by what they are in the middle of and where. */
static void order_others(struct writer *w)
{
	uint32_t count = w->mm->users, first = count;
	uint64_t key[MACHINE_TASKS_MAX];

	for (uint32_t task = 0; task < w->layout->config.tasks_max; task++) {
		uint32_t at = count;

		if (is_user(w, task))
			continue;
		key[task] =
			w->machine->pc[task] == PC_FREE ? UINT64_MAX : other_content(w, task) << 8;
		if (w->machine->pc[task] != PC_FREE && (is_running(w, task) || sits(w, task)))
			key[task] |= (w->cpu_name[w->model_tasks[task].cpu] + 1u) << 1 |
			             is_running(w, task);
		for (; at > first && key[w->tasks[at - 1]] > key[task]; at--)
			w->tasks[at] = w->tasks[at - 1];
		w->tasks[at] = (uint8_t)task;
		count++;
	}
}

/* The walk waits for the rq lock of @task's CPU. */
static bool is_waited_for(const struct writer *w, uint32_t task)
{
	return w->machine->waiting && w->mm->phase == PHASE_WALK_TASKS && w->mm->cursor == task;
}

/* What tells tasks apart before all have their names: of two that it does not tell apart it does
 * not matter which is which. */
static uint64_t distinction(const struct writer *w, uint32_t task)
{
	if (w->layout->config.any_task_order)
		return task_content(w, task) << 1 | is_waited_for(w, task);
	if (is_user(w, task))
		return w->task_name[task];
	return other_content(w, task) + MACHINE_TASKS_MAX;
}

static void sort(uint8_t *sorted, const uint64_t *key, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t j = i;

		for (; j > 0 && key[sorted[j - 1]] > key[i]; j--)
			sorted[j] = sorted[j - 1];
		sorted[j] = (uint8_t)i;
	}
}

/* What CPUs are ordered by: what is on them, then who sits there. */
struct cpu_rank {
	uint64_t key;
	uint32_t count;
	uint64_t sitting[MACHINE_TASKS_MAX]; /* distinctions, sorted */
};

static bool is_after(const struct cpu_rank *a, const struct cpu_rank *b)
{
	if (a->key != b->key)
		return a->key > b->key;
	if (a->count != b->count)
		return a->count > b->count;
	for (uint32_t i = 0; i < a->count; i++) {
		if (a->sitting[i] != b->sitting[i])
			return a->sitting[i] > b->sitting[i];
	}
	return false;
}

/* Put @value where it belongs among @count sorted ones. */
static inline void insert(uint64_t *sorted, uint32_t count, uint64_t value)
{
	for (; count > 0 && sorted[count - 1] > value; count--)
		sorted[count] = sorted[count - 1];
	sorted[count] = value;
}

static uint64_t cpu_rank_key(const struct writer *w, uint32_t cpu)
{
	uint32_t curr = w->model_cpus[cpu].curr;
	uint64_t key = (uint64_t) !(w->layout->config.allowed >> cpu & 1) << 63;

	if (w->machine->waiting && w->mm->phase == PHASE_WALK_CPUS && w->mm->cursor == cpu)
		key |= UINT64_C(1) << 62;
	key |= cpu_content(w, cpu) << 40;
	return curr == TASK_NONE ? key : key | distinction(w, curr);
}

static void order_cpus(struct writer *w)
{
	const struct machine_config *config = &w->layout->config;
	struct cpu_rank rank[MACHINE_CPUS_MAX];

	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		rank[cpu].key = cpu_rank_key(w, cpu);
		rank[cpu].count = 0;
	}
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		struct cpu_rank *at = &rank[w->model_tasks[task].cpu];

		if (sits(w, task))
			insert(at->sitting, at->count++, distinction(w, task));
	}
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		uint32_t i = cpu;

		for (; i > 0 && is_after(&rank[w->cpus[i - 1]], &rank[cpu]); i--)
			w->cpus[i] = w->cpus[i - 1];
		w->cpus[i] = (uint8_t)cpu;
	}
}

/* By where they are, in the order of the CPUs, and what they hold. */
static void order_tasks_by_content(struct writer *w)
{
	enum { RUNS, SITS, FLOATS, NONE };
	uint32_t tasks = w->layout->config.tasks_max;
	uint64_t key[MACHINE_TASKS_MAX];

	for (uint32_t task = 0; task < tasks; task++) {
		uint64_t where = w->cpu_name[w->model_tasks[task].cpu], kind = FLOATS;

		if (w->machine->pc[task] == PC_FREE) {
			kind = NONE;
			where = 0;
		} else if (is_running(w, task)) {
			kind = RUNS;
		} else if (sits(w, task)) {
			kind = SITS;
		} else {
			where = 0;
		}
		key[task] = kind << 62 | where << 56 | task_content(w, task);
		if (is_waited_for(w, task))
			key[task] |= UINT64_C(1) << 55;
	}
	sort(w->tasks, key, tasks);
}

static void name(const uint8_t *of, uint32_t count, uint8_t *names)
{
	for (uint32_t i = 0; i < count; i++)
		names[of[i]] = (uint8_t)i;
}

static void order(struct writer *w)
{
	const struct machine_config *config = &w->layout->config;

	if (!config->any_task_order)
		order_users_by_list(w);
	if (config->any_cpu_order) {
		order_cpus(w);
	} else {
		for (uint8_t cpu = 0; cpu < config->cpus_count; cpu++)
			w->cpus[cpu] = cpu;
	}
	name(w->cpus, config->cpus_count, w->cpu_name);
	if (config->any_task_order)
		order_tasks_by_content(w);
	else
		order_others(w);
	name(w->tasks, config->tasks_max, w->task_name);
}

/* Fields */

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
		return cursor;
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

static uint64_t cpu_field(const struct writer *w, uint32_t cpu)
{
	uint32_t curr = w->model_cpus[cpu].curr;
	uint64_t field = cpu_content(w, cpu);

	if (!w->layout->config.any_task_order && curr != TASK_NONE)
		field |= (uint64_t)w->task_name[curr] << w->layout->cpu_bits;
	return field;
}

static inline bool has_partner(const struct writer *w, uint32_t task)
{
	const unsigned pcs = 1u << PC_BORN | 1u << PC_FORKS | 1u << PC_VFORKS | 1u << PC_SHOWS |
	                     1u << PC_VSHOWS | 1u << PC_WAITS;

	return pcs >> w->machine->pc[task] & 1;
}

static uint64_t task_field(const struct writer *w, uint32_t task)
{
	const struct pack_layout *layout = w->layout;
	uint64_t field = task_content(w, task);
	unsigned at = layout->task_content_bits;

	if (layout->partners) {
		if (has_partner(w, task))
			field |= (uint64_t)w->task_name[w->machine->partner[task]] << at;
		at += layout->task_bits;
	}
	if (sits(w, task))
		field |= (w->cpu_name[w->model_tasks[task].cpu] + UINT64_C(1)) << at;
	return field;
}

static void put_left(struct bits *bits, const struct writer *w)
{
	const struct pack_layout *layout = w->layout;

	for (unsigned i = 0; i < layout->ops_count; i++)
		put(bits, w->machine->left[layout->ops[i]], layout->left_bits[layout->ops[i]]);
}

static void write_all(struct writer *w, uint32_t *key)
{
	const struct pack_layout *layout = w->layout;
	struct bits bits = { .part = 0 };

	order(w);
	put(&bits, mm_field(w, cursor_code(w, w->cpu_name, w->task_name)), layout->mm_bits);
	put_left(&bits, w);
	for (uint32_t i = 0; i < layout->config.cpus_count; i++)
		put(&bits, cpu_field(w, w->cpus[i]), layout->cpu_field_bits);
	for (uint32_t i = 0; i < layout->config.tasks_max; i++)
		put(&bits, task_field(w, w->tasks[i]), layout->task_field_bits);
	finish(layout, &bits, key);
}

void pack_write(const struct pack_layout *layout, const struct machine *machine, uint32_t *key)
{
	struct writer w;

	writer_init(&w, layout, machine);
	write_all(&w, key);
}

/* One step further: most steps change one CPU and one task, and no names */

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
	if (layout->floats && (contents->holds || outcome == STEP_SPINS))
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

/* Users are numbered by their list, the others also by where they are, which may have changed. */
static inline bool keeps_names(const struct writer *w, const struct touched *touched)
{
	return touched->task == TASK_NONE || is_user(w, touched->task);
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

/* Nothing is a name: what there is, sorted. As order_cpus() and order_tasks_by_content() have it,
 * of machines in which nobody sits anywhere but one child that is being born. */
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
	put(&bits, mm_field(w, cursor_code(w, NULL, NULL)), layout->mm_bits);
	put_left(&bits, w);
	for (uint32_t i = 0; i < config->cpus_count; i++)
		put(&bits, cpus[i] << 1 >> 33, layout->cpu_field_bits);
	for (uint32_t i = 0; i < config->cpus_count; i++) {
		uint64_t phase = cpus[i] >> 32 & pack_mask(PACK_PHASE_BITS);

		if (cpus[i] & 1)
			where = i + 1;
		if (phase == PHASE_IDLES || phase == PHASE_BETWEEN)
			continue;
		put(&bits, (cpus[i] & UINT32_MAX) >> 1, layout->task_field_bits);
		left--;
	}
	if (child != TASK_NONE) {
		put(&bits, task_content(w, child) | where << layout->task_content_bits,
			layout->task_field_bits);
		left--;
	}
	for (uint32_t i = 0; i < floats_count; i++)
		put(&bits, floats[i], layout->task_field_bits);
	for (left -= floats_count; left > 0; left--)
		put(&bits, 0, layout->task_field_bits);
	finish(layout, &bits, key);
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
		write_all(&w, key);
	} else if (!config->any_cpu_order && !config->any_task_order && keeps_names(&w, &touched)) {
		write_patched(&w, contents, &touched, key);
	} else if (config->any_cpu_order && config->any_task_order && layout->floats &&
		   !machine->waiting) {
		write_sorted(&w, contents, &touched, key);
	} else {
		write_all(&w, key);
	}
}
