/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/pool.h"
#include "model/walk.h"
#include "sim/proof/facts.h"

/* What the symbols of proof/state.rules are in a machine: a function for each. */

struct place {
	const struct facts_source *source;
	const struct model *model;
	const struct model_mm *mm;
	unsigned a, b; /* arguments */
};

static uint32_t task_number(const struct place *at)
{
	return at->source->tasks[at->a];
}

static bool is_there(const struct place *at)
{
	return task_number(at) != TASK_NONE;
}

static const struct model_task *task_at(const struct place *at)
{
	return model_task_const(at->model, task_number(at));
}

static const struct model_cpu *cpu_at(const struct place *at)
{
	return model_cpu_const(at->model, at->a);
}

/* Words */

static bool has_number(const struct place *at, cid_word word)
{
	return !cid_is_unset(word) && (word & CID_NUMBER) == at->b;
}

static int32_t read_own(const struct place *at)
{
	return is_there(at) && cid_is_task_owned(task_at(at)->cid) &&
	       has_number(at, task_at(at)->cid);
}

static int32_t read_tra(const struct place *at)
{
	return is_there(at) && cid_is_in_transit(task_at(at)->cid) &&
	       has_number(at, task_at(at)->cid);
}

static int32_t read_cid(const struct place *at)
{
	return is_there(at) && cid_is_cpu_owned(task_at(at)->cid) &&
	       has_number(at, task_at(at)->cid);
}

static int32_t read_marked(const struct place *at)
{
	return is_there(at) && cid_is_unset(task_at(at)->cid) &&
	       cid_is_in_transit(task_at(at)->cid);
}

static cid_word word_at(const struct place *at)
{
	return model_word(at->model, at->mm, at->a);
}

static int32_t read_cown(const struct place *at)
{
	return cid_is_cpu_owned(word_at(at)) && has_number(at, word_at(at));
}

static int32_t read_ctra(const struct place *at)
{
	return cid_is_in_transit(word_at(at)) && has_number(at, word_at(at));
}

static int32_t read_cplain(const struct place *at)
{
	return cid_is_task_owned(word_at(at)) && has_number(at, word_at(at));
}

static int32_t read_bit(const struct place *at)
{
	return pool_is_taken(at->model, at->source->mm, at->a);
}

/* Tasks */

static int32_t read_active(const struct place *at)
{
	return is_there(at) && task_at(at)->active;
}

static int32_t read_in_exec(const struct place *at)
{
	return is_there(at) && at->source->in_exec(at->source->context, task_number(at));
}

static int32_t read_visible(const struct place *at)
{
	return is_there(at) && task_at(at)->visible;
}

/* CPUs */

static int32_t read_run(const struct place *at)
{
	return at->source->tasks[at->b] != TASK_NONE &&
	       cpu_at(at)->curr == at->source->tasks[at->b];
}

static int32_t read_between(const struct place *at)
{
	return cpu_at(at)->phase == CPU_BETWEEN;
}

static int32_t read_spins(const struct place *at)
{
	return cpu_at(at)->phase == CPU_SPINS;
}

static int32_t read_spin_percpu(const struct place *at)
{
	return read_spins(at) && cpu_at(at)->mode & MODE_PER_CPU;
}

static int32_t read_spin_trans(const struct place *at)
{
	return read_spins(at) && cpu_at(at)->mode & MODE_TRANSIT;
}

static int32_t read_found(const struct place *at)
{
	return cpu_at(at)->found == at->b + 1;
}

/* The mode and the mutex */

static int32_t read_percpu(const struct place *at)
{
	return (at->mm->mode & MODE_PER_CPU) != 0;
}

static int32_t read_trans(const struct place *at)
{
	return (at->mm->mode & MODE_TRANSIT) != 0;
}

/* The order of the values is that of the rules. */
static int32_t read_phase(const struct place *at)
{
	static const int32_t phases[] = {
		[PHASE_IDLE] = 0,
		[PHASE_GET_LOCKED] = 1,
		[PHASE_WALK_TASKS] = 2,
		[PHASE_WALK_CPUS] = 3,
		[PHASE_COMPLETE] = 4,
		[PHASE_GET_MUTEX] = 5,
	};

	g_assert(at->mm->phase < G_N_ELEMENTS(phases));
	return phases[at->mm->phase];
}

