/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_INTERNAL_H
#define CIDSIM_SIM_ENGINE_INTERNAL_H

/*
 * The engine, put together of parts. Each part has a struct, a header and a source of its name, and
 * what stands in the struct is changed by that source; others read it. From the top down:
 *
 *	engine       the loop: takes the next event and hands it to one of these     engine.end
 *	setup        makes and frees an engine
 *	invariants   what all parts must agree on
 *	livelock     is a spin one that cannot end?    retry     a spin tries again
 *	actions      what the scenario wants at a time     .timeline
 *	processes    first tasks and groups                .processes
 *	workload     what a task does next in user space: behave, ramps, pools       .teams
 *	kernel       a task on its way through the kernel, stage by stage
 *	operations   what is special to fork, exit, exec, work                       .ops
 *	affinity     affinity changes and deferred work    .affinities
 *	mutex        of an mm, in struct sim_mm            step-log  what the log has of steps
 *	cpus         what is due on a CPU, wake-ups        .cpus
 *	dispatch     the context switch, in struct sim_cpu
 *	after-step   records and checks after a step       .checks
 *	holders      who holds which number, in .checks
 *	describe     an mm for people                      spins     who spins       .spins
 *	queues       run queues and sleepers               .queues   (policy: which queue)
 *	due          the next event of a CPU, in cpus.tree
 *	tasks, mms   tables of them                        .tasks .mms    room    makes them larger
 *	log          notes for the event log
 *	units, masks, requests, ops, teams, task           tables that use no other part
 *
 * Calls go down, but for three structs of functions: the policy of the scheduler; who executes
 * tasks (cpus calls kernel); who decides what user space does next (cpus, dispatch and operations
 * call workload).
 *
 * Functions that each event calls are marked inline, even if their callers are in other files: a
 * release build is optimised across files, and follows the mark.
 *
 * Besides its own struct a source changes: the model, by its steps; a task, which it has been given
 * (state, stage and op by the functions of task.h); the end of the run (engine.end).
 */

#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/state.h"
#include "sim/engine/actions.h"
#include "sim/engine/affinity.h"
#include "sim/engine/after-step.h"
#include "sim/engine/cpus.h"
#include "sim/engine/engine.h"
#include "sim/engine/masks.h"
#include "sim/engine/mms.h"
#include "sim/engine/ops.h"
#include "sim/engine/processes.h"
#include "sim/engine/queues.h"
#include "sim/engine/requests.h"
#include "sim/engine/spins.h"
#include "sim/engine/task.h"
#include "sim/engine/tasks.h"
#include "sim/engine/teams.h"
#include "sim/engine/units.h"
#include "sim/record/emit.h"

#define CPU_NONE UINT32_MAX
#define NEVER UINT64_MAX

/* How a task goes on after what was due. */
enum advance {
	ADVANCE_RUNS,   /* on this CPU, with due > 0 or more to do at once */
	ADVANCE_LEAVES, /* it left the CPU: its state says why */
	ADVANCE_STUCK,  /* the CPU spins or waits for a lock; no switch can be */
};

/* Where tasks run: the CPU scheduler behind one small interface. */
struct policy {
	/* The online CPU whose queue @task, awake again or new, is put in; CPU_NONE if it may run
	 * on none of them. */
	uint32_t (*place)(struct engine *engine, uint32_t task, bool is_new);
	/* Does @task, just put in the queue of @cpu, take it from who runs there? */
	bool (*preempts)(struct engine *engine, uint32_t cpu, uint32_t task);
	/* A task to take from another queue for @cpu, which has nothing to run; TASK_NONE: none. */
	uint32_t (*pull)(struct engine *engine, uint32_t cpu);
};

extern const struct policy policy_round_robin;

/* Who executes tasks: see kernel.h. */
struct executor {
	/* A stage of @task in the kernel, on @cpu, is over: how it goes on. */
	enum advance (*advance)(struct engine *engine, uint32_t cpu, uint32_t task);
	/* The rq lock that the walk of @task waited for may be free: the step is taken now. */
	enum advance (*walk_on)(struct engine *engine, uint32_t cpu, uint32_t task);
	/* No CPU that @task may run on is online: afterwards it may run on all. */
	void (*break_affinity)(struct engine *engine, uint32_t task);
};

