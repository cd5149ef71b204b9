/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/local-private.h"

/* Answers by the model: those that are kept, and all steps of one state. */

/* Who takes @step, in @group. *first: no equal one is before it. */
static void find_actor(const struct local *local, const struct explore_step *step, bool *first,
	struct group *group)
{
	const struct machine *base = local->expander.base;
	uint32_t task = step->task, cpu = step->cpu;
	unsigned place;

	*first = true;
	*group = (struct group){ .key = 0 };
	if (task == STEP_TASK_NONE && cpu == STEP_CPU_NONE)
		task = machine_initiator(base);
	if (task != STEP_TASK_NONE && model_is_running(machine_model_const(base), task)) {
		cpu = model_task_const(machine_model_const(base), task)->cpu;
		task = STEP_TASK_NONE;
	}
	if (task != STEP_TASK_NONE && local->task_of[task]) {
		group->task = local->task_of[task];
		*first &= local->first_task[task];
	}
	if (cpu != STEP_CPU_NONE) {
		place = local->place_of[cpu];
		group->cpu = local->placed.cpu[place];
		*first &= place == 0 || local->placed.cpu[place - 1] != group->cpu;
	}
	group->key = actor_of(group->cpu, group->task);
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

/* Does @next, by one step of the view to @after, break nothing, in each state with these parts? */
static bool breaks_nothing(const struct local *local, const struct answer *answer,
	const struct parts_sorted *after, state_id id, const struct machine *next)
{
	const struct parts *parts = local->parts;

	if (!local->judges || !(local->view->id & PARTS_JUDGED) || !local->view->all_hold ||
		parts_spins(parts, id) || !parts_keeps_order(parts, local->placed.mm, after->mm))
		return false;
	if (answer->cpu && !(parts_cpu_traits(parts, answer->cpu) & ELEMENT_HOLDS))
		return false;
	return machine_check(next) == 0;
}

/* The step of @group from the view to @next, as what becomes of the group. */
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
	if (!difference(local->placed.cpu, after.cpu, &out, &in) || (out && out != group->cpu))
		return answer;
	answer.cpu = in;
	if (!difference(local->placed.task, after.task, &out, &in) || (out && out != group->task))
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
	return first && local_slot(&local->memo[local->placed.mm], group.key)->key == 0;
}

static bool is_group(const struct view *view, actor_key key)
{
	for (unsigned i = 0; i < view->groups_count; i++) {
		if (view->groups[i].key == key)
			return true;
	}
	return false;
}

static void on_missing(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct local *local = context;
	struct taken taken;
	struct group group;
	bool first;

	find_actor(local, step, &first, &group);
	g_assert(is_group(local->view, group.key)); /* or the step would be lost */
	taken.key = group.key;
	taken.answer = answer_for(
		local, &group, (enum step_verb)step->verb, parts_id(local->parts, next, key), next);
	g_array_append_val(local->taken, taken);
}

/* Tasks of the machine that was read: those that run come first, then the child, then the rest. */
static void name_tasks(struct local *local)
{
	const struct parts_sorted *s = &local->placed;
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

/* Put the answers for @key that were taken behind the others. Returns where they begin. */
static uint32_t put_answers(struct local *local, actor_key key)
{
	uint32_t first = local->answers->len;

	for (guint i = 0; i < local->taken->len; i++) {
		const struct taken *taken = &g_array_index(local->taken, struct taken, i);

		if (taken->key != key)
			continue;
		if (taken->answer.everywhere)
			return ANSWERS_EVERYWHERE;
		g_array_append_val(local->answers, taken->answer);
	}
	if (local->answers->len == first)
		return ANSWERS_NONE;
	g_array_index(local->answers, struct answer, local->answers->len - 1).last = true;
	return first;
}

/* Ask the model for the answers that are not kept. */
void local_fill(struct local *local, struct view *view)
{
	struct memo_table *table = local_table(local, view->sorted.mm);

	local->view = view;
	local->placed = view->sorted;
	local_machine(local, view->id);
	parts_place(local->parts, &local->placed);
	name_tasks(local);
	g_array_set_size(local->taken, 0);
	expander_some_steps(&local->expander, is_missing, on_missing, local);
	for (unsigned i = 0; i < view->groups_count; i++) {
		actor_key key = view->groups[i].key;

		if (local_slot(table, key)->key == 0)
			local_keep(local, table, key, put_answers(local, key));
	}
	if (local_find_answers(local, view) > 0)
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

static void begin_to_ask(struct local *local, state_id id, local_sink sink, void *context)
{
	local->sink = sink;
	local->context = context;
	local_machine(local, id);
}

unsigned local_ask(struct local *local, state_id id, local_sink sink, void *context)
{
	unsigned count;

	begin_to_ask(local, id, sink, context);
	if (local->parts->sorts)
		return expander_steps(&local->expander, on_step, local);
	count = expander_steps(&local->expander, on_step_to_cut, local);
	end_cuts(local);
	return count;
}

unsigned local_ask_rare(struct local *local, state_id id, local_sink sink, void *context)
{
	unsigned count;

	g_assert(!local->parts->sorts);
	begin_to_ask(local, id, sink, context);
	count = expander_rare_steps(&local->expander, on_step_to_cut, local);
	end_cuts(local);
	return count;
}

/* A sum that does not depend on the order. */
static uint64_t sum_of(enum step_verb verb, state_id id)
{
	return hash_pair(verb, id & ~PARTS_JUDGED);
}

void local_add_up(void *sum, enum step_verb verb, state_id next)
{
	*(uint64_t *)sum += sum_of(verb, next);
}

void local_compare(const struct local *local, state_id id, uint64_t kept, uint64_t model)
{
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
