/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/mm.h"

#include <string.h>

#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/switch.h"
#include "model/walk.h"

enum { MM = 0, TASKS_FIRST = 8 };

static struct order_mm *new_mm(
	const struct scenario *scenario, uint32_t states_max, const uint64_t *mask, bool stepwise)
{
	struct order_mm *mm = g_new0(struct order_mm, 1);
	struct order_state *first;

	mm->stepwise = stepwise;
	mm->config = (struct model_config){
		.protocol = scenario->protocol,
		.cpus_count = scenario->cpus_count,
		.nr_cpu_ids = scenario->nr_cpu_ids,
		.tasks_count = TASKS_FIRST,
		.mms_count = 1,
		.extents_count = 1,
		.extents_always = !stepwise, /* as the run had it */
	};
	states_init(&mm->states, &mm->config, states_max);
	first = states_new_state(&mm->states, &mm->config);
	mm_create(&first->model, MM, mask);
	states_add(&mm->states, first);
	mm->switches = g_new0(struct order_switch, scenario->cpus_count);
	mm->pending = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	mm->ops = g_array_new(FALSE, FALSE, sizeof(struct order_op));
	mm->visited = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	mm->pids = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	mm->free_tasks = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	mm->unknown_cpus = g_new0(uint8_t, scenario->cpus_count);
	mm->unknown_tasks = g_byte_array_new();
	return mm;
}

struct order_mm *order_mm_new(
	const struct scenario *scenario, uint32_t states_max, const uint64_t *mask)
{
	return new_mm(scenario, states_max, mask, false);
}

struct order_mm *order_mm_new_whole(const struct scenario *scenario, const uint64_t *mask)
{
	return new_mm(scenario, 1, mask, true);
}

void order_mm_free(struct order_mm *mm)
{
	if (!mm)
		return;
	for (uint32_t i = 0; i < ORDER_AFFINITIES_MAX; i++)
		g_free(mm->affinities[i].mask);
	states_clear(&mm->states);
	g_free(mm->room.all);
	g_free(mm->room.actors);
	g_free(mm->room.touches);
	g_array_free(mm->pending, TRUE);
	g_array_free(mm->ops, TRUE);
	g_array_free(mm->visited, TRUE);
	g_array_free(mm->pids, TRUE);
	g_array_free(mm->free_tasks, TRUE);
	g_free(mm->unknown_cpus);
	g_byte_array_free(mm->unknown_tasks, TRUE);
	g_free(mm->switches);
	g_free(mm);
}

uint32_t order_mm_add_task(struct order_mm *mm, uint32_t pid, uint32_t group, uint32_t cpu)
{
	bool early = mm->config.protocol.early_count || mm->stepwise;
	uint32_t task = mm->pids->len;

	g_assert(cpu < mm->config.cpus_count);
	if (mm->free_tasks->len) {
		task = g_array_index(mm->free_tasks, uint32_t, mm->free_tasks->len - 1);
		g_array_set_size(mm->free_tasks, mm->free_tasks->len - 1);
		g_array_index(mm->pids, uint32_t, task) = pid;
	} else {
		if (task == mm->config.tasks_count) {
			mm->config.tasks_count *= 2;
			states_grow(&mm->states, &mm->config);
		}
		g_array_append_val(mm->pids, pid);
	}
	order_mm_set_unknown_task(mm, task, false);
	for (guint i = 0; i < states_count(&mm->states); i++) {
		struct order_state *state = state_changes(states_at(&mm->states, i));

		task_create(&state->model, task, MM, group, cpu);
		if (!early)
			task_show(&state->model, task);
	}
	return task;
}

void order_mm_set_unknown_task(struct order_mm *mm, uint32_t task, bool unknown)
{
	static const uint8_t known;

	while (unknown && mm->unknown_tasks->len <= task)
		g_byte_array_append(mm->unknown_tasks, &known, 1);
	if (task < mm->unknown_tasks->len)
		mm->unknown_tasks->data[task] = unknown;
}