/* Who decides what user space does next: see workload.h. */
struct userspace {
	/* @task, which is fresh, has got a CPU. If it only begins a burst there next, draw the
	 * length of the burst now and return true: then no event is needed to begin it. */
	bool (*draw_burst)(struct engine *engine, uint32_t task);
	/* A burst of @task has ended, or it has come back from the kernel or from sleep with
	 * nothing left to run. */
	enum advance (*next)(struct engine *engine, uint32_t task);
	/* The fork of @task has made @child. */
	void (*forked)(struct engine *engine, uint32_t task, uint32_t child);
	/* @task is not a member of its team any more. */
	void (*gone)(struct engine *engine, uint32_t task);
	/* If @task is the child of a vfork, it has its own mm or is gone. */
	void (*vfork_done)(struct engine *engine, uint32_t task);
};

/* How the run ends. */
struct ending {
	bool ended;     /* nothing more happens */
	bool cut_short; /* ... with more to come */
	bool beyond;    /* something is due after the end of the run */
	const char *why;
	GString *input_error; /* an action that could not be done; NULL = none */
};

struct engine {
	uint64_t now_ns;
	const struct scenario *scenario;
	struct model *model;
	struct tasks tasks;
	struct cpus cpus;
	struct queues queues;
	struct recorder *recorder;
	struct emitter emit;
	struct record_result *totals; /* recorder->result */
	const struct policy *policy;
	const struct executor *executor;
	const struct userspace *userspace;
	bool log;   /* the sink takes the complete event log */
	bool stays; /* ... or stays on CPUs */
	struct checks checks;
	struct mms mms;
	struct units units;
	struct spins spins;
	struct timeline timeline;
	uint64_t expect_ns; /* next instant that an expectation is about; NEVER */
	uint64_t rare_ns;   /* before it only wake-ups and events of CPUs are due */
	struct ending end;
	volatile sig_atomic_t interrupted;
	struct masks masks;
	struct requests requests;
	struct teams teams;
	struct ops ops;
	struct processes processes;
	struct affinities affinities;
	struct model_config config;
};

static inline struct sim_task *sim_task(const struct engine *engine, uint32_t task)
{
	return engine->tasks.table + task;
}

static inline struct sim_cpu *sim_cpu(const struct engine *engine, uint32_t cpu)
{
	return engine->cpus.table + cpu;
}

/* The number of @cpu in the scenario. */
static inline unsigned sim_cpu_id(const struct engine *engine, uint32_t cpu)
{
	g_assert(cpu < engine->cpus.count);
	return engine->scenario->cpu_ids[cpu];
}

static inline struct sim_mm *sim_mm(const struct engine *engine, uint32_t mm)
{
	return engine->mms.table + mm;
}

static inline struct unit *unit_of(const struct engine *engine, const struct sim_task *task)
{
	return units_at(&engine->units, task->unit);
}

static inline const struct cpu_set *mask_of(
	const struct engine *engine, const struct sim_task *task)
{
	return masks_at(&engine->masks, task->mask);
}

static inline const struct extra *extra_of(const struct engine *engine, const struct sim_task *task)
{
	return &g_array_index(engine->tasks.extras, struct extra, task->extra);
}

static inline struct op *op_of(const struct engine *engine, const struct sim_task *task)
{
	return ops_at(&engine->ops, extra_of(engine, task)->op_index);
}

/* The mm whose users the operation of @task changes. */
static inline uint32_t tasks_op_mm(const struct engine *engine, uint32_t task)
{
	const struct sim_task *t = sim_task(engine, task);

	if (t->op == OP_FORK || t->op == OP_UNDO_FORK)
		task = op_of(engine, t)->child;
	else if (t->op == OP_WORK)
		return g_array_index(engine->affinities.work, uint32_t, 0);
	return model_task_const(engine->model, task)->mm;
}

/* A step has touched @task (TASK_NONE: none), and the word of @cpu in @mm. Each step must call this
 * for all that it touches (holders.h): before after_step(), or alone if no after_step() follows. */
static inline void after_touch(struct engine *engine, uint32_t mm, uint32_t cpu, uint32_t task)
{
	if (!engine->checks.holders.on)
		return;
	holders_touch_task(engine, task);
	holders_touch_cpu(engine, mm, cpu);
}

/* Something other than a wake-up or an event of a CPU is due at @time_ns. */
static inline void engine_rare_at(struct engine *engine, uint64_t time_ns)
{
	engine->rare_ns = MIN(engine->rare_ns, time_ns);
}

/* No step of what was begun comes after this. */
static inline void engine_end(struct engine *engine, const char *why)
{
	engine->end.ended = true;
	engine->end.why = why;
}

#endif
