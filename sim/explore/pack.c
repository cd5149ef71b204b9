/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/pack.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

#include "model/mm.h"

/* Phases of a CPU as packed; spinning: + the mode that the switch has read. */
enum { PHASE_IDLES, PHASE_RUNS, PHASE_BETWEEN, PHASE_SPINS, PHASE_CODES = PHASE_SPINS + 4 };
enum { PHASE_BITS = 3, MODE_BITS = 2, MM_PHASE_BITS = 3, FAULT_BITS = 2 };

static unsigned bits_for(unsigned codes)
{
	unsigned bits = 0;

	while ((1u << bits) < codes)
		bits++;
	return bits;
}

/* Layout */

static bool pc_occurs(const struct machine_config *config, enum machine_pc pc)
{
	const uint8_t *may = config->may;
	bool forks = may[MACHINE_FORKS] || may[MACHINE_CLONE_VMS];

	switch (pc) {
	case PC_FREE:
	case PC_USER:
		return true;
	case PC_DEAD:
	case PC_EXITS:
		return may[MACHINE_EXITS] || may[MACHINE_EXECS] || config->may_all_exit;
	case PC_BORN:
		return forks || may[MACHINE_VFORKS];
	case PC_FORKS:
		return forks;
	case PC_SHOWS:
		return forks && config->protocol.early_count;
	case PC_VFORKS:
	case PC_WAITS:
		return may[MACHINE_VFORKS];
	case PC_VSHOWS:
		return may[MACHINE_VFORKS] && config->protocol.early_count;
	case PC_LEAVES:
	case PC_EXEC:
		return may[MACHINE_EXECS];
	case PC_LEAVES_TO_FAIL:
	case PC_EXEC_TO_FAIL:
	case PC_RETURNS:
		return may[MACHINE_FAILED_EXECS];
	case PC_COUNT:
		break;
	}
	return false;
}

static void layout_pcs(struct pack_layout *layout)
{
	uint8_t codes = 0;

	for (unsigned pc = 0; pc < PC_COUNT; pc++) {
		if (!pc_occurs(&layout->config, pc))
			continue;
		layout->pc_code[pc] = codes;
		layout->pc_of[codes++] = (uint8_t)pc;
	}
	layout->pc_bits = bits_for(codes);
}

/* Words of a CPU: owned ones, task-owned, all others; or all that a task's can be. */
static unsigned cpu_word_codes(const struct pack_layout *layout)
{
	unsigned cpus = layout->config.cpus_count;

	return layout->cpu_numbers ? 3 * cpus + 2 : cpus + 2;
}

static unsigned groups_count(const struct machine_config *config)
{
	/* Only a walk over the system asks for groups. New ones are beyond MACHINE_TASKS_MAX. */
	return config->protocol.walk_users == WALK_USERS_LIST ? 1 : 2 * MACHINE_TASKS_MAX;
}

static bool leaves_occur(const struct machine_config *config)
{
	const uint8_t *may = config->may;

	return may[MACHINE_EXITS] || may[MACHINE_EXECS] || may[MACHINE_FAILED_EXECS] ||
	       may[MACHINE_AFFINITIES] || config->may_all_exit;
}

/* Bits of a state at the most. */
static unsigned layout_bits(const struct pack_layout *layout)
{
	const struct machine_config *config = &layout->config;
	unsigned cpus = config->cpus_count, tasks = config->tasks_max;
	unsigned fixed = MODE_BITS + MM_PHASE_BITS + FAULT_BITS + 1 /* waiting */ + cpus /* pool */;
	unsigned cpu = PHASE_BITS + layout->cpu_bits + layout->found_bits;
	unsigned task = layout->pc_bits + layout->word_bits + layout->group_bits;

	fixed += layout->thrs_bits + layout->cursor_bits + layout->task_bits;
	fixed += layout->passes ? 1 + layout->budget_bits : 0;
	fixed += layout->affinities ? 3 : 0;
	for (unsigned op = 0; op < MACHINE_OPS; op++)
		fixed += layout->left_bits[op];
	cpu += layout->walked_cpus + (layout->views ? 2 : 0);
	cpu += config->any_task_order ? 0 : layout->task_bits;
	task += layout->walked_tasks + layout->affinities;
	task += layout->partners ? layout->task_bits : 0;
	task += bits_for(cpus + 1); /* where it sits */
	return fixed + cpus * cpu + tasks * task;
}