static int32_t read_initiator(const struct place *at)
{
	return at->mm->phase != PHASE_IDLE && is_there(at) && at->mm->initiator == task_number(at);
}

static int32_t read_child(const struct place *at)
{
	return at->mm->phase != PHASE_IDLE && is_there(at) && at->mm->child == task_number(at);
}

static int32_t read_fork_cpu(const struct place *at)
{
	return at->mm->phase == PHASE_GET_LOCKED && at->mm->initiator_cpu == at->a;
}

static int32_t read_fork_found(const struct place *at)
{
	return at->mm->found == at->a + 1;
}

/* Where a walk goes twice, the first pass is over the initiator's thread group. */
static int32_t read_vt(const struct place *at)
{
	const bool whole_list = at->model->protocol.walk_users == WALK_USERS_LIST;
	bool own_group;

	if (at->mm->phase != PHASE_WALK_TASKS)
		return 0;
	if (!is_there(at))
		return 0;
	if (at->mm->initiator == task_number(at))
		return 1;
	if (!read_active(at) || !read_visible(at))
		return 0;
	if (at->source->any_order)
		return at->source->walked >> at->a & 1;
	own_group = task_at(at)->group == model_task_const(at->model, at->mm->initiator)->group;
	if (!whole_list && own_group != (at->mm->pass == 0))
		return own_group;
	return !walk_comes_to(at->model, at->source->mm, task_number(at));
}

static int32_t read_vc(const struct place *at)
{
	if (at->mm->phase != PHASE_WALK_CPUS)
		return 0;
	return at->source->any_order ? at->source->walked >> at->a & 1 : at->a < at->mm->cursor;
}

/* Numbers */

static int32_t read_possible(const struct place *at)
{
	return (int32_t)at->model->cpus_count;
}

static int32_t read_nr_cpu_ids(const struct place *at)
{
	return (int32_t)at->model->nr_cpu_ids;
}

static int32_t read_users(const struct place *at)
{
	return (int32_t)at->mm->users;
}

static int32_t read_allowed(const struct place *at)
{
	return (int32_t)at->mm->allowed_count;
}

static int32_t read_max(const struct place *at)
{
	return (int32_t)at->mm->max_cids;
}

static int32_t read_thrs(const struct place *at)
{
	return (int32_t)at->mm->pcpu_thrs;
}

static int32_t read_deferred(const struct place *at)
{
	return at->mm->update_deferred;
}

static int32_t read_work(const struct place *at)
{
	return at->source->work;
}

static int32_t read_fault_clear(const struct place *at)
{
	return (at->mm->faults & FAULT_DROP_CLEAR) != 0;
}

static int32_t read_fault_range(const struct place *at)
{
	return (at->mm->faults & FAULT_DROP_RANGE) != 0;
}

static int32_t read_no(const struct place *at)
{
	(void)at;
	return 0;
}

static const struct reading {
	const char *declared; /* as state.rules has it */
	int32_t (*read)(const struct place *at);
} readings[] = {
	{ "own(task, number)", read_own },
	{ "tra(task, number)", read_tra },
	{ "cid(task, number)", read_cid },
	{ "marked(task)", read_marked },
	{ "cown(cpu, number)", read_cown },
	{ "ctra(cpu, number)", read_ctra },
	{ "cplain(cpu, number)", read_cplain },
	{ "bit(number)", read_bit },
	{ "active(task)", read_active },
	{ "in-exec(task)", read_in_exec },
	{ "visible(task)", read_visible },
	{ "run(cpu, task)", read_run },
	{ "between(cpu)", read_between },
	{ "spins(cpu)", read_spins },
	{ "spin-percpu(cpu)", read_spin_percpu },
	{ "spin-trans(cpu)", read_spin_trans },
	{ "found(cpu, number)", read_found },
	{ "percpu", read_percpu },
	{ "trans", read_trans },
	{ "phase: phase", read_phase },
	{ "initiator(task)", read_initiator },
	{ "child(task)", read_child },
	{ "fork-cpu(cpu)", read_fork_cpu },
	{ "fork-found(number)", read_fork_found },
	{ "vt(task)", read_vt },
	{ "vc(cpu)", read_vc },
	{ "possible: int", read_possible },
	{ "nr-cpu-ids: int", read_nr_cpu_ids },
	{ "users: int", read_users },
	{ "allowed: int", read_allowed },
	{ "max: int", read_max },
	{ "thrs: int", read_thrs },
	{ "deferred", read_deferred },
	{ "work", read_work },
	{ "fault-clear", read_fault_clear },
	{ "fault-range", read_fault_range },
	{ "falling(number)", read_no },
	{ "about(cpu)", read_no },
	{ "next(cpu, task)", read_no },
	{ "seen-percpu(cpu)", read_no },
	{ "seen-trans(cpu)", read_no },
	{ "is-new", read_no },
};

