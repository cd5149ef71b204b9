/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/local.h"

#include <string.h>

#include "model/check.h"
#include "sim/base/hash.h"

enum {
	MEMO_SLOTS_MIN = 1 << 12,
	MEMO_SLOTS_MAX = 1 << 22, /* where half of them are used, all is forgotten */
	EDITS = 1 << 15,          /* as many as fit into the cache of a CPU */
	AUDIT = 1 << 12, /* of as many states from kept answers one is expanded by the model, too */
	CUTS = 32,
	GROUPS_MAX = 2 * PARTS_ELEMENTS_MAX + 1 + PARTS_ELEMENTS_MAX * PARTS_ELEMENTS_MAX,
};

/* Who takes a step, and so what it asks for besides the mm. */
enum actor { ACTOR_MM, ACTOR_CPU, ACTOR_TASK, ACTOR_BOTH };

/* One kept step: what the mm, the CPU and the task become. */
struct answer {
	uint32_t mm;
	element cpu;  /* 0: the CPU is as it was */
	element task; /* ACTOR_TASK, ACTOR_BOTH: in the place of the task; otherwise one that comes
	               * to float. 0: none */
	uint8_t verb;
	bool everywhere; /* it changes more than that */
	bool judged;     /* the state after it breaks nothing if that before it does not */
};

/* The answers for one mm and actor: some of local.answers. */
struct memo_slot {
	uint64_t key; /* 0: free */
	uint32_t first, count;
};

/* An actor in a state. */
struct group {
	uint64_t key;
	element cpu, task;
	uint8_t times; /* how many there are whose steps count each */
	const struct memo_slot *slot;
};

/* A part of the CPUs or of the tasks with one element replaced: lately made ones. */
struct edit {
	uint64_t key; /* the part, what goes */
	uint32_t comes;
	uint32_t result; /* 0: no such edit */
};

/* A state that some steps lead to. */
struct successor {
	state_id id;
	uint8_t verb, times;
};

/* One step as the model has taken it. */
struct taken {
	uint64_t key;
	struct answer answer;
};

struct local {
	struct parts *parts;
	bool judges;
	struct expander expander;
	state_id read; /* expander.base; 0: none */
	struct memo_slot *slots;
	uint64_t mask, used;
	GArray *answers; /* struct answer */
	struct edit *cpu_edits, *task_edits;
	struct group groups[GROUPS_MAX];
	unsigned groups_count;
	bool all_hold; /* ELEMENT_HOLDS of each CPU of `sorted` */
	struct successor next[MACHINE_STEPS_MAX];
	unsigned next_count;
	uint64_t kept;
	/* while the model expands a state */
	state_id id;
	struct parts_sorted sorted;
	uint8_t place_of[MACHINE_CPUS_MAX];
	element task_of[MACHINE_TASKS_MAX]; /* by number in the machine: floating ones */
	bool first_task[MACHINE_TASKS_MAX]; /* no equal one is before it */
	GArray *taken;                      /* struct taken */
	local_sink sink;
	void *context;
	struct parts_cut cuts[CUTS];
	uint8_t verbs[CUTS];
	unsigned cuts_count;
};

bool local_can_judge(unsigned check)
{
	return !(check & ~(unsigned)(CHECK_ALL_SAFETY | CHECK_I3));
}

struct local *local_new(struct parts *parts, unsigned check)
{
	struct local *local = g_new0(struct local, 1);

	local->parts = parts;
	local->judges = local_can_judge(check);
	expander_init(&local->expander, parts->layout);
	local->mask = MEMO_SLOTS_MIN - 1;
	local->slots = g_new0(struct memo_slot, MEMO_SLOTS_MIN);
	local->answers = g_array_new(FALSE, FALSE, sizeof(struct answer));
	local->taken = g_array_new(FALSE, FALSE, sizeof(struct taken));
	local->cpu_edits = g_new0(struct edit, EDITS);
	local->task_edits = g_new0(struct edit, EDITS);
	for (uint8_t place = 0; place < parts->layout->config.cpus_count; place++)
		local->place_of[parts->layout->cpu_at[place]] = place;
	return local;
}