bool pack_layout_init(struct pack_layout *layout, const struct machine_config *config)
{
	const struct protocol *protocol = &config->protocol;
	unsigned cpus = config->cpus_count, tasks = config->tasks_max, bits;

	memset(layout, 0, sizeof(*layout));
	layout->config = *config;
	layout->number_bits = bits_for(cpus);
	layout->task_bits = bits_for(tasks + 1);
	layout->cursor_bits = bits_for(MAX(tasks, cpus) + 1);
	layout->thrs_bits = bits_for(cpus + 2); /* no policy asks for more than cpus + 1 */
	layout->budget_bits = bits_for(tasks + 1);
	layout->found_bits = protocol->split_get ? bits_for(cpus + 1) : 0;
	layout->cpu_numbers =
		protocol->exit_change == EXIT_DROPS_CPU && !protocol->drop_tests_owned;
	layout->word_bits = bits_for(3 * cpus + 2);
	layout->cpu_bits = bits_for(cpu_word_codes(layout));
	layout->group_bits = bits_for(groups_count(config));
	layout->partners = protocol->early_count || config->may[MACHINE_VFORKS];
	layout->walked_cpus = config->any_cpu_order && leaves_occur(config);
	layout->walked_tasks = config->any_task_order;
	layout->passes = protocol->walk_users == WALK_USERS_SYSTEM;
	layout->views = config->weak && protocol->split_mode;
	layout->affinities = config->may[MACHINE_AFFINITIES] > 0;
	for (unsigned op = 0; op < MACHINE_OPS; op++)
		layout->left_bits[op] = bits_for(config->may[op] + 1u);
	layout_pcs(layout);
	bits = layout_bits(layout) + PACK_DEPTH_BITS;
	layout->words = (bits + 31) / 32;
	if (layout->words > PACK_WORDS_MAX)
		return false;
	layout->blank = g_new(struct machine, 1);
	machine_start(layout->blank, config);
	return true;
}

void pack_layout_free(struct pack_layout *layout)
{
	g_free(layout->blank);
	layout->blank = NULL;
}

/* Bits */

struct bits {
	uint64_t word[PACK_WORDS_MAX / 2 + 1];
	unsigned at;
};

static inline void put(struct bits *bits, uint64_t value, unsigned count)
{
	unsigned word = bits->at / 64, shift = bits->at % 64;

	bits->word[word] |= value << shift;
	if (shift + count > 64)
		bits->word[word + 1] |= value >> (64 - shift);
	bits->at += count;
}

static inline uint64_t get(struct bits *bits, unsigned count)
{
	unsigned word = bits->at / 64, shift = bits->at % 64;
	uint64_t value = bits->word[word] >> shift;

	if (shift + count > 64)
		value |= bits->word[word + 1] << (64 - shift);
	bits->at += count;
	return value & ((UINT64_C(1) << count) - 1);
}

/* Words of a CID as codes: task-owned, CPU-owned, in transit numbers; unset; unset in transit (B7).
 */

static inline uint32_t word_code(cid_word word, uint32_t cpus)
{
	uint32_t number = word & CID_NUMBER;

	switch (word >> 13) {
	case 0:
		return number;
	case CID_ONCPU >> 13:
		return cpus + number;
	case CID_TRANSIT >> 13:
		return 2 * cpus + number;
	case CID_UNSET >> 13:
		return 3 * cpus;
	default:
		return 3 * cpus + 1;
	}
}

static inline cid_word word_of(uint32_t code, uint32_t cpus)
{
	if (code < cpus)
		return (cid_word)code;
	if (code < 2 * cpus)
		return (cid_word)((code - cpus) | CID_ONCPU);
	if (code < 3 * cpus)
		return (cid_word)((code - 2 * cpus) | CID_TRANSIT);
	return code == 3 * cpus ? CID_UNSET : CID_UNSET | CID_TRANSIT;
}

static inline uint32_t cpu_word_code(const struct pack_layout *layout, cid_word word)
{
	uint32_t cpus = layout->config.cpus_count;

	if (layout->cpu_numbers)
		return word_code(word, cpus);
	if (cid_is_cpu_owned(word))
		return word & CID_NUMBER;
	return cid_is_task_owned(word) ? cpus : cpus + 1;
}

static inline cid_word cpu_word_of(const struct pack_layout *layout, uint32_t code)
{
	uint32_t cpus = layout->config.cpus_count;

	if (layout->cpu_numbers)
		return word_of(code, cpus);
	if (code < cpus)
		return (cid_word)(code | CID_ONCPU);
	return code == cpus ? 0 : CID_UNSET;
}