void order_mm_set_unknown_cpu(struct order_mm *mm, uint32_t cpu, bool unknown)
{
	g_assert(cpu < mm->config.cpus_count);
	mm->unknown_cpus_count += unknown - mm->unknown_cpus[cpu];
	mm->unknown_cpus[cpu] = unknown;
	g_assert(mm->unknown_cpus_count <= mm->config.cpus_count);
}

void order_mm_name(struct order_mm *mm, uint32_t task, uint32_t pid)
{
	g_assert(g_array_index(mm->pids, uint32_t, task) == TRACE_PID_UNKNOWN);
	g_array_index(mm->pids, uint32_t, task) = pid;
}

void order_mm_set_group(struct order_mm *mm, uint32_t task, uint32_t group)
{
	g_assert(task < mm->pids->len);
	for (guint i = 0; i < states_count(&mm->states); i++)
		task_change_group(&state_changes(states_at(&mm->states, i))->model, task, group);
}

void order_mm_show(struct order_mm *mm, uint32_t task, bool certain)
{
	guint count = states_count(&mm->states);

	g_assert(task < mm->pids->len);
	for (guint i = 0; i < count; i++) {
		struct order_state *state = states_at(&mm->states, i);

		if (model_task(&state->model, task)->visible)
			continue;
		if (!certain) {
			state = states_copy(&mm->states, state);
			states_add(&mm->states, state);
		}
		task_show(&state_changes(state)->model, task);
	}
	states_tidy(&mm->states);
	g_assert(states_count(&mm->states) >= MIN(count, 1));
}

/* Not a child that has no pid yet: of that the word is known. */
static bool is_unseen(const struct order_mm *mm, uint32_t task)
{
	return g_array_index(mm->pids, uint32_t, task) == TRACE_PID_UNKNOWN &&
	       order_task_is_unknown(mm, task);
}

static uint32_t find_unseen(const struct order_mm *mm)
{
	uint32_t task = 0;

	while (task < mm->pids->len && !is_unseen(mm, task))
		task++;
	return task;
}

bool order_mm_has_unseen(const struct order_mm *mm)
{
	return find_unseen(mm) < mm->pids->len;
}

bool order_mm_claim_unseen(struct order_mm *mm, uint32_t pid, uint32_t *task)
{
	uint32_t found = find_unseen(mm);

	if (found == mm->pids->len)
		return false;
	order_mm_name(mm, found, pid);
	*task = found;
	return true;
}

void order_mm_drop_unseen(struct order_mm *mm)
{
	g_assert(!states_first(&mm->states));
	for (uint32_t task = 0; task < mm->pids->len; task++) {
		if (g_array_index(mm->pids, uint32_t, task) != TRACE_PID_UNKNOWN)
			continue;
		g_array_index(mm->pids, uint32_t, task) = 0;
		g_array_append_val(mm->free_tasks, task);
	}
}

static void learn_groups(struct model *model, uint32_t task)
{
	const struct model_mm *m = model_mm(model, MM);

	g_assert(task < model->tasks_count);
	while (m->phase == PHASE_WALK_TASKS && m->pass == 0 && m->cursor != task) {
		/* One that no thread group has: they are pids. */
		model_task(model, m->cursor)->group = MODEL_TASKS_MAX - 1;
		walk_seek_again(model, MM);
	}
}

void order_learn_groups(struct order_mm *mm, uint32_t task)
{
	if (!mm->groups_guessed || mm->config.protocol.walk_users != WALK_USERS_SYSTEM)
		return;
	for (guint i = 0; i < states_count(&mm->states); i++) {
		struct order_state *state = states_at(&mm->states, i);

		if (mm->current.id != 0 && state->holder == mm->current.id &&
			state->stage == ORDER_DECIDED)
			learn_groups(&state_changes(state)->model, task);
	}
}