void local_free(struct local *local)
{
	expander_free(&local->expander);
	g_array_free(local->answers, TRUE);
	g_array_free(local->taken, TRUE);
	g_free(local->slots);
	g_free(local->cpu_edits);
	g_free(local->task_edits);
	g_free(local);
}

uint64_t local_kept(const struct local *local)
{
	return local->kept;
}

const struct machine *local_machine(struct local *local, state_id id)
{
	uint32_t key[PACK_WORDS_MAX];

	if (((local->read ^ id) & ~PARTS_JUDGED) != 0) {
		parts_key(local->parts, id, key);
		expander_read(&local->expander, key);
		local->read = id;
	}
	return local->expander.base;
}

/* Answers */

static uint64_t key_of(uint32_t mm, enum actor actor, element cpu, element task)
{
	uint64_t key = mm | (uint64_t)cpu << PARTS_MM_BITS | (uint64_t)task << (PARTS_MM_BITS + 16);

	return key | (uint64_t)(actor + 1) << (PARTS_MM_BITS + 32);
}

static inline struct memo_slot *find_slot(struct memo_slot *slots, uint64_t mask, uint64_t key)
{
	uint64_t at = hash_word(0, key) & mask;

	while (slots[at].key && slots[at].key != key)
		at = (at + 1) & mask;
	return &slots[at];
}

static void forget_all(struct local *local)
{
	memset(local->slots, 0, (local->mask + 1) * sizeof(*local->slots));
	g_array_set_size(local->answers, 0);
	local->used = 0;
}

static void grow_memo(struct local *local)
{
	uint64_t mask = 2 * local->mask + 1;
	struct memo_slot *slots = g_new0(struct memo_slot, mask + 1);

	for (uint64_t i = 0; i <= local->mask; i++) {
		if (local->slots[i].key)
			*find_slot(slots, mask, local->slots[i].key) = local->slots[i];
	}
	g_free(local->slots);
	local->slots = slots;
	local->mask = mask;
}

/* Groups */

static void add_group(
	struct local *local, enum actor actor, element cpu, element task, unsigned times)
{
	struct group *group = &local->groups[local->groups_count++];

	g_assert(local->groups_count <= GROUPS_MAX && times < 256);
	group->key = key_of(local->sorted.mm, actor, cpu, task);
	group->cpu = cpu;
	group->task = task;
	group->times = (uint8_t)times;
}

/* How many of @elements from @at on are equal. */
static unsigned count_equal(const element *elements, unsigned at)
{
	unsigned end = at + 1;

	while (end < PARTS_ELEMENTS_MAX && elements[end] == elements[at])
		end++;
	return end - at;
}

/* All actors of local.sorted. */
static void list_groups(struct local *local)
{
	const struct parts *parts = local->parts;
	const struct parts_sorted *s = &local->sorted;
	uint8_t task_times[PARTS_ELEMENTS_MAX];
	unsigned equal;

	local->groups_count = 0;
	local->all_hold = true;
	add_group(local, ACTOR_MM, 0, 0, 1);
	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX && s->task[i]; i += equal) {
		equal = count_equal(s->task, i);
		task_times[i] =
			(uint8_t)(parts_task_traits(parts, s->task[i]) & ELEMENT_TWINS ? 1 : equal);
		add_group(local, ACTOR_TASK, 0, s->task[i], task_times[i]);
	}
	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX && s->cpu[i]; i += equal) {
		unsigned traits = parts_cpu_traits(parts, s->cpu[i]), times;

		equal = count_equal(s->cpu, i);
		local->all_hold &= (traits & ELEMENT_HOLDS) != 0;
		times = traits & ELEMENT_TWINS ? 1 : equal;
		add_group(local, ACTOR_CPU, s->cpu[i], 0, times);
		if (!(traits & ELEMENT_IDLES))
			continue;
		for (unsigned j = 0, alike; j < PARTS_ELEMENTS_MAX && s->task[j]; j += alike) {
			alike = count_equal(s->task, j);
			add_group(local, ACTOR_BOTH, s->cpu[i], s->task[j], times * task_times[j]);
		}
	}
}

/* The count of a slot: some step changes more than the group. */
#define SLOT_EVERYWHERE UINT32_MAX