/* Writing */

enum { TASK_SORT_RUNS, TASK_SORT_SITS, TASK_SORT_FLOATS, TASK_SORT_NONE };

struct writer {
	const struct pack_layout *layout;
	const struct machine *machine;
	const struct model *model;
	const struct model_mm *mm;
	uint32_t cpu_content[MACHINE_CPUS_MAX];
	uint32_t task_content[MACHINE_TASKS_MAX];
	uint64_t cpu_key[MACHINE_CPUS_MAX];
	uint32_t task_key[MACHINE_TASKS_MAX];
	uint8_t cpus[MACHINE_CPUS_MAX], tasks[MACHINE_TASKS_MAX];       /* packed -> machine's */
	uint8_t cpu_name[MACHINE_CPUS_MAX], task_name[MACHINE_TASKS_MAX]; /* and back */
	uint16_t sits; /* tasks that are said to sit on a CPU without running there */
	bool spins;    /* some CPU does */
	struct bits bits;
};

static uint32_t cpu_content(struct writer *w, uint32_t cpu)
{
	const struct pack_layout *layout = w->layout;
	const struct model_cpu *c = model_cpu_const(w->model, cpu);
	const cid_word *words = model_words((struct model *)w->model, w->mm);
	uint32_t phase = c->curr == TASK_NONE ? PHASE_IDLES : PHASE_RUNS, content;

	if (c->phase == CPU_SPINS) {
		phase = PHASE_SPINS + c->mode;
		w->spins = true;
	} else if (c->phase == CPU_BETWEEN) {
		phase = PHASE_BETWEEN;
		w->spins = true;
	}
	content = phase | cpu_word_code(layout, words[cpu]) << PHASE_BITS;
	content |= (uint32_t)c->found << (PHASE_BITS + layout->cpu_bits);
	if (layout->walked_cpus && w->mm->phase == PHASE_WALK_CPUS)
		content |= (w->machine->walked >> cpu & 1u)
		           << (PHASE_BITS + layout->cpu_bits + layout->found_bits);
	if (layout->views)
		content |= (uint32_t)w->machine->view[cpu]
		           << (PHASE_BITS + layout->cpu_bits + layout->found_bits +
				      layout->walked_cpus);
	return content;
}

static unsigned cpu_content_bits(const struct pack_layout *layout)
{
	return PHASE_BITS + layout->cpu_bits + layout->found_bits + layout->walked_cpus +
	       (layout->views ? 2 : 0);
}

static uint32_t task_content(const struct writer *w, uint32_t task, bool running)
{
	const struct pack_layout *layout = w->layout;
	const struct model_task *t = model_task_const(w->model, task);
	cid_word word = t->cid;
	uint32_t content;
	unsigned at = layout->pc_bits;

	if (!running && cid_is_cpu_owned(word))
		word = CID_ONCPU;
	content = layout->pc_code[w->machine->pc[task]];
	content |= word_code(word, layout->config.cpus_count) << at;
	at += layout->word_bits;
	content |= (layout->group_bits ? (uint32_t)t->group : 0) << at;
	at += layout->group_bits;
	if (layout->walked_tasks) {
		if (w->mm->phase == PHASE_WALK_TASKS)
			content |= (w->machine->walked >> task & 1u) << at;
		at++;
	}
	if (layout->affinities)
		content |= (w->machine->wide >> task & 1u) << at;
	return content;
}

static unsigned task_content_bits(const struct pack_layout *layout)
{
	return layout->pc_bits + layout->word_bits + layout->group_bits + layout->walked_tasks +
	       layout->affinities;
}

/* Does @task, which does not run, sit where it sits for a reason? Else it floats. */
static bool task_sits(const struct writer *w, uint32_t task)
{
	uint32_t cpu = model_task_const(w->model, task)->cpu;

	return w->machine->pc[task] == PC_BORN || !w->layout->config.reduced ||
	       model_cpu_const(w->model, cpu)->phase != CPU_FREE;
}

static void gather(struct writer *w)
{
	const struct machine_config *config = &w->layout->config;
	uint16_t runs = 0;

	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		uint32_t curr = model_cpu_const(w->model, cpu)->curr;

		w->cpu_content[cpu] = cpu_content(w, cpu);
		if (curr != TASK_NONE)
			runs |= (uint16_t)(1u << curr);
	}
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		bool running = runs >> task & 1;

		if (w->machine->pc[task] == PC_FREE) {
			w->task_content[task] = 0;
			w->task_key[task] = (uint32_t)TASK_SORT_NONE << 30;
			continue;
		}
		w->task_content[task] = task_content(w, task, running);
		w->task_key[task] = (uint32_t)(running ? TASK_SORT_RUNS : TASK_SORT_FLOATS) << 30;
		if (!running && task_sits(w, task)) {
			w->sits |= (uint16_t)(1u << task);
			w->task_key[task] = (uint32_t)TASK_SORT_SITS << 30;
		}
	}
}

