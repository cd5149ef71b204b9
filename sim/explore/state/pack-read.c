/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <string.h>

#include "sim/explore/state/pack-private.h"

struct reader {
	const struct pack_layout *layout;
	struct machine *machine;
	struct model_mm *mm;
	struct model_cpu *cpus;
	struct model_task *tasks;
	cid_word *words;
	struct pack_contents *contents;
	uint8_t lowest_free[2]; /* CPU whose rq lock is free: allowed at the start; of all */
	bool wide;              /* all CPUs are allowed by now */
	bool rejoins_late; /* who returns from an exec is not active before its window is over */
};

static inline uint64_t get(const struct pack_contents *contents, unsigned at, unsigned bits)
{
	return pack_get(contents->key, at, bits);
}

/* The lowest @bits of *@field, which loses them. */
static inline uint32_t cut(uint64_t *field, unsigned bits)
{
	uint32_t value = (uint32_t)(*field & pack_mask(bits));

	*field >>= bits;
	return value;
}

static void read_mm(struct reader *r)
{
	const struct pack_layout *layout = r->layout;
	const struct machine_config *config = &layout->config;
	uint64_t field = get(r->contents, 0, layout->mm_bits);
	struct model_mm *mm = r->mm;
	unsigned at = layout->left_at;

	r->contents->mm = field;
	mm->mode = (uint8_t)cut(&field, PACK_MODE_BITS);
	mm->phase = (uint8_t)cut(&field, PACK_MM_PHASE_BITS);
	mm->faults = (uint8_t)cut(&field, PACK_FAULT_BITS);
	r->machine->waiting = (uint8_t)cut(&field, 1);
	mm->pool = cut(&field, config->cpus_count);
	mm->taken = (uint32_t)__builtin_popcountll(mm->pool);
	mm->pcpu_thrs = cut(&field, layout->thrs_bits);
	mm->cursor = cut(&field, layout->cursor_bits);
	mm->found = 0;
	if (mm->phase == PHASE_GET_LOCKED || mm->phase == PHASE_GET_MUTEX) {
		mm->found = (uint16_t)mm->cursor;
		mm->cursor = 0;
	}
	if (layout->passes) {
		mm->pass = (uint8_t)cut(&field, 1);
		mm->budget = cut(&field, layout->budget_bits);
	}
	if (layout->affinities) {
		r->wide = cut(&field, 1);
		mm->allowed = r->wide ? pack_mask(config->cpus_count) : config->allowed;
		mm->allowed_count = (uint32_t)__builtin_popcountll(mm->allowed);
		mm->update_deferred = (uint8_t)cut(&field, 1);
		r->machine->work = (uint8_t)cut(&field, 1);
	}
	for (unsigned i = 0; i < layout->ops_count; i++) {
		unsigned op = layout->ops[i];

		r->machine->left[op] = (uint8_t)get(r->contents, at, layout->left_bits[op]);
		at += layout->left_bits[op];
	}
}

static void read_cpu(struct reader *r, uint32_t place, uint32_t *runs)
{
	const struct pack_layout *layout = r->layout;
	uint32_t cpu = layout->cpu_at[place];
	struct model_cpu *c = &r->cpus[cpu];
	uint64_t field = get(r->contents, layout->cpus_at + place * layout->cpu_field_bits,
		layout->cpu_field_bits);
	uint32_t phase;

	r->contents->cpu[cpu] = field;
	phase = cut(&field, PACK_PHASE_BITS);
	r->words[cpu] = layout->cpu_word_of[cut(&field, layout->cpu_word_bits)];
	c->found = (uint16_t)cut(&field, layout->found_bits);
	if (layout->walked_cpus)
		r->machine->walked |= (uint16_t)(cut(&field, 1) << cpu);
	if (layout->views)
		r->machine->view[cpu] = (uint8_t)cut(&field, 2);
	c->phase = CPU_FREE;
	c->mode = 0;
	c->curr = TASK_NONE;
	if (phase >= PHASE_SPINS) {
		c->phase = CPU_SPINS;
		c->mode = (uint8_t)(phase - PHASE_SPINS);
	} else if (phase == PHASE_BETWEEN) {
		c->phase = CPU_BETWEEN;
	}
	r->contents->holds |= c->phase != CPU_FREE;
	if (phase == PHASE_IDLES || phase == PHASE_BETWEEN)
		return;
	c->curr = layout->config.any_task_order ? (*runs)++ : (uint32_t)field;
	assert(c->curr < layout->config.tasks_max);
	r->contents->runs |= (uint16_t)(1u << c->curr);
	r->tasks[c->curr].cpu = cpu & (MODEL_CPUS_MAX - 1);
}