void order_mm_run_there(struct order_mm *mm, uint32_t task, uint32_t cpu)
{
	g_assert(cpu < mm->config.cpus_count && task < mm->pids->len);
	for (guint i = 0; i < states_count(&mm->states); i++) {
		struct model *model = &state_changes(states_at(&mm->states, i))->model;

		order_state_take_off(states_at(&mm->states, i), task);
		model_task(model, task)->cpu = cpu & (MODEL_CPUS_MAX - 1);
		model_cpu(model, cpu)->curr = task;
	}
}

void order_state_take_off(struct order_state *state, uint32_t task)
{
	struct model *model = &state_changes(state)->model;
	uint32_t cpu = model_task(model, task)->cpu;

	if (!model_is_running(model, task))
		return;
	if (model_cpu(model, cpu)->phase == CPU_FREE)
		switch_out(model, cpu, &state->observer);
	*model_cpu(model, cpu) = (struct model_cpu){ .curr = TASK_NONE };
	g_assert(!model_is_running(model, task));
}

uint32_t order_mm_move_task(struct order_mm *mm, uint32_t task, struct order_mm *to)
{
	uint32_t pid = g_array_index(mm->pids, uint32_t, task);
	struct order_state *state = states_first(&mm->states);
	struct model_task old = *model_task(&state->model, task);
	bool runs = model_is_running(&state->model, task);
	uint32_t moved = order_mm_add_task(to, pid, pid, old.cpu);
	struct model_task *t = model_task(&states_first(&to->states)->model, moved);

	g_assert(mm->stepwise && to->stepwise && mm != to && !old.active);
	t->cid = old.cid;
	if (old.visible)
		task_show(&states_first(&to->states)->model, moved);
	if (runs) {
		model_cpu(&states_first(&to->states)->model, old.cpu)->curr = moved;
		model_cpu(&state->model, old.cpu)->curr = TASK_NONE;
	}
	order_mm_remove_task(mm, task);
	return moved;
}

void order_mm_take_off(struct order_mm *mm, uint32_t task)
{
	for (guint i = 0; i < states_count(&mm->states); i++)
		order_state_take_off(states_at(&mm->states, i), task);
}

void order_mm_remove_task(struct order_mm *mm, uint32_t task)
{
	g_assert(g_array_index(mm->pids, uint32_t, task) != 0);
	for (guint i = states_count(&mm->states); i-- > 0;) {
		struct order_state *state = states_at(&mm->states, i);

		order_state_take_off(state, task);
		if (model_task(&state->model, task)->active) {
			/* Nobody has seen it leave: this cannot be how it was. */
			states_rule_out(&mm->states, i, true);
			continue;
		}
		task_destroy(&state->model, task);
	}
	states_compact(&mm->states);
	for (guint i = 0; i < mm->pending->len; i++) {
		struct order_switch *s = &mm->switches[g_array_index(mm->pending, uint32_t, i)];

		if (s->prev == task)
			s->prev = TASK_NONE;
		if (s->next == task)
			s->next = TASK_NONE;
	}
	g_array_index(mm->pids, uint32_t, task) = 0;
	g_array_append_val(mm->free_tasks, task);
}

void order_mm_add_switch(
	struct order_mm *mm, uint32_t cpu, uint32_t prev, uint32_t next, uint64_t line)
{
	g_assert(!mm->switches[cpu].pending);
	if (prev == next)
		return;
	if (next != TASK_NONE)
		order_mm_show(mm, next, true);
	mm->switches[cpu] =
		(struct order_switch){ .pending = true, .prev = prev, .next = next, .line = line };
	g_array_append_val(mm->pending, cpu);
	g_assert(mm->pending->len <= mm->config.cpus_count);
}

void order_mm_end_switch(struct order_mm *mm, uint32_t cpu)
{
	g_assert(cpu < mm->config.cpus_count);
	for (guint i = 0; i < mm->pending->len; i++) {
		if (g_array_index(mm->pending, uint32_t, i) == cpu) {
			g_array_remove_index(mm->pending, i);
			break;
		}
	}
	mm->switches[cpu].pending = false;
}