/* In the order of the list of users, from the newest on, then those that are not on it. */
static void order_tasks_by_list(struct writer *w)
{
	uint32_t tasks = w->layout->config.tasks_max, count = 0, task = w->mm->newest;

	for (; count < w->mm->users; task = model_task_const(w->model, task)->older) {
		w->task_name[task] = (uint8_t)count;
		w->tasks[count++] = (uint8_t)task;
	}
	for (task = 0; task < tasks; task++) {
		if (w->machine->pc[task] != PC_FREE && !model_task_const(w->model, task)->active) {
			w->task_name[task] = (uint8_t)count;
			w->tasks[count++] = (uint8_t)task;
		}
	}
	for (task = 0; task < tasks; task++) {
		if (w->machine->pc[task] == PC_FREE) {
			w->task_name[task] = (uint8_t)count;
			w->tasks[count++] = (uint8_t)task;
		}
	}
}

/* By what is on it. What sits there is only mixed in: two CPUs that the mix does not tell apart keep
 * their order, which costs a state at worst. */
static void order_cpus(struct writer *w)
{
	const struct machine_config *config = &w->layout->config;
	uint32_t cpus = config->cpus_count;

	for (uint32_t cpu = 0; cpu < cpus; cpu++) {
		uint32_t curr = model_cpu_const(w->model, cpu)->curr, on = 0;

		w->cpus[cpu] = (uint8_t)cpu;
		if (!config->any_cpu_order)
			continue;
		if (curr != TASK_NONE)
			on = config->any_task_order ? w->task_content[curr] : w->task_name[curr];
		w->cpu_key[cpu] = (uint64_t)!(config->allowed >> cpu & 1) << 63 |
		                  (uint64_t)w->cpu_content[cpu] << 40 | (uint64_t)on << 16;
		if (w->machine->waiting && w->mm->phase == PHASE_WALK_CPUS &&
			w->mm->cursor == cpu)
			w->cpu_key[cpu] |= UINT64_C(1) << 62;
	}
	if (!config->any_cpu_order)
		return;
	for (uint16_t sits = w->sits; sits; sits &= (uint16_t)(sits - 1)) {
		uint32_t task = (uint32_t)__builtin_ctz(sits);
		uint32_t what = config->any_task_order ? w->task_content[task] : w->task_name[task];

		w->cpu_key[model_task_const(w->model, task)->cpu] +=
			(what + 1) * 0x9e5u & 0xfffu;
	}
	for (uint32_t i = 1; i < cpus; i++) {
		uint8_t cpu = w->cpus[i];
		uint32_t j = i;

		for (; j > 0 && w->cpu_key[w->cpus[j - 1]] > w->cpu_key[cpu]; j--)
			w->cpus[j] = w->cpus[j - 1];
		w->cpus[j] = cpu;
	}
}

/* By where they are, in the order of the CPUs, and what they hold. */
static void order_tasks_by_content(struct writer *w)
{
	uint32_t tasks = w->layout->config.tasks_max;

	for (uint32_t task = 0; task < tasks; task++) {
		uint32_t where = 0, i = task;

		if (w->task_key[task] >> 30 < TASK_SORT_FLOATS)
			where = w->cpu_name[model_task_const(w->model, task)->cpu];
		w->task_key[task] |= where << 25 | w->task_content[task];
		if (w->machine->waiting && w->mm->phase == PHASE_WALK_TASKS &&
			w->mm->cursor == task)
			w->task_key[task] |= 1u << 24;
		for (; i > 0 && w->task_key[w->tasks[i - 1]] > w->task_key[task]; i--)
			w->tasks[i] = w->tasks[i - 1];
		w->tasks[i] = (uint8_t)task;
	}
	for (uint32_t i = 0; i < tasks; i++)
		w->task_name[w->tasks[i]] = (uint8_t)i;
}

