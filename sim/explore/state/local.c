/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/local.h"

#include "model/check.h"
#include "sim/explore/state/halves.h"
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
	local->answers = g_array_new(FALSE, FALSE, sizeof(struct answer));
	local->taken = g_array_new(FALSE, FALSE, sizeof(struct taken));
	local_forget(local);
	local->cpu_edits = g_new0(struct edit, CPU_EDITS);
	local->task_edits = g_new0(struct edit, TASK_EDITS);
	if (halves_can(parts->layout))
		local->halves = halves_new(local);
	for (uint8_t place = 0; place < parts->layout->config.cpus_count; place++)
		local->place_of[parts->layout->cpu_at[place]] = place;
	return local;
}

void local_free(struct local *local)
{
	local_forget(local);
	halves_free(local->halves);
	expander_free(&local->expander);
	g_array_free(local->answers, TRUE);
	g_array_free(local->taken, TRUE);
	g_free(local->cpu_edits);
	g_free(local->task_edits);
	g_free(local);
}

uint64_t local_kept(const struct local *local)
{
	return local->kept;
}

void local_forget(struct local *local)
{
	local_forget_answers(local);
	if (local->halves)
		halves_forget(local->halves);
}

bool local_keeps(const struct local *local, state_id id)
{
	return local->halves || parts_is_sorted(id);
}

/* Groups */

static void add_group(struct view *view, element cpu, element task, unsigned times)
{
	struct group *group = &view->groups[view->groups_count++];

	g_assert(view->groups_count <= GROUPS_MAX && times < 256);
	group->key = actor_of(cpu, task);
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

/* All actors of @view. */
static void list_groups(const struct parts *parts, struct view *view)
{
	const struct parts_sorted *s = &view->sorted;
	uint8_t task_times[PARTS_ELEMENTS_MAX];
	unsigned equal;

	view->groups_count = 0;
	view->all_hold = true;
	add_group(view, 0, 0, 1);
	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX && s->task[i]; i += equal) {
		equal = count_equal(s->task, i);
		task_times[i] =
			(uint8_t)(parts_task_traits(parts, s->task[i]) & ELEMENT_TWINS ? 1 : equal);
		add_group(view, 0, s->task[i], task_times[i]);
	}
	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX && s->cpu[i]; i += equal) {
		unsigned traits = parts_cpu_traits(parts, s->cpu[i]), times;

		equal = count_equal(s->cpu, i);
		view->all_hold &= (traits & ELEMENT_HOLDS) != 0;
		times = traits & ELEMENT_TWINS ? 1 : equal;
		add_group(view, s->cpu[i], 0, times);
		if (!(traits & ELEMENT_IDLES))
			continue;
		for (unsigned j = 0, alike; j < PARTS_ELEMENTS_MAX && s->task[j]; j += alike) {
			alike = count_equal(s->task, j);
			add_group(view, s->cpu[i], s->task[j], times * task_times[j]);
		}
	}
}

/* From kept answers */

/* The part @part with @from replaced by @to, if it was made lately: its number. Otherwise 0, and it
 * is to be put into *wanted. */
static uint32_t edited(
	struct local *local, struct edit *edit, uint64_t key, element to, struct wanted **wanted)
{
	if (edit->key == key && edit->comes == to)
		return edit->result;
	*wanted = &local->wanted[local->wanted_count++];
	(*wanted)->edit = edit;
	(*wanted)->key = key;
	(*wanted)->comes = to;
	return 0;
}

static struct edit *edit_at(struct edit *edits, unsigned count, uint64_t key, element to)
{
	return &edits[hash_word(to, key) >> 20 & (count - 1)];
}

static void put_cpus(struct local *local, const struct parts_sorted *s, element from, element to,
	struct successor *successor)
{
	uint64_t key = (uint64_t)s->cpus << 16 | from;
	struct wanted *wanted = NULL;

	successor->cpus = s->cpus;
	if (to == 0 || to == from)
		return;
	successor->cpus =
		edited(local, edit_at(local->cpu_edits, CPU_EDITS, key, to), key, to, &wanted);
	if (successor->cpus)
		return;
	successor->cpus_wanted = (uint16_t)(wanted - local->wanted);
	parts_change_cpu(local->parts, s, from, to, &wanted->change);
}

static void put_floats(struct local *local, const struct parts_sorted *s, element from, element to,
	struct successor *successor)
{
	uint64_t key = (uint64_t)s->floats << 16 | from;
	struct wanted *wanted = NULL;