/* Look up the answers of all groups. Returns how many are not kept. */
static unsigned find_answers(struct local *local)
{
	unsigned missing = 0;

	for (unsigned i = 0; i < local->groups_count; i++) {
		struct group *group = &local->groups[i];

		group->slot = find_slot(local->slots, local->mask, group->key);
		missing += group->slot->key == 0;
	}
	return missing;
}

static bool is_everywhere(const struct local *local)
{
	for (unsigned i = 0; i < local->groups_count; i++) {
		if (local->groups[i].slot->count == SLOT_EVERYWHERE)
			return true;
	}
	return false;
}

/* From kept answers */

static struct edit *find_edit(struct edit *edits, uint32_t part, element from, element to)
{
	uint64_t key = (uint64_t)part << 16 | from;
	struct edit *edit = &edits[hash_word(to, key) >> 20 & (EDITS - 1)];

	if (edit->key != key || edit->comes != to) {
		edit->key = key;
		edit->comes = to;
		edit->result = 0;
	}
	return edit;
}

static uint32_t cpus_after(struct local *local, element from, element to)
{
	struct edit *edit;

	if (to == 0 || to == from)
		return local->sorted.cpus;
	edit = find_edit(local->cpu_edits, local->sorted.cpus, from, to);
	if (!edit->result)
		edit->result = parts_replace_cpu(local->parts, &local->sorted, from, to);
	return edit->result;
}

static uint32_t floats_after(struct local *local, element from, element to)
{
	struct edit *edit;

	if (to == from)
		return local->sorted.floats;
	edit = find_edit(local->task_edits, local->sorted.floats, from, to);
	if (!edit->result)
		edit->result = parts_replace_task(local->parts, &local->sorted, from, to);
	return edit->result;
}

/* 0: a part of it has no number. */
static state_id state_after(
	struct local *local, const struct group *group, const struct answer *answer)
{
	uint32_t cpus = cpus_after(local, group->cpu, answer->cpu);
	uint32_t floats = floats_after(local, group->task, answer->task);

	return cpus && floats ? parts_join(answer->mm, cpus, floats) : 0;
}

/* Put the successors in which the steps of @group end to local.next. False: a part of one of them
 * has no number, so it is cut in halves. */
static bool take_group(struct local *local, const struct group *group, bool clean)
{
	for (uint32_t i = 0; i < group->slot->count; i++) {
		struct successor successor = { .times = group->times };
		const struct answer *answer =
			&g_array_index(local->answers, struct answer, group->slot->first + i);

		successor.verb = answer->verb;
		successor.id = state_after(local, group, answer);
		if (!successor.id)
			return false;
		if (answer->judged && clean)
			successor.id |= PARTS_JUDGED;
		g_assert(local->next_count < MACHINE_STEPS_MAX);
		local->next[local->next_count++] = successor;
	}
	return true;
}

static bool take_groups(struct local *local, state_id id)
{
	bool clean = id & PARTS_JUDGED && local->all_hold;

	local->next_count = 0;
	for (unsigned i = 0; i < local->groups_count; i++) {
		if (!take_group(local, &local->groups[i], clean))
			return false;
	}
	return true;
}

/* A sum that does not depend on the order. */
static uint64_t sum_of(enum step_verb verb, state_id id)
{
	return hash_pair(verb, id & ~PARTS_JUDGED);
}

static unsigned give(struct local *local, local_sink sink, void *context)
{
	unsigned count = 0;

	for (unsigned i = 0; i < local->next_count; i++) {
		const struct successor *successor = &local->next[i];

		for (unsigned n = 0; n < successor->times; n++)
			sink(context, (enum step_verb)successor->verb, successor->id);
		count += successor->times;
	}
	return count;
}

/* By the model */

/* Who takes @step, in @group. *first: no equal one is before it. */
static void find_actor(const struct local *local, const struct explore_step *step, bool *first,
	struct group *group)
{
	const struct machine *base = local->expander.base;
	uint32_t task = step->task, cpu = step->cpu;
	unsigned place;
	enum actor actor = ACTOR_MM;