/* The next task or CPU of the walk, or a number found. */
static uint32_t cursor_code(const struct writer *w)
{
	const struct machine_config *config = &w->layout->config;
	const struct model_mm *mm = w->mm;

	switch ((enum mm_phase)mm->phase) {
	case PHASE_WALK_CPUS:
		if (config->any_cpu_order && !w->machine->waiting)
			return 0;
		return w->cpu_name[mm->cursor];
	case PHASE_WALK_TASKS:
		if (config->any_task_order && !w->machine->waiting)
			return 0;
		return w->task_name[mm->cursor];
	case PHASE_GET_LOCKED:
	case PHASE_GET_MUTEX:
		return mm->cursor;
	case PHASE_IDLE:
	case PHASE_COMPLETE:
		break;
	}
	return 0;
}

static void write_mm(struct writer *w)
{
	const struct pack_layout *layout = w->layout;
	const struct machine_config *config = &layout->config;
	const struct model_mm *mm = w->mm;
	bool held = mm->phase != PHASE_IDLE && mm->initiator != TASK_NONE;

	put(&w->bits, mm->mode, MODE_BITS);
	put(&w->bits, mm->phase, MM_PHASE_BITS);
	put(&w->bits, mm->faults, FAULT_BITS);
	put(&w->bits, w->machine->waiting, 1);
	put(&w->bits, mm->pool, config->cpus_count);
	put(&w->bits, mm->pcpu_thrs, layout->thrs_bits);
	put(&w->bits, cursor_code(w), layout->cursor_bits);
	put(&w->bits, held ? w->task_name[mm->initiator] + 1u : 0, layout->task_bits);
	if (layout->passes) {
		put(&w->bits, mm->pass, 1);
		put(&w->bits, mm->budget, layout->budget_bits);
	}
	if (layout->affinities)
		put(&w->bits, (mm->allowed != config->allowed) | mm->update_deferred << 1 |
				w->machine->work << 2, 3);
	for (unsigned op = 0; op < MACHINE_OPS; op++) {
		if (layout->left_bits[op])
			put(&w->bits, w->machine->left[op], layout->left_bits[op]);
	}
}

static void write_cpus(struct writer *w)
{
	const struct pack_layout *layout = w->layout;
	unsigned bits = cpu_content_bits(layout);

	for (uint32_t i = 0; i < layout->config.cpus_count; i++) {
		uint32_t cpu = w->cpus[i], curr = model_cpu_const(w->model, cpu)->curr;

		put(&w->bits, w->cpu_content[cpu], bits);
		if (curr != TASK_NONE && !layout->config.any_task_order)
			put(&w->bits, w->task_name[curr], layout->task_bits);
	}
}

/* Where it sits needs saying of a child that is being born, of any task while a rq lock is held, and
 * of every task where none floats. */
static bool says_where(const struct pack_layout *layout, bool spins, enum machine_pc pc)
{
	return pc == PC_BORN || (pc != PC_FREE && (spins || !layout->config.reduced));
}

static void write_tasks(struct writer *w)
{
	const struct pack_layout *layout = w->layout;
	unsigned bits = task_content_bits(layout);
	unsigned where_bits = bits_for(layout->config.cpus_count + 1);

	for (uint32_t i = 0; i < layout->config.tasks_max; i++) {
		uint32_t task = w->tasks[i];
		enum machine_pc pc = w->machine->pc[task];

		put(&w->bits, w->task_content[task], bits);
		if (layout->partners)
			put(&w->bits, pc == PC_FREE ? 0 : w->task_name[w->machine->partner[task]],
				layout->task_bits);
		if (!says_where(layout, w->spins, pc))
			continue;
		put(&w->bits,
			w->sits >> task & 1
				? w->cpu_name[model_task_const(w->model, task)->cpu] + 1u
				: 0,
			where_bits);
	}
}

void pack_write(const struct pack_layout *layout, const struct machine *machine, uint32_t *key,
	struct pack_names *names)
{
	struct writer w = {
		.layout = layout,
		.machine = machine,
		.model = machine_model_const(machine),
		.mm = machine_mm(machine),
	};
	const struct machine_config *config = &layout->config;

	gather(&w);
	if (!config->any_task_order)
		order_tasks_by_list(&w);
	order_cpus(&w);
	for (uint32_t i = 0; i < config->cpus_count; i++)
		w.cpu_name[w.cpus[i]] = (uint8_t)i;
	if (config->any_task_order)
		order_tasks_by_content(&w);
	write_mm(&w);
	write_cpus(&w);
	write_tasks(&w);
	memcpy(key, w.bits.word, layout->words * sizeof(*key));
	pack_set_depth(layout, key, 0);
	if (names) {
		memcpy(names->cpu, w.cpus, sizeof(names->cpu));
		memcpy(names->task, w.tasks, sizeof(names->task));
	}
}

