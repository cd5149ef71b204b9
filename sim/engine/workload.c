/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/workload.h"

#include "sim/engine/behave.h"
#include "sim/engine/due.h"
#include "sim/engine/internal.h"
#include "sim/engine/operations.h"
#include "sim/engine/pools.h"
#include "sim/engine/queues.h"
#include "sim/engine/ramps.h"
#include "sim/engine/tasks.h"

/*
 * What a task does next, each time that it is in user space on a CPU: first what it was asked to do
 * itself (struct request; sim/engine/actions.h says who asks), then what its kind does. A first
 * task of an mm and the tasks of a group run bursts; behave.h has those, ramps.h and pools.h the
 * others.
 */

/* The run cannot do what stands in @line. */
void workload_fail(struct engine *engine, uint32_t line, const char *what)
{
	if (engine->end.input_error)
		return;
	engine->end.input_error = g_string_new(NULL);
	g_string_printf(engine->end.input_error, "%u: %s", line, what);
	engine_end(engine, "bad action");
}

bool workload_is_alive(struct engine *engine, uint32_t task, uint32_t pid)
{
	const struct sim_task *t;

	if (task == TASK_NONE)
		return false;
	t = sim_task(engine, task);
	/* One on its way out does nothing more that is asked of it. */
	return t->pid == pid && t->state != TASK_FREE && t->state != TASK_DIES &&
	       t->op != OP_EXIT && !t->leaves;
}

/* @task, which runs on @cpu, does as soon as it can what it was asked. Only actions ask, and they
 * come first of what is at an instant, so a burst that begins now has not begun. */
static void interrupt(struct engine *engine, uint32_t cpu, uint32_t task)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);

	if (c->drawn && engine->now_ns <= c->run_start_ns && !sim_task(engine, task)->fresh)
		behave_undo_draw(engine, task);
	due_soon(engine, cpu);
}

void workload_ask(struct engine *engine, uint32_t task, uint32_t pid, const struct request *request,
	uint32_t line)
{
	struct sim_task *t;

	if (!workload_is_alive(engine, task, pid)) {
		workload_fail(engine, line, "the task of this action does not exist at that time");
		return;
	}
	t = sim_task(engine, task);
	requests_add(&engine->requests, task, t, request);
	if (t->stage != STAGE_USER)
		return; /* it comes back from the kernel by itself */
	if (t->state == TASK_RUNS)
		interrupt(engine, model_task(engine->model, task)->cpu, task);
	else
		queues_wake_idle(engine, task);
}

static bool only_waits(const struct behaviour *behaviour)
{
	return behaviour->run.kind == SAMPLE_CONSTANT && behaviour->run.a == 0;
}

static enum advance main_next(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct team *team;
	uint32_t index;

	index = extra_of(engine, t)->team;
	if (index == INDEX_NONE || teams_at(&engine->teams, index)->kind != TEAM_MAIN) {
		if (only_waits(unit_of(engine, t)->behaviour))
			return behave_wait(engine, task);
		return behave(engine, task);
	}
	t->fresh = 1; /* it has no bursts of its own */
	team = teams_at(&engine->teams, index);
	if (team->ramp != INDEX_NONE)
		return ramps_next(engine, task, team);
	return pools_start(engine, task, team);
}

static enum advance group_next(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	const struct unit *unit = unit_of(engine, t);

	if (!t->begun && unit->has_mask && t->mask != unit->mask) {
		t->begun = 1;
		operation_set_affinity(engine, task, unit->mask);
		return ADVANCE_RUNS;
	}
	t->begun = 1;
	return behave(engine, task);
}

/* Would next() do nothing but behave()? */
static inline bool only_behaves(const struct sim_task *t, enum unit_kind kind)
{
	switch (kind) {
	case UNIT_GROUP:
	case UNIT_RAMP:
		return t->begun;
	case UNIT_WORKER:
		return t->begun && t->released;
	case UNIT_MAIN:
	case UNIT_LEADER:
	case UNIT_KWORKER:
	case UNIT_KINDS:
		break;
	}
	return false;
}

static bool draw_burst(struct engine *engine, uint32_t task)
{
	const struct sim_task *t = sim_task(engine, task);
	const struct unit *unit = unit_of(engine, t);

	if (t->stage != STAGE_USER || task_is_interrupted(t) || task_due(t) > 0 ||
		!only_behaves(t, unit->kind))
		return false;
	return behave_draw_burst(engine, task, unit->behaviour);
}

/* What the child is of. One that fails was to be of nobody's group: it has its parent's name. */
static uint32_t unit_of_child(struct engine *engine, uint32_t task, const struct request *request)
{
	switch (request->verb) {
	case ACT_FORK_PROCESS:
		return engine->units.first[UNIT_MAIN] + request->mm;
	case ACT_FAILED_FORK:
		return sim_task(engine, task)->unit;
	default:
		return request->unit;
	}
}