	successor->floats = s->floats;
	if (to == from)
		return;
	successor->floats =
		edited(local, edit_at(local->task_edits, TASK_EDITS, key, to), key, to, &wanted);
	if (successor->floats)
		return;
	successor->floats_wanted = (uint16_t)(wanted - local->wanted);
	parts_change_task(local->parts, s, from, to, &wanted->change);
}

/* Put the successors in which the steps of @group end to local.next. */
static void take_group(struct local *local, const struct view *view, const struct group *group)
{
	const struct answer *answer = &g_array_index(local->answers, struct answer, group->first);

	if (group->first == ANSWERS_NONE)
		return;
	for (;; answer++) {
		struct successor *successor = &local->next[local->next_count++];

		g_assert(local->next_count - view->next <= MACHINE_STEPS_MAX);
		successor->mm = answer->mm;
		successor->verb = answer->verb;
		successor->times = group->times;
		successor->judged = answer->judged;
		put_cpus(local, &view->sorted, group->cpu, answer->cpu, successor);
		put_floats(local, &view->sorted, group->task, answer->task, successor);
		if (answer->last)
			break;
	}
}

/* Put the successors of @view from kept answers to local.next. */
static void take_groups(struct local *local, struct view *view)
{
	view->next = local->next_count;
	for (unsigned i = 0; !view->asks && i < view->groups_count; i++)
		take_group(local, view, &view->groups[i]);
	view->next_end = local->next_count;
}

/* Give all successors of @view their parts. If one has no room for a part, it is cut in halves: the
 * model is to take the steps. */
static void join_successors(struct local *local, struct view *view)
{
	for (unsigned i = view->next; i < view->next_end; i++) {
		view->asks |= !local_join(local, &local->next[i]);
	}
}

static unsigned give(
	const struct local *local, const struct view *view, local_sink sink, void *context)
{
	bool clean = view->id & PARTS_JUDGED && view->all_hold;
	unsigned count = 0;

	for (unsigned i = view->next; i < view->next_end; i++) {
		const struct successor *successor = &local->next[i];
		state_id next = parts_join(successor->mm, successor->cpus, successor->floats);

		if (successor->judged && clean)
			next |= PARTS_JUDGED;
		for (unsigned n = 0; n < successor->times; n++)
			sink(context, (enum step_verb)successor->verb, next);
		count += successor->times;
	}
	return count;
}

/* Do the kept answers say what the model says? */
static void audit(struct local *local, const struct view *view)
{
	uint64_t kept = 0, model = 0;

	give(local, view, local_add_up, &kept);
	local_ask(local, view->id, local_add_up, &model);
	local_compare(local, view->id, kept, model);
}

/* @count states, VIEWS at the most. */
static unsigned steps_together(
	struct local *local, const state_id *ids, unsigned count, local_sink sink, void *context)
{
	struct view *views = local->views;
	unsigned steps = 0;

	if (local->memo_used + VIEWS * GROUPS_MAX > MEMO_MOST)
		local_forget(local);
	local->next_count = local->wanted_count = 0;
	for (unsigned i = 0; i < count; i++)
		parts_seek(local->parts, ids[i]);
	for (unsigned i = 0; i < count; i++) {
		views[i].id = ids[i];
		views[i].asks = !parts_is_sorted(ids[i]);
		views[i].groups_count = 0;
		if (views[i].asks)
			continue;
		parts_open(local->parts, ids[i], &views[i].sorted);
		list_groups(local->parts, &views[i]);
		local_seek_answers(local, &views[i]);
	}
	for (unsigned i = 0; i < count; i++) {
		if (views[i].groups_count && local_find_answers(local, &views[i]) > 0)
			local_fill(local, &views[i]);
	}
	for (unsigned i = 0; i < count; i++)
		take_groups(local, &views[i]);
	local_make_wanted(local);
	for (unsigned i = 0; i < count; i++) {
		join_successors(local, &views[i]);
		if (views[i].asks) {
			steps += local_ask(local, ids[i], sink, context);
			continue;
		}
		if (local->kept++ % AUDIT == 0)
			audit(local, &views[i]);
		steps += give(local, &views[i], sink, context);
	}
	return steps;
}

uint64_t local_steps(
	struct local *local, const state_id *ids, unsigned count, local_sink sink, void *context)
{
	uint64_t steps = 0;

	for (unsigned i = 0; i < count; i += VIEWS) {
		unsigned few = MIN(count - i, VIEWS);

		steps += local->halves ? halves_steps(local->halves, ids + i, few, sink, context)
		                       : steps_together(local, ids + i, few, sink, context);
	}
	return steps;
}