/* Reading */

struct reader {
	const struct pack_layout *layout;
	struct machine *machine;
	struct model *model;
	struct model_mm *mm;
	struct bits bits;
	uint32_t cpu_content[MACHINE_CPUS_MAX];
	uint64_t task_content[MACHINE_TASKS_MAX]; /* and all else that is said of it */
	uint8_t lowest_free[2]; /* CPU whose rq lock is free: allowed at the start; of all */
	uint16_t runs;          /* tasks that do */
	bool spins;
};

static void read_mm(struct reader *r)
{
	const struct pack_layout *layout = r->layout;
	const struct machine_config *config = &layout->config;
	struct model_mm *mm = r->mm;
	uint32_t initiator, affinity;

	mm->mode = (uint8_t)get(&r->bits, MODE_BITS);
	mm->phase = (uint8_t)get(&r->bits, MM_PHASE_BITS);
	mm->faults = (uint8_t)get(&r->bits, FAULT_BITS);
	r->machine->waiting = (uint8_t)get(&r->bits, 1);
	mm->pool = get(&r->bits, config->cpus_count);
	mm->taken = (uint32_t)__builtin_popcountll(mm->pool);
	mm->pcpu_thrs = (uint32_t)get(&r->bits, layout->thrs_bits);
	mm->cursor = (uint32_t)get(&r->bits, layout->cursor_bits);
	initiator = (uint32_t)get(&r->bits, layout->task_bits);
	mm->initiator = initiator ? initiator - 1 : TASK_NONE;
	if (layout->passes) {
		mm->pass = (uint8_t)get(&r->bits, 1);
		mm->budget = (uint32_t)get(&r->bits, layout->budget_bits);
	}
	if (layout->affinities) {
		affinity = (uint32_t)get(&r->bits, 3);
		mm->allowed = affinity & 1 ? (UINT64_C(1) << config->cpus_count) - 1
		                           : config->allowed;
		mm->allowed_count = (uint32_t)__builtin_popcountll(mm->allowed);
		mm->update_deferred = affinity >> 1 & 1;
		r->machine->work = affinity >> 2 & 1;
	}
	for (unsigned op = 0; op < MACHINE_OPS; op++) {
		if (layout->left_bits[op])
			r->machine->left[op] = (uint8_t)get(&r->bits, layout->left_bits[op]);
	}
}

static void read_cpu(struct reader *r, uint32_t cpu, uint32_t *next)
{
	const struct pack_layout *layout = r->layout;
	struct model_cpu *c = model_cpu(r->model, cpu);
	uint32_t content = (uint32_t)get(&r->bits, cpu_content_bits(layout));
	uint32_t phase = content & ((1u << PHASE_BITS) - 1);
	uint32_t rest = content >> PHASE_BITS;

	r->cpu_content[cpu] = content;
	model_words(r->model, r->mm)[cpu] =
		cpu_word_of(layout, rest & ((1u << layout->cpu_bits) - 1));
	rest >>= layout->cpu_bits;
	c->found = (uint16_t)(rest & ((1u << layout->found_bits) - 1));
	rest >>= layout->found_bits;
	if (layout->walked_cpus) {
		r->machine->walked |= (uint16_t)((rest & 1) << cpu);
		rest >>= 1;
	}
	r->machine->view[cpu] = layout->views ? rest & 3 : 0;
	c->phase = CPU_FREE;
	c->mode = 0;
	c->curr = TASK_NONE;
	if (phase >= PHASE_SPINS) {
		c->phase = CPU_SPINS;
		c->mode = (uint8_t)(phase - PHASE_SPINS);
		r->spins = true;
	} else if (phase == PHASE_BETWEEN) {
		c->phase = CPU_BETWEEN;
		r->spins = true;
	}
	if (phase != PHASE_IDLES && phase != PHASE_BETWEEN) {
		c->curr = layout->config.any_task_order
		                  ? (*next)++
		                  : (uint32_t)get(&r->bits, layout->task_bits);
		r->runs |= (uint16_t)(1u << c->curr);
	}
}

