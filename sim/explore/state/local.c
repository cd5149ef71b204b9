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

static void add_up(void *context, enum step_verb verb, state_id next)
{
	*(uint64_t *)context += sum_of(verb, next);
}

/* Do the kept answers say what the model says? */
static void audit(struct local *local, state_id id)
{
	uint64_t kept = 0, model = 0;

	give(local, add_up, &kept);
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
	if (is_everywhere(local) || !take_groups(local, id))
		return local_ask(local, id, sink, context);
	if (local->kept++ % AUDIT == 0)
		audit(local, id);
	return give(local, sink, context);
}
