/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/local.h"

#include "model/check.h"
#include "sim/explore/state/local-private.h"

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

/* Groups */

static void add_group(
	struct local *local, enum actor actor, element cpu, element task, unsigned times)
{
	struct group *group = &local->groups[local->groups_count++];

	g_assert(local->groups_count <= GROUPS_MAX && times < 256);
	group->key = actor_key(local->sorted.mm, actor, cpu, task);
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

static bool is_everywhere(const struct local *local)
{
	for (unsigned i = 0; i < local->groups_count; i++) {
		if (local->groups[i].slot->count == SLOT_EVERYWHERE)
			return true;
	}
	return false;
}

/* From kept answers */

/* The part @part with @from replaced by @to, if it was made lately: its number. Otherwise 0, and it
 * is to be put into *wanted. */
static uint32_t edited(struct local *local, struct edit *edits, uint32_t part, element from,
	element to, struct wanted **wanted)
{
	uint64_t key = (uint64_t)part << 16 | from;
	struct edit *edit = &edits[hash_word(to, key) >> 20 & (EDITS - 1)];

	if (edit->key == key && edit->comes == to)
		return edit->result;
	*wanted = &local->wanted[local->wanted_count++];
	(*wanted)->edit = edit;
	(*wanted)->key = key;
	(*wanted)->comes = to;
	return 0;
}

static void put_cpus(struct local *local, element from, element to, struct successor *successor)
{
	const struct parts_sorted *s = &local->sorted;
	struct wanted *wanted = NULL;

	successor->cpus = s->cpus;
	if (to == 0 || to == from)
		return;
	successor->cpus = edited(local, local->cpu_edits, s->cpus, from, to, &wanted);
	if (successor->cpus)
		return;
	successor->cpus_wanted = (uint16_t)(wanted - local->wanted);
	parts_change_cpu(local->parts, s, from, to, &wanted->change);
}

static void put_floats(struct local *local, element from, element to, struct successor *successor)
{
	const struct parts_sorted *s = &local->sorted;
	struct wanted *wanted = NULL;

	successor->floats = s->floats;
	if (to == from)
		return;
	successor->floats = edited(local, local->task_edits, s->floats, from, to, &wanted);
	if (successor->floats)
		return;
	successor->floats_wanted = (uint16_t)(wanted - local->wanted);
	parts_change_task(local->parts, s, from, to, &wanted->change);
}

/* Put the successors in which the steps of @group end to local.next. */
static void take_group(struct local *local, const struct group *group)
{
	for (uint32_t i = 0; i < group->slot->count; i++) {
		const struct answer *answer =
			&g_array_index(local->answers, struct answer, group->slot->first + i);
		struct successor *successor = &local->next[local->next_count++];

		g_assert(local->next_count <= MACHINE_STEPS_MAX);
		successor->mm = answer->mm;
		successor->verb = answer->verb;
		successor->times = group->times;
		successor->judged = answer->judged;
		put_cpus(local, group->cpu, answer->cpu, successor);
		put_floats(local, group->task, answer->task, successor);
	}
}

/* Make what is wanted, and keep it as edits. False: a part has no number. */
static bool make_wanted(struct local *local)
{
	for (unsigned i = 0; i < local->wanted_count; i++)
		parts_touch(&local->wanted[i].change);
	for (unsigned i = 0; i < local->wanted_count; i++) {
		struct wanted *wanted = &local->wanted[i];

		wanted->result = parts_changed(&wanted->change);
		if (!wanted->result)
			return false;
		*wanted->edit = (struct edit){ wanted->key, wanted->comes, wanted->result };
	}
	return true;
}

/* The successors from kept answers, in local.next. False: a part of one of them has no number, so
 * it is cut in halves. */
static bool take_groups(struct local *local)
{
	local->next_count = local->wanted_count = 0;
	for (unsigned i = 0; i < local->groups_count; i++)
		take_group(local, &local->groups[i]);
	return make_wanted(local);
}

static state_id id_of(const struct local *local, const struct successor *successor, bool clean)
{
	uint32_t cpus = successor->cpus, floats = successor->floats;

	if (!cpus)
		cpus = local->wanted[successor->cpus_wanted].result;
	if (!floats)
		floats = local->wanted[successor->floats_wanted].result;
	return parts_join(successor->mm, cpus, floats) |
	       (successor->judged && clean ? PARTS_JUDGED : 0);
}

/* A sum that does not depend on the order. */
static uint64_t sum_of(enum step_verb verb, state_id id)
{
	return hash_pair(verb, id & ~PARTS_JUDGED);
}

static unsigned give(struct local *local, state_id id, local_sink sink, void *context)
{
	bool clean = id & PARTS_JUDGED && local->all_hold;
	unsigned count = 0;

	for (unsigned i = 0; i < local->next_count; i++) {
		const struct successor *successor = &local->next[i];
		state_id next = id_of(local, successor, clean);

		for (unsigned n = 0; n < successor->times; n++)
			sink(context, (enum step_verb)successor->verb, next);
		count += successor->times;
	}
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

	give(local, id, add_up, &kept);
	local_ask(local, id, add_up, &model);
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
		return local_ask(local, id, sink, context);
	parts_open(local->parts, id, &local->sorted);
	list_groups(local);
	if (local->used + GROUPS_MAX > MEMO_SLOTS_MAX / 2)
		local_forget(local);
	if (local_find_answers(local) > 0)
		local_fill(local, id);
	if (is_everywhere(local) || !take_groups(local))
		return local_ask(local, id, sink, context);
	if (local->kept++ % AUDIT == 0)
		audit(local, id);
	return give(local, id, sink, context);
}