static void read_cpus(struct reader *r)
{
	const struct machine_config *config = &r->layout->config;
	uint32_t next = 0;

	for (uint32_t cpu = config->cpus_count; cpu-- > 0;)
		r->lowest_free[0] = r->lowest_free[1] = 0;
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++)
		read_cpu(r, cpu, &next);
	for (uint32_t cpu = config->cpus_count; cpu-- > 0;) {
		if (model_cpu(r->model, cpu)->phase != CPU_FREE)
			continue;
		r->lowest_free[1] = (uint8_t)cpu;
		if (config->allowed >> cpu & 1)
			r->lowest_free[0] = (uint8_t)cpu;
	}
}

static bool pc_is_active(enum machine_pc pc)
{
	return pc != PC_FREE && pc != PC_EXITS && pc != PC_DEAD && pc != PC_LEAVES &&
	       pc != PC_LEAVES_TO_FAIL && pc != PC_EXEC && pc != PC_EXEC_TO_FAIL;
}

static uint32_t where_is(struct reader *r, uint32_t task, enum machine_pc pc)
{
	unsigned bits = bits_for(r->layout->config.cpus_count + 1);
	uint32_t where = 0;

	if (says_where(r->layout, r->spins, pc))
		where = (uint32_t)get(&r->bits, bits);
	r->task_content[task] = r->task_content[task] << bits | where;
	if (r->runs >> task & 1) {
		for (uint32_t cpu = 0;; cpu++) {
			if (model_cpu(r->model, cpu)->curr == task)
				return cpu;
		}
	}
	return where ? where - 1 : r->lowest_free[r->machine->wide >> task & 1];
}

static void read_task(struct reader *r, uint32_t task)
{
	const struct pack_layout *layout = r->layout;
	struct model_task *t = model_task(r->model, task);
	uint32_t content = (uint32_t)get(&r->bits, task_content_bits(layout));
	uint32_t partner = layout->partners ? (uint32_t)get(&r->bits, layout->task_bits) : 0;
	enum machine_pc pc = layout->pc_of[content & ((1u << layout->pc_bits) - 1)];
	uint32_t rest = content >> layout->pc_bits;
	cid_word word = word_of(
		rest & ((1u << layout->word_bits) - 1), layout->config.cpus_count);

	r->task_content[task] = (uint64_t)content << 8 | partner;
	r->machine->pc[task] = (uint8_t)pc;
	r->machine->partner[task] = (uint8_t)partner;
	if (pc == PC_FREE) {
		memset(t, 0, sizeof(*t));
		return;
	}
	rest >>= layout->word_bits;
	*t = (struct model_task){
		.has_mm = 1,
		.active = pc_is_active(pc),
		.visible = !(layout->config.protocol.early_count && pc == PC_BORN),
		.group = rest & ((1u << layout->group_bits) - 1),
		.cid = word,
	};
	rest >>= layout->group_bits;
	if (layout->walked_tasks) {
		if (r->mm->phase == PHASE_WALK_TASKS)
			r->machine->walked |= (uint16_t)((rest & 1) << task);
		rest >>= 1;
	}
	if (layout->affinities)
		r->machine->wide |= (uint16_t)((rest & 1) << task);
	t->cpu = where_is(r, task, pc) & (MODEL_CPUS_MAX - 1);
}

/* The list of users, in the order of their numbers, the newest first. */
static void link_users(struct reader *r)
{
	uint32_t first = TASK_NONE, last = TASK_NONE, users = 0;

	for (uint32_t task = 0; task < r->layout->config.tasks_max; task++) {
		if (!model_task(r->model, task)->active)
			continue;
		users++;
		if (last == TASK_NONE) {
			first = task;
		} else {
			model_task(r->model, last)->older = task & (MODEL_TASKS_MAX - 1);
			model_task(r->model, task)->newer = last & (MODEL_TASKS_MAX - 1);
		}
		last = task;
	}
	r->mm->newest = first;
	r->mm->users = users;
	if (users > 0) {
		model_task(r->model, last)->older = first & (MODEL_TASKS_MAX - 1);
		model_task(r->model, first)->newer = last & (MODEL_TASKS_MAX - 1);
	}
	r->mm->max_cids = mm_constraints(r->model, users, r->mm->allowed_count).max_cids;
}