static void read_cpus(struct reader *r)
{
	const struct machine_config *config = &r->layout->config;
	uint32_t runs = 0;

	r->lowest_free[0] = r->lowest_free[1] = 0;
	for (uint32_t place = 0; place < config->cpus_count; place++)
		read_cpu(r, place, &runs);
	for (uint32_t cpu = config->cpus_count; cpu-- > 0;) {
		if (r->cpus[cpu].phase != CPU_FREE)
			continue;
		r->lowest_free[1] = (uint8_t)cpu;
		if (config->allowed >> cpu & 1)
			r->lowest_free[0] = (uint8_t)cpu;
	}
}

static void read_task(struct reader *r, uint32_t task)
{
	const struct pack_layout *layout = r->layout;
	struct model_task *t = &r->tasks[task];
	uint64_t field = get(r->contents, layout->tasks_at + task * layout->task_field_bits,
		layout->task_field_bits);
	uint32_t cpu = t->cpu, where; /* of one that runs: known by now */
	enum machine_pc pc;

	assert((field & pack_mask(layout->pc_bits)) < PC_COUNT);
	r->contents->task[task] = field;
	pc = layout->pc_of[cut(&field, layout->pc_bits)];
	r->machine->pc[task] = (uint8_t)pc;
	r->machine->partner[task] = 0;
	memset(t, 0, sizeof(*t));
	if (pc == PC_FREE)
		return;
	t->has_mm = 1;
	t->active = pack_is_user(pc) && !(pc == PC_RETURNS && r->rejoins_late);
	t->visible = !(layout->config.protocol.early_count && pc == PC_BORN);
	t->cid = layout->word_of[cut(&field, layout->word_bits)];
	t->group = cut(&field, layout->group_bits) & (MODEL_TASKS_MAX - 1);
	if (layout->walked_tasks)
		r->machine->walked |= (uint16_t)(cut(&field, 1) << task);
	if (layout->affinities)
		r->machine->wide |= (uint16_t)(cut(&field, 1) << task);
	if (layout->partners)
		r->machine->partner[task] = (uint8_t)cut(&field, layout->task_bits);
	where = (uint32_t)field;
	if (where > 0)
		cpu = layout->cpu_at[where - 1];
	else if (!(r->contents->runs >> task & 1))
		cpu = r->lowest_free[r->machine->wide >> task & 1];
	t->cpu = cpu & (MODEL_CPUS_MAX - 1);
}

/* The list, in the order of their numbers, the newest first. */
static void link_users(struct reader *r)
{
	uint32_t first = TASK_NONE, last = TASK_NONE, users = 0;

	for (uint32_t task = 0; task < r->layout->config.tasks_max; task++) {
		enum machine_pc pc = r->machine->pc[task];

		if (!pack_has_place(r->layout, pc))
			continue;
		users += pack_is_user(pc);
		r->tasks[task].listed = 1;
		if (last == TASK_NONE) {
			first = task;
		} else {
			r->tasks[last].older = task & (MODEL_TASKS_MAX - 1);
			r->tasks[task].newer = last & (MODEL_TASKS_MAX - 1);
		}
		last = task;
	}
	r->mm->newest = first;
	r->mm->users = users;
	r->mm->max_cids = r->layout->max_cids[r->wide][users];
	if (last != TASK_NONE) {
		r->tasks[last].older = first & (MODEL_TASKS_MAX - 1);
		r->tasks[first].newer = last & (MODEL_TASKS_MAX - 1);
	}
}

/* Who holds the mutex is in the middle of what only its holder can be in the middle of. */
static void find_initiator(struct reader *r)
{
	const unsigned holders = 1u << PC_FORKS | 1u << PC_VFORKS | 1u << PC_EXITS |
	                         1u << PC_LEAVES | 1u << PC_LEAVES_TO_FAIL | 1u << PC_RETURNS;
	struct machine *machine = r->machine;
	struct model_mm *mm = r->mm;
	uint32_t child = TASK_NONE;
	enum machine_pc pc;

	mm->initiator = mm->child = TASK_NONE;
	mm->initiator_cpu = 0;
	if (mm->phase == PHASE_IDLE)
		return;
	for (uint32_t task = 0; task < r->layout->config.tasks_max; task++) {
		if (holders >> machine->pc[task] & 1)
			mm->initiator = task;
		if (machine->pc[task] == PC_BORN)
			child = task;
	}
	if (mm->initiator == TASK_NONE)
		return;
	pc = machine->pc[mm->initiator];
	mm->initiator_cpu = r->tasks[mm->initiator].cpu;
	if (pc == PC_RETURNS)
		mm->child = mm->initiator;
	if (pc != PC_FORKS && pc != PC_VFORKS)
		return;
	if (!r->layout->partners) { /* there is but one fork under way */
		assert(child != TASK_NONE);
		machine->partner[child] = (uint8_t)mm->initiator;
		machine->partner[mm->initiator] = (uint8_t)child;
	}
	mm->child = machine->partner[mm->initiator];
}