void order_mm_forget(struct order_mm *mm)
{
	states_drop_all(&mm->states);
	for (guint i = 0; i < mm->pending->len; i++)
		mm->switches[g_array_index(mm->pending, uint32_t, i)].pending = false;
	g_array_set_size(mm->pending, 0);
	g_array_set_size(mm->ops, 0);
	mm->current.id = 0;
	mm->affinities_used = 0;
	mm->states.cut = false;
	g_assert(states_count(&mm->states) == 0);
}

struct order_op *order_mm_add_op(struct order_mm *mm, struct order_op op)
{
	g_assert(op.kind == ORDER_WORK || op.task < mm->pids->len);
	op.id = ++mm->last_op;
	g_array_append_val(mm->ops, op);
	return &g_array_index(mm->ops, struct order_op, mm->ops->len - 1);
}

struct order_op *order_mm_find_op(struct order_mm *mm, uint32_t pid, bool over)
{
	for (guint i = 0; i < mm->ops->len; i++) {
		const struct order_op *op = &g_array_index(mm->ops, struct order_op, i);

		if (op->pid == pid && op->over == over)
			return &g_array_index(mm->ops, struct order_op, i);
	}
	return NULL;
}

bool order_mm_has_op_of(const struct order_mm *mm, uint32_t task)
{
	for (guint i = 0; i < mm->ops->len; i++) {
		if (g_array_index(mm->ops, struct order_op, i).task == task)
			return true;
	}
	return mm->current.id != 0 && mm->current.task == task;
}

guint order_mm_op_place(const struct order_mm *mm, uint32_t id)
{
	guint place = 0;

	while (place < mm->ops->len && g_array_index(mm->ops, struct order_op, place).id != id)
		place++;
	g_assert(place < mm->ops->len);
	return place;
}

void order_mm_drop_op(struct order_mm *mm, uint32_t id)
{
	for (guint i = 0; i < mm->ops->len; i++) {
		if (g_array_index(mm->ops, struct order_op, i).id == id) {
			g_array_remove_index(mm->ops, i);
			return;
		}
	}
}

bool order_mm_drop_ops_of(struct order_mm *mm, uint32_t task)
{
	bool over = true;

	for (guint i = mm->ops->len; i-- > 0;) {
		const struct order_op *op = &g_array_index(mm->ops, struct order_op, i);

		if (op->task != task && op->initiator != task)
			continue;
		over &= op->over;
		g_array_remove_index(mm->ops, i);
	}
	return over;
}

uint32_t order_mm_add_affinity(struct order_mm *mm, struct order_affinity affinity)
{
	uint32_t index = 0;
	size_t words = (mm->config.cpus_count + 63) / 64;

	g_assert(affinity.mask && affinity.task < mm->pids->len);
	while (index < ORDER_AFFINITIES_MAX && mm->affinities_used >> index & 1)
		index++;
	if (index == ORDER_AFFINITIES_MAX)
		return index;
	mm->affinities_used |= 1U << index;
	g_free(mm->affinities[index].mask);
	affinity.mask = g_memdup2(affinity.mask, words * sizeof(*affinity.mask));
	mm->affinities[index] = affinity;
	for (guint i = 0; i < states_count(&mm->states); i++)
		state_changes(states_at(&mm->states, i))->affinities_done &= ~(1U << index);
	return index;
}

void order_mm_weigh(struct order_mm *mm, uint32_t count)
{
	if (!mm->mask_guessed || !states_first(&mm->states) ||
		count == model_mm_const(&states_first(&mm->states)->model, MM)->allowed_count)
		return;
	for (uint32_t i = 0; i < ORDER_AFFINITIES_MAX; i++) {
		if (mm->affinities_used >> i & 1)
			mm->affinities[i].weight = count;
	}
}