/* Without partners in the key there is at most one fork under way. */
static void find_partners(struct reader *r)
{
	struct machine *machine = r->machine;
	struct model_mm *mm = r->mm;
	uint32_t child = TASK_NONE;
	enum machine_pc pc;

	mm->child = TASK_NONE;
	mm->initiator_cpu = 0;
	if (mm->phase == PHASE_IDLE || mm->initiator == TASK_NONE)
		return;
	pc = machine->pc[mm->initiator];
	mm->initiator_cpu = model_task(r->model, mm->initiator)->cpu;
	if (pc == PC_RETURNS)
		mm->child = mm->initiator;
	if (pc != PC_FORKS && pc != PC_VFORKS)
		return;
	if (r->layout->partners) {
		mm->child = machine->partner[mm->initiator];
		return;
	}
	for (uint32_t task = 0; task < r->layout->config.tasks_max; task++) {
		if (machine->pc[task] == PC_BORN)
			child = task;
	}
	assert(child != TASK_NONE);
	mm->child = child;
	machine->partner[child] = (uint8_t)mm->initiator;
	machine->partner[mm->initiator] = (uint8_t)child;
}

/* A walk in any order that waits for nothing goes on anywhere. */
static void find_cursor(struct reader *r)
{
	const struct machine_config *config = &r->layout->config;
	struct model_mm *mm = r->mm;
	uint32_t limit = config->tasks_max, at = 0;
	bool cpus = mm->phase == PHASE_WALK_CPUS;

	if (r->machine->waiting || (cpus ? !config->any_cpu_order
	                                 : mm->phase != PHASE_WALK_TASKS ||
	                                           !config->any_task_order))
		return;
	if (cpus)
		limit = config->cpus_count;
	while (at < limit && (r->machine->walked >> at & 1 ||
				     (!cpus && (at == mm->initiator ||
						       !model_task(r->model, at)->active))))
		at++;
	assert(at < limit);
	mm->cursor = at;
}

/* Does @cpu run what the CPU before it runs, or idle as that does? */
static bool runs_alike(const struct reader *r, uint32_t cpu)
{
	uint32_t a = model_cpu(r->model, cpu - 1)->curr, b = model_cpu(r->model, cpu)->curr;

	if (a == TASK_NONE || b == TASK_NONE)
		return a == b;
	return r->layout->config.any_task_order && r->machine->pc[b] == PC_USER &&
	       r->task_content[a] == r->task_content[b];
}

static struct machine_twins find_twins(const struct reader *r)
{
	const struct machine_config *config = &r->layout->config;
	struct machine_twins twins = { 0, 0 };

	/* Only names that do not matter make twins; and where tasks sit in queues this would have
	 * to compare whole queues. */
	if (r->spins || !config->reduced)
		return twins;
	for (uint32_t task = 1; config->any_task_order && task < config->tasks_max; task++) {
		if (!((r->runs >> task | r->runs >> (task - 1)) & 1) &&
			r->task_content[task] == r->task_content[task - 1] &&
			r->machine->pc[task] == PC_USER)
			twins.tasks |= (uint16_t)(1u << task);
	}
	for (uint32_t cpu = 1; config->any_cpu_order && cpu < config->cpus_count; cpu++) {
		if (r->cpu_content[cpu] != r->cpu_content[cpu - 1] ||
			(config->allowed >> cpu & 1) != (config->allowed >> (cpu - 1) & 1) ||
			!runs_alike(r, cpu))
			continue;
		twins.cpus |= (uint16_t)(1u << cpu);
		if (model_cpu(r->model, cpu)->curr != TASK_NONE)
			twins.tasks |= (uint16_t)(1u << model_cpu(r->model, cpu)->curr);
	}
	return twins;
}

/* A child that is being born sits on a CPU, which is then not like another one. */
static void part_twins(const struct reader *r, struct machine_twins *twins)
{
	for (uint32_t task = 0; task < r->layout->config.tasks_max; task++) {
		uint32_t cpu = model_task(r->model, task)->cpu;

		if (r->machine->pc[task] == PC_BORN)
			twins->cpus &= (uint16_t)~(3u << cpu);
	}
}

struct machine_twins pack_read(
	const struct pack_layout *layout, const uint32_t *key, struct machine *machine)
{
	struct reader r = {
		.layout = layout,
		.machine = machine,
		.model = machine_model(machine),
	};
	struct machine_twins twins;

	machine_copy(machine, layout->blank);
	machine->wide = machine->walked = machine->work = 0;
	r.mm = model_mm(r.model, 0);
	memcpy(r.bits.word, key, layout->words * sizeof(*key));
	read_mm(&r);
	read_cpus(&r);
	for (uint32_t task = 0; task < layout->config.tasks_max; task++)
		read_task(&r, task);
	link_users(&r);
	find_partners(&r);
	find_cursor(&r);
	twins = find_twins(&r);
	part_twins(&r, &twins);
	return twins;
}