/* A walk in any order that waits for nothing goes on anywhere, one that waits at a place. */
static void find_cursor(struct reader *r)
{
	const struct machine_config *config = &r->layout->config;
	bool cpus = r->mm->phase == PHASE_WALK_CPUS;
	uint32_t limit = cpus ? config->cpus_count : config->tasks_max, at = 0;

	if (r->machine->waiting && cpus)
		r->mm->cursor = r->layout->cpu_at[r->mm->cursor];
	if (r->machine->waiting ||
		!(cpus ? config->any_cpu_order
		       : r->mm->phase == PHASE_WALK_TASKS && config->any_task_order))
		return;
	while (at < limit && (r->machine->walked >> at & 1 ||
				     (!cpus && (at == r->mm->initiator || !r->tasks[at].active))))
		at++;
	assert(at < limit);
	r->mm->cursor = at;
}

/* Do the CPUs @a and @b run what is alike, or both idle? */
static bool runs_alike(const struct reader *r, uint32_t a, uint32_t b)
{
	uint32_t first = r->cpus[a].curr, second = r->cpus[b].curr;

	if (first == TASK_NONE || second == TASK_NONE)
		return first == second;
	return r->layout->config.any_task_order && r->machine->pc[second] == PC_USER &&
	       r->contents->task[first] == r->contents->task[second];
}

/* Is a child that is being born in the queue of @cpu? That is then not like another one. */
static bool has_child(const struct reader *r, uint32_t cpu)
{
	for (uint32_t task = 0; task < r->layout->config.tasks_max; task++) {
		if (r->machine->pc[task] == PC_BORN && r->tasks[task].cpu == cpu)
			return true;
	}
	return false;
}

/* Is the CPU at @place like the one at the place before it? */
static bool is_twin(const struct reader *r, uint32_t place)
{
	uint32_t a = r->layout->cpu_at[place - 1], b = r->layout->cpu_at[place];
	uint16_t allowed = r->layout->config.allowed;

	return r->contents->cpu[b] == r->contents->cpu[a] &&
	       (allowed >> b & 1) == (allowed >> a & 1) && runs_alike(r, a, b) &&
	       !has_child(r, a) && !has_child(r, b);
}

static struct machine_twins find_twins(const struct reader *r)
{
	const struct machine_config *config = &r->layout->config;
	struct machine_twins twins = { 0, 0 };

	/* There are twins only if names do not matter. If tasks are in queues, twins would need
	 * equal queues, which is not compared here. */
	if (r->contents->holds || !r->layout->floats || r->machine->waiting)
		return twins;
	for (uint32_t task = 1; config->any_task_order && task < config->tasks_max; task++) {
		if (!(r->contents->runs >> (task - 1) & 3) && r->machine->pc[task] == PC_USER &&
			r->contents->task[task] == r->contents->task[task - 1])
			twins.tasks |= (uint16_t)(1u << task);
	}
	for (uint32_t place = 1; config->any_cpu_order && place < config->cpus_count; place++) {
		uint32_t cpu = r->layout->cpu_at[place];

		if (!is_twin(r, place))
			continue;
		twins.cpus |= (uint16_t)(1u << cpu);
		if (r->cpus[cpu].curr != TASK_NONE)
			twins.tasks |= (uint16_t)(1u << r->cpus[cpu].curr);
	}
	return twins;
}

struct machine_twins pack_read(const struct pack_layout *layout, const uint32_t *key,
	struct machine *machine, struct pack_contents *contents)
{
	struct model *model = machine_model(machine);
	struct reader r = {
		.layout = layout,
		.machine = machine,
		.mm = model_mm(model, 0),
		.cpus = model_cpu(model, 0),
		.tasks = model_task(model, 0),
		.words = model_words(model, model_mm(model, 0)),
		.contents = contents,
	};

	pack_words(layout, key, contents->key);
	contents->runs = 0;
	contents->holds = false;
	machine->wide = machine->walked = machine->work = 0;
	read_mm(&r);
	r.rejoins_late =
		layout->config.protocol.exec_return == EXEC_RETURN_LATE && mm_in_window(r.mm);
	read_cpus(&r);
	for (uint32_t task = 0; task < layout->config.tasks_max; task++)
		read_task(&r, task);
	link_users(&r);
	find_initiator(&r);
	find_cursor(&r);
	return find_twins(&r);
}
