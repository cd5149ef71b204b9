/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/units.h"

#include "model/state.h"
#include "sim/engine/task.h"

static void add_unit(struct units *units, enum unit_kind kind, uint32_t index, const char *name,
	const struct behaviour *behaviour)
{
	struct unit unit = { .kind = kind, .index = index, .name = name, .behaviour = behaviour };

	g_array_append_val(units->all, unit);
}

static void set_mask(struct units *units, struct masks *masks, const struct cpu_set *cpus)
{
	struct unit *unit = units_at(units, units->all->len - 1);

	g_assert(cpus->count > 0); /* a task can run somewhere */
	unit->mask = masks_intern(masks, cpus);
	unit->has_mask = true;
}

static void add_units(struct units *units, const struct scenario *s, struct masks *masks)
{
	units->first[UNIT_MAIN] = units->all->len;
	for (uint32_t i = 0; i < s->mms_count; i++) {
		add_unit(units, UNIT_MAIN, i, s->mms[i].name, &s->mms[i].main);
		set_mask(units, masks, &s->mms[i].cpus);
	}
	units->first[UNIT_GROUP] = units->all->len;
	for (uint32_t i = 0; i < s->groups_count; i++) {
		add_unit(units, UNIT_GROUP, i, s->groups[i].name, &s->groups[i].behaviour);
		if (s->groups[i].has_cpus)
			set_mask(units, masks, &s->groups[i].cpus);
	}
	units->first[UNIT_RAMP] = units->all->len;
	for (uint32_t i = 0; i < s->ramps_count; i++) {
		add_unit(units, UNIT_RAMP, i, s->ramps[i].name, &s->ramps[i].behaviour);
		if (s->ramps[i].has_cpus)
			set_mask(units, masks, &s->ramps[i].cpus);
	}
	units->first[UNIT_LEADER] = units->all->len;
	for (uint32_t i = 0; i < s->pools_count; i++)
		add_unit(units, UNIT_LEADER, i, s->pools[i].name, NULL);
	units->first[UNIT_WORKER] = units->all->len;
	for (uint32_t i = 0; i < s->pools_count; i++)
		add_unit(units, UNIT_WORKER, i, s->pools[i].name, &s->pools[i].behaviour);
	units->first[UNIT_KWORKER] = units->all->len;
	add_unit(units, UNIT_KWORKER, 0, "kworker", NULL);
}

/* The members that the scenario makes by itself have the first numbers, whenever they come. */
static GArray *new_members(const struct scenario *s, const struct unit *unit)
{
	struct member none = { .task = TASK_NONE };
	GArray *members = g_array_new(FALSE, FALSE, sizeof(struct member));
	uint64_t count = 0;

	g_assert(!unit->members);
	if (unit->kind == UNIT_MAIN)
		count = s->mms[unit->index].count;
	else if (unit->kind == UNIT_GROUP)
		count = (uint64_t)s->groups[unit->index].count *
		        s->mms[s->groups[unit->index].mm].count;
	while (members->len < count)
		g_array_append_val(members, none);
	return members;
}

static struct unit *unit_of_ref(const struct units *units, const struct scenario_ref *ref)
{
	static const enum unit_kind kinds[] = { [REF_MM_MAIN] = UNIT_MAIN,
		[REF_GROUP] = UNIT_GROUP,
		[REF_RAMP] = UNIT_RAMP,
		[REF_POOL] = UNIT_WORKER };

	if (ref->kind == REF_NONE)
		return NULL;
	g_assert(ref->kind < G_N_ELEMENTS(kinds));
	g_assert(units->first[kinds[ref->kind]] + ref->index < units->all->len);
	return units_at(units, units->first[kinds[ref->kind]] + ref->index);
}

void units_init(struct units *units, const struct scenario *scenario, struct masks *masks)
{
	units->all = g_array_new(FALSE, FALSE, sizeof(struct unit));
	add_units(units, scenario, masks);
	g_assert(units->all->len <= UNITS_MAX);
	for (uint32_t i = 0; i < scenario->actions_count; i++) {
		struct unit *unit = unit_of_ref(units, &scenario->actions[i].who);

		if (unit && !unit->members)
			unit->members = new_members(scenario, unit);
	}
}

void units_clear(struct units *units)
{
	for (guint i = 0; i < units->all->len; i++) {
		if (units_at(units, i)->members)
			g_array_free(units_at(units, i)->members, TRUE);
	}
	g_array_free(units->all, TRUE);
}

void units_add_member(
	struct units *units, uint32_t unit, uint32_t number, uint32_t task, uint32_t pid)
{
	GArray *members = units_at(units, unit)->members;
	struct member none = { .task = TASK_NONE };

	g_assert(unit < units->all->len && task != TASK_NONE);
	if (!members)
		return;
	if (number == INDEX_NONE)
		number = members->len;
	while (members->len <= number)
		g_array_append_val(members, none);
	g_array_index(members, struct member, number) = (struct member){ .task = task, .pid = pid };
}

GArray *units_members(const struct units *units, const struct scenario_ref *ref)
{
	const struct unit *unit = unit_of_ref(units, ref);

	g_assert(!unit || unit->members);
	return unit ? unit->members : NULL;
}