static void fork_asked(struct engine *engine, uint32_t task, const struct request *request)
{
	struct op op = {
		.unit = unit_of_child(engine, task, request),
		.count = request->count,
		.number = request->number,
		.team = INDEX_NONE,
		.kind = request->verb == ACT_VFORK      ? FORK_VFORK
		        : request->verb == ACT_CLONE_VM ? FORK_CLONE_VM
		                                        : FORK_THREAD,
		.new_process = request->verb == ACT_FORK_PROCESS,
		.fails = request->verb == ACT_FAILED_FORK,
		.mm = request->mm,
	};

	g_assert(op.unit < engine->units.all->len);
	operation_fork(engine, task, &op);
}

static enum advance do_request(struct engine *engine, uint32_t task, const struct request *request)
{
	struct sim_task *t = sim_task(engine, task);

	switch (request->verb) {
	case ACT_FORK:
	case ACT_CLONE_VM:
	case ACT_VFORK:
	case ACT_FORK_PROCESS:
	case ACT_FAILED_FORK:
		fork_asked(engine, task, request);
		return ADVANCE_RUNS;
	case ACT_EXIT:
		operation_exit(engine, task);
		return ADVANCE_RUNS;
	case ACT_EXEC:
		operation_exec(engine, task, false);
		return ADVANCE_RUNS;
	case ACT_FAILED_EXEC:
		operation_exec(engine, task, true);
		return ADVANCE_RUNS;
	case ACT_SLEEP:
		if (request->sleep_ns == SCENARIO_FOREVER)
			return behave_wait(engine, task);
		return behave_sleep(engine, task, request->sleep_ns);
	case ACT_YIELD:
		sim_cpu(engine, model_task(engine->model, task)->cpu)->resched = true;
		if (task_due(t) == 0)
			task_set_due(t, 1);
		return ADVANCE_RUNS;
	case ACT_AFFINITY:
	case ACT_WAKE:
	case ACT_CPU_OFF:
	case ACT_CPU_ON:
		break;
	}
	g_assert_not_reached();
}

static enum advance next(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct request request;

	if (t->leaves) {
		operation_exit(engine, task);
		return ADVANCE_RUNS;
	}
	if (t->asked) {
		requests_take(&engine->requests, task, t, &request);
		return do_request(engine, task, &request);
	}
	switch (unit_of(engine, t)->kind) {
	case UNIT_MAIN:
		return main_next(engine, task);
	case UNIT_GROUP:
	case UNIT_RAMP:
		return group_next(engine, task);
	case UNIT_LEADER:
		return pools_leader_next(engine, task);
	case UNIT_WORKER:
		return pools_worker_next(engine, task);
	case UNIT_KWORKER:
	case UNIT_KINDS:
		break;
	}
	g_assert_not_reached();
}

static void forked(struct engine *engine, uint32_t task, uint32_t child)
{
	struct sim_task *t = sim_task(engine, task), *c = sim_task(engine, child);
	const struct op *op = op_of(engine, t);
	struct team *team;

	g_assert(c->state == TASK_WAITS && c->stage == STAGE_USER);
	behave_begin(engine, child);
	units_add_member(&engine->units, c->unit, op->number, child, c->pid);
	if (op->kind == FORK_VFORK && !op->new_process)
		tasks_extra(&engine->tasks, c)->team = teams_new(&engine->teams, TEAM_VFORK, task);
	if (extra_of(engine, c)->team == INDEX_NONE)
		return;
	team = teams_at(&engine->teams, extra_of(engine, c)->team);
	team->refs += team->kind != TEAM_VFORK;
	if (team->kind == TEAM_MAIN)
		g_array_append_val(team->threads, child);
	else if (team->kind == TEAM_POOL)
		team->made++;
}

static void gone(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint32_t index = extra_of(engine, t)->team;
	struct team *team;

	if (index == INDEX_NONE)
		return;
	team = teams_at(&engine->teams, index);
	g_assert(team->refs > 0);
	if (team->leader == task) {
		team->leader = TASK_NONE;
	} else if (team->kind == TEAM_MAIN) {
		if (!t->leaves)
			team_remove_thread(team, task); /* it went by itself */
		else if (--team->leaving == 0)
			queues_wake_idle(engine, team->leader);
	} else if (team->kind == TEAM_POOL && ++team->gone == team->threads_max) {
		queues_wake_idle(engine, team->leader);
	}
	tasks_extra(&engine->tasks, t)->team = INDEX_NONE;
	teams_put(&engine->teams, index);
}

static void vfork_done(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint32_t index = extra_of(engine, t)->team, parent;

	g_assert(index == INDEX_NONE || index < engine->teams.all->len);
	if (index == INDEX_NONE || teams_at(&engine->teams, index)->kind != TEAM_VFORK)
		return;
	parent = teams_at(&engine->teams, index)->leader;
	g_assert(sim_task(engine, parent)->stage == STAGE_RETURN);
	tasks_extra(&engine->tasks, t)->team = INDEX_NONE;
	teams_put(&engine->teams, index);
	queues_wake_soon(engine, parent); /* a parent cannot go before its child lets it */
}

const struct userspace userspace_scenario = {
	.draw_burst = draw_burst,
	.next = next,
	.forked = forked,
	.gone = gone,
	.vfork_done = vfork_done,
};