const struct reading *facts_reading(const struct symbol *symbol)
{
	size_t length = strlen(symbol->name);

	for (size_t i = 0; i < G_N_ELEMENTS(readings); i++) {
		if (strncmp(readings[i].declared, symbol->name, length) == 0 &&
			strchr("(:", readings[i].declared[length]))
			return &readings[i];
	}
	return NULL;
}

/* "own(task, number)", "users: int": as it is declared. */
static char *declaration(const struct rules *rules, const struct symbol *symbol)
{
	GString *text = g_string_new(symbol->name);

	for (unsigned i = 0; i < symbol->count; i++) {
		const struct sort_info *info = &rules->sorts[symbol->args[i]];

		g_string_append_printf(
			text, "%s%s", i ? ", " : "(", info->values ? "a kind" : info->name);
	}
	if (symbol->count > 0)
		g_string_append_c(text, ')');
	if (symbol->sort != SORT_YES_NO)
		g_string_append_printf(text, ": %s", rules->sorts[symbol->sort].name);
	return g_string_free(text, FALSE);
}

const char *facts_missing(const struct rules *rules)
{
	for (guint i = 0; i < rules->symbols->len; i++) {
		const struct symbol *symbol = rules->symbols->pdata[i];
		const struct reading *reading = facts_reading(symbol);
		g_autofree char *declared = declaration(rules, symbol);

		if (!reading || strcmp(reading->declared, declared) != 0)
			return symbol->name;
	}
	return NULL;
}

void facts_read(struct facts *facts, const struct facts_source *source)
{
	struct place at = { .source = source,
		.model = source->model,
		.mm = model_mm_const(source->model, source->mm) };

	for (guint i = 0; i < facts->rules->symbols->len; i++) {
		const struct symbol *symbol = facts->rules->symbols->pdata[i];
		const struct reading *reading = facts->readings[i];
		unsigned sizes[2] = { 1, 1 };
		int32_t *value = facts->values + facts->offsets[i];

		g_assert(reading && symbol->count <= 2);
		for (unsigned k = 0; k < symbol->count; k++)
			sizes[k] = facts->sizes[symbol->args[k]];
		for (at.a = 0; at.a < sizes[0]; at.a++) {
			for (at.b = 0; at.b < sizes[1]; at.b++)
				*value++ = reading->read(&at);
		}
	}
}

/* A machine */

static bool is_in_exec(const void *context, uint32_t task)
{
	const struct machine *machine = context;

	switch ((enum machine_pc)machine->pc[task]) {
	case PC_LEAVES:
	case PC_LEAVES_TO_FAIL:
	case PC_EXEC:
	case PC_EXEC_TO_FAIL:
		return true;
	default:
		return false;
	}
}

void facts_read_machine(
	struct facts *facts, const struct machine *machine, const struct machine_config *config)
{
	uint32_t tasks[MACHINE_TASKS_MAX];
	const bool walks_cpus = machine_mm(machine)->phase == PHASE_WALK_CPUS;
	const struct facts_source source = { .model = machine_model_const(machine),
		.tasks = tasks,
		.in_exec = is_in_exec,
		.context = machine,
		.work = machine->work,
		.any_order = walks_cpus ? config->any_cpu_order : config->any_task_order,
		.walked = machine->walked };

	for (uint32_t task = 0; task < config->tasks_max; task++)
		tasks[task] = machine->pc[task] == PC_FREE ? TASK_NONE : task;
	facts_read(facts, &source);
}