	*first = true;
	*group = (struct group){ .key = 0 };
	if (task == STEP_TASK_NONE && cpu == STEP_CPU_NONE)
		task = machine_initiator(base);
	if (task != STEP_TASK_NONE && model_is_running(machine_model_const(base), task)) {
		cpu = model_task_const(machine_model_const(base), task)->cpu;
		task = STEP_TASK_NONE;
	}
	if (task != STEP_TASK_NONE && local->task_of[task]) {
		actor = ACTOR_TASK;
		group->task = local->task_of[task];
		*first &= local->first_task[task];
	}
	if (cpu != STEP_CPU_NONE) {
		place = local->place_of[cpu];
		actor = actor == ACTOR_TASK ? ACTOR_BOTH : ACTOR_CPU;
		group->cpu = local->sorted.cpu[place];
		*first &= place == 0 || local->sorted.cpu[place - 1] != group->cpu;
	}
	group->key = key_of(local->sorted.mm, actor, group->cpu, group->task);
}

/* What is in @from and not in @to, and the reverse; at most one of each, 0: none. False: more. */
static bool difference(const element *from, const element *to, element *out, element *in)
{
	element rest[PARTS_ELEMENTS_MAX];
	unsigned outs = 0, ins = 0;

	memcpy(rest, to, sizeof(rest));
	*out = *in = 0;
	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX; i++) {
		unsigned j = 0;

		if (!from[i])
			continue;
		while (j < PARTS_ELEMENTS_MAX && rest[j] != from[i])
			j++;
		if (j < PARTS_ELEMENTS_MAX) {
			rest[j] = 0;
			continue;
		}
		*out = from[i];
		outs++;
	}
	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX; i++) {
		if (!rest[i])
			continue;
		*in = rest[i];
		ins++;
	}
	return outs <= 1 && ins <= 1;
}

/* Does @next, by one step of local.sorted to @after, break nothing, in each state with these parts?
 */
static bool breaks_nothing(const struct local *local, const struct answer *answer,
	const struct parts_sorted *after, state_id id, const struct machine *next)
{
	const struct parts *parts = local->parts;

	if (!local->judges || !(local->id & PARTS_JUDGED) || !local->all_hold ||
		parts_spins(parts, id) || !parts_keeps_order(parts, local->sorted.mm, after->mm))
		return false;
	if (answer->cpu && !(parts_cpu_traits(parts, answer->cpu) & ELEMENT_HOLDS))
		return false;
	return machine_check(next) == 0;
}

/* The step of @group from local.sorted to @next, as what becomes of the group. */
static struct answer answer_for(const struct local *local, const struct group *group,
	enum step_verb verb, state_id next, const struct machine *machine)
{
	struct answer answer = { .verb = (uint8_t)verb, .everywhere = true };
	struct parts_sorted after;
	element out, in;

	if (!parts_is_sorted(next))
		return answer;
	parts_open(local->parts, next, &after);
	answer.mm = after.mm;
	if (!difference(local->sorted.cpu, after.cpu, &out, &in) || (out && out != group->cpu))
		return answer;
	answer.cpu = in;
	if (!difference(local->sorted.task, after.task, &out, &in) || (out && out != group->task))
		return answer;
	answer.task = out || !group->task ? in : group->task;
	/* Nothing has gone and something has come, where a task would have been replaced. */
	answer.everywhere = group->task && !out && in;
	answer.judged = breaks_nothing(local, &answer, &after, next, machine);
	return answer;
}

/* Is @step one of those that are asked for? */
static bool is_missing(void *context, const struct explore_step *step)
{
	const struct local *local = context;
	struct group group;
	bool first;

	find_actor(local, step, &first, &group);
	return first && find_slot(local->slots, local->mask, group.key)->key == 0;
}

static void on_missing(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct local *local = context;
	struct taken taken;
	struct group group;
	bool first;

	find_actor(local, step, &first, &group);
	taken.key = group.key;
	taken.answer = answer_for(
		local, &group, (enum step_verb)step->verb, parts_id(local->parts, next, key), next);
	g_array_append_val(local->taken, taken);
}

/* Tasks of the machine that was read: those that run come first, then the child, then the rest. */
static void name_tasks(struct local *local)
{
	const struct parts_sorted *s = &local->sorted;
	uint32_t task = 0;

	memset(local->task_of, 0, sizeof(local->task_of));
	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX && s->cpu[i]; i++)
		task += !(parts_cpu_traits(local->parts, s->cpu[i]) & ELEMENT_IDLES);
	if (task < MACHINE_TASKS_MAX && local->expander.base->pc[task] == PC_BORN)
		task++;
	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX && s->task[i]; i++, task++) {
		g_assert(task < local->parts->layout->config.tasks_max);
		local->task_of[task] = s->task[i];
		local->first_task[task] = i == 0 || s->task[i - 1] != s->task[i];
	}
}

