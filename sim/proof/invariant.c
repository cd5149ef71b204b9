/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/invariant.h"

#include "sim/base/failure.h"
#include "sim/base/places.h"

struct invariant {
	struct rules *rules;
	struct facts facts;
	struct bindings bindings;
	unsigned tasks, cpus; /* that there is room for */
};

struct invariant *invariant_new(const struct protocol *protocol, GError **error)
{
	const struct rules_options options = { .failed_execs = true };
	g_autofree char *folder = place_shipped("proof");
	struct invariant *invariant;
	struct rules *rules = NULL;

	if (folder)
		rules = proof_rules_read(folder, protocol, &options, error);
	else
		failure_environment(error, "the rules of the proof did not ship");
	if (rules && facts_missing(rules)) {
		failure_input(error, "proof/state.rules: %s is no part of the model's state",
			facts_missing(rules));
		g_clear_pointer(&rules, proof_rules_free);
	}
	if (!rules)
		return NULL;
	invariant = g_new0(struct invariant, 1);
	invariant->rules = rules;
	bindings_init(&invariant->bindings, rules);
	return invariant;
}

void invariant_free(struct invariant *invariant)
{
	if (!invariant)
		return;
	facts_clear(&invariant->facts);
	bindings_clear(&invariant->bindings);
	proof_rules_free(invariant->rules);
	g_free(invariant);
}

static void make_room(struct invariant *invariant, unsigned tasks, unsigned cpus)
{
	if (invariant->tasks == tasks && invariant->cpus == cpus)
		return;
	facts_clear(&invariant->facts);
	facts_init(&invariant->facts, invariant->rules, tasks, cpus);
	invariant->tasks = tasks;
	invariant->cpus = cpus;
}

static const struct claim *find_broken(struct invariant *invariant)
{
	const GPtrArray *conjuncts = invariant->rules->conjuncts;

	for (guint i = 0; i < conjuncts->len; i++) {
		const struct claim *claim = conjuncts->pdata[i];

		if (!facts_evaluate(&invariant->facts, claim->term, &invariant->bindings))
			return claim;
	}
	return NULL;
}

const struct claim *invariant_broken_in_machine(struct invariant *invariant,
	const struct machine *machine, const struct machine_config *config)
{
	if (machine_mm(machine)->users == 0)
		return NULL;
	make_room(invariant, config->tasks_max, config->cpus_count);
	facts_read_machine(&invariant->facts, machine, config);
	return find_broken(invariant);
}

/* The tasks of an mm, each once. */
struct members {
	uint32_t tasks[INVARIANT_TASKS_MAX];
	unsigned count;
	bool too_many;
};

static void add_member(struct members *members, uint32_t task)
{
	for (unsigned i = 0; i < members->count; i++) {
		if (members->tasks[i] == task)
			return;
	}
	if (members->count == INVARIANT_TASKS_MAX)
		members->too_many = true;
	else
		members->tasks[members->count++] = task;
}

static void find_members(struct members *members, const struct model *model, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(model, mm);
	uint32_t task = m->newest;

	for (uint32_t i = 0; i < m->users && !members->too_many; i++) {
		add_member(members, task);
		task = model_task_const(model, task)->older;
	}
	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		uint32_t curr = model_cpu_const(model, cpu)->curr;
		const struct model_task *t =
			curr == TASK_NONE ? NULL : model_task_const(model, curr);

		if (t && t->has_mm && t->mm == mm)
			add_member(members, curr);
	}
	if (m->phase != PHASE_IDLE && m->initiator != TASK_NONE)
		add_member(members, m->initiator);
}

/* Who comes back late is in no exec any more. */
static bool counts_as_in_exec(const void *context, uint32_t task)
{
	const struct model *model = context;
	const struct model_task *t = model_task_const(model, task);
	const struct model_mm *m = model_mm_const(model, t->mm);
	const bool returns = m->phase != PHASE_IDLE && m->initiator == task && m->child == task;

	return !t->active && !returns;
}

const struct claim *invariant_broken_in_mm(
	struct invariant *invariant, const struct model *model, uint32_t mm, bool *looked)
{
	const struct model_mm *m = model_mm_const(model, mm);
	struct members members = { .count = 0 };
	const struct facts_source source = { .model = model,
		.mm = mm,
		.tasks = members.tasks,
		.in_exec = counts_as_in_exec,
		.context = model,
		.work = m->update_deferred };

	g_assert(m->live && m->users > 0);
	if (model->cpus_count <= INVARIANT_CPUS_MAX)
		find_members(&members, model, mm);
	*looked = model->cpus_count <= INVARIANT_CPUS_MAX && !members.too_many;
	if (!*looked)
		return NULL;
	make_room(invariant, members.count, model->cpus_count);
	facts_read(&invariant->facts, &source);
	return find_broken(invariant);
}