/* Keep what was taken for @group, if nothing is kept for it yet. */
static void keep(struct local *local, const struct group *group)
{
	struct memo_slot *slot = find_slot(local->slots, local->mask, group->key);

	if (slot->key)
		return;
	slot->key = group->key;
	slot->first = local->answers->len;
	slot->count = 0;
	for (guint i = 0; i < local->taken->len && slot->count != SLOT_EVERYWHERE; i++) {
		const struct taken *taken = &g_array_index(local->taken, struct taken, i);

		if (taken->key != group->key)
			continue;
		g_array_append_val(local->answers, taken->answer);
		slot->count = taken->answer.everywhere ? SLOT_EVERYWHERE : slot->count + 1;
	}
	if (++local->used > local->mask / 2)
		grow_memo(local);
}

/* Ask the model for the answers that are not kept. */
static void fill(struct local *local, state_id id)
{
	local->id = id;
	local_machine(local, id);
	parts_place(local->parts, &local->sorted);
	name_tasks(local);
	g_array_set_size(local->taken, 0);
	expander_some_steps(&local->expander, is_missing, on_missing, local);
	for (unsigned i = 0; i < local->groups_count; i++)
		keep(local, &local->groups[i]);
	parts_open(local->parts, id, &local->sorted);
	if (find_answers(local) > 0)
		g_assert_not_reached();
}

static void on_step(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct local *local = context;

	local->sink(local->context, (enum step_verb)step->verb, parts_id(local->parts, next, key));
}

static void end_cuts(struct local *local)
{
	for (unsigned i = 0; i < local->cuts_count; i++)
		local->sink(local->context, (enum step_verb)local->verbs[i],
			parts_cut_end(local->parts, &local->cuts[i]));
	local->cuts_count = 0;
}

/* Where no state is cut sorted: to be cut once all steps are taken. */
static void on_step_to_cut(void *context, const struct explore_step *step,
	const struct machine *next, const uint32_t *key)
{
	struct local *local = context;

	(void)next;
	if (local->cuts_count == CUTS)
		end_cuts(local);
	local->verbs[local->cuts_count] = step->verb;
	parts_cut_begin(local->parts, key, &local->cuts[local->cuts_count++]);
}

static unsigned ask_model(struct local *local, state_id id, local_sink sink, void *context)
{
	unsigned count;

	local->sink = sink;
	local->context = context;
	local_machine(local, id);
	if (local->parts->sorts)
		return expander_steps(&local->expander, on_step, local);
	count = expander_steps(&local->expander, on_step_to_cut, local);
	end_cuts(local);
	return count;
}

static void add_up(void *context, enum step_verb verb, state_id next)
{
	*(uint64_t *)context += sum_of(verb, next);
}

/* Do the kept answers say what the model says? */
static void audit(struct local *local, state_id id)
{
	uint64_t kept = 0, model = 0;

	give(local, add_up, &kept);
	ask_model(local, id, add_up, &model);
	if (id & PARTS_JUDGED && machine_check(local->expander.base))
		g_error("state %016" G_GINT64_MODIFIER
			"x breaks a property that it was thought to keep:"
			" a defect of cidsim",
			id);
	if (kept != model)
		g_error("the steps kept from other states are not those of state "
			"%016" G_GINT64_MODIFIER "x: a defect of cidsim",
			id);
}

unsigned local_steps(struct local *local, state_id id, local_sink sink, void *context)
{
	if (!parts_is_sorted(id))
		return ask_model(local, id, sink, context);
	parts_open(local->parts, id, &local->sorted);
	list_groups(local);
	if (local->used + GROUPS_MAX > MEMO_SLOTS_MAX / 2)
		forget_all(local);
	if (find_answers(local) > 0)
		fill(local, id);
	if (is_everywhere(local) || !take_groups(local, id))
		return ask_model(local, id, sink, context);
	if (local->kept++ % AUDIT == 0)
		audit(local, id);
	return give(local, sink, context);
}
