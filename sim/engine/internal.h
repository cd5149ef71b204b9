/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_INTERNAL_H
#define CIDSIM_SIM_ENGINE_INTERNAL_H

/*
 * What the parts of the engine share. Who calls whom:
 *
 *   engine.c    the loop: takes the next event and hands it to one of these
 *   actions.c   timed actions        workload.c  what a task does next in user space
 *   kernel.c    fork, exit, exec, affinity, deferred work as a task goes through them
 *   cpus.c      switches, run queues, wake-ups, slices   policy.c  where to put whom
 *   spins.c     CPUs that spin in get, and live locks   describe.c  how a state is told
 *   tasks.c     tasks, mms and affinity masks: making and ending them
 */

#include "model/affinity.h"
#include "model/check.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"
#include "sim/base/prng.h"
#include "sim/engine/cputree.h"
#include "sim/engine/engine.h"
#include "sim/engine/loads.h"
#include "sim/engine/runq.h"
#include "sim/engine/wheel.h"
#include "sim/record/emit.h"

#define CPU_NONE UINT32_MAX
#define INDEX_NONE UINT32_MAX
#define NEVER UINT64_MAX

enum task_state {
	TASK_FREE,    /* no task */
	TASK_WAITS,   /* for an action, a join, a release: no time is set */
	TASK_SLEEPS,  /* due = when it wakes up */
	TASK_QUEUED,  /* in the run queue of its CPU; due = ns left to run */
	TASK_RUNS,    /* due = ns left to run */
	TASK_BLOCKED, /* on the mutex of an mm */
	TASK_DIES,    /* gone as soon as its CPU has switched away */
};

/* What the task does when it has run for what is left to it. */
enum task_stage {
	STAGE_USER,     /* the burst ends */
	STAGE_ENTER,    /* the way into the kernel ends: the operation proper begins */
	STAGE_DECIDE,   /* under the mutex: the decision is made */
	STAGE_WALK,     /* a step of the walk is taken */
	STAGE_COMPLETE, /* the window closes */
	STAGE_RETURN,   /* the operation is over; of a vfork: once the child lets its parent go */
};

enum task_op {
	OP_NONE,
	OP_FORK,      /* of whatever kind; see struct op */
	OP_UNDO_FORK, /* failed fork: the child leaves again */
	OP_EXIT,
	OP_EXEC_LEAVE, /* out of the old mm */
	OP_EXEC_JOIN,  /* into the new one, or the old one again */
	OP_AFFINITY,
	OP_WORK, /* the deferred work, by a kernel thread */
};

/* What few tasks have. */
struct extra {
	uint32_t team;     /* INDEX_NONE = none */
	uint32_t op_index; /* its op has arguments: in engine.ops; INDEX_NONE = none */
	uint32_t loops;    /* bursts left; LOOPS_FOREVER */
	uint32_t threads;  /* first of a thread group: the others that are alive */
	uint32_t next_free;
};
#define LOOPS_FOREVER UINT32_MAX

/* 32 bytes a task, 48 with the model's; neither crosses a cache line. */
struct sim_task {
	uint32_t due_low; /* ns, see enum task_state; through task_due() */
	uint16_t due_high;
	uint16_t state : 3;
	uint16_t stage : 3;
	uint16_t op : 4;
	uint16_t asked : 1;     /* requests wait in engine.requests */
	uint16_t leaves : 1;    /* asked to exit by its team */
	uint16_t in_window : 1; /* initiator of an open window */
	uint16_t fresh : 1;     /* no burst is under way: the next thing is to begin one */
	uint16_t begun : 1;     /* has run in user space */
	uint16_t released : 1;  /* pool: let go by its leader */
	uint32_t pid;
	uint32_t draws;     /* of its random stream */
	uint32_t position;  /* queued: in the run queue; blocked: next on the mutex; free: next free
	                     */
	uint32_t extra;     /* in engine.extras; 0 = nothing special */
	uint64_t unit : 20; /* in engine.units: a file has at most a million lines */
	uint64_t mask : 20; /* affinity, in engine.masks */
	uint64_t shown : 16; /* CID that user space saw last */
	uint64_t : 8;
};
_Static_assert(sizeof(struct sim_task) == 32, "a task is 32 bytes");

static inline uint64_t task_due(const struct sim_task *task)
{
	return (uint64_t)task->due_high << 32 | task->due_low;
}

static inline void task_set_due(struct sim_task *task, uint64_t ns)
{
	task->due_low = (uint32_t)ns;
	task->due_high = (uint16_t)(ns >> 32);
}

enum cpu_state {
	CPU_IDLE,
	CPU_RUNS,
	CPU_WAITS_RQ_LOCK, /* its task takes a step of a walk and waits for the rq lock of waits_for
	                    */
	CPU_SPINS_SWITCH,  /* in get, in its switch, rq lock held */
	CPU_SPINS_FORK,    /* in get, in a fork under the mm's lock, interrupts off */
};

/* One cache line: each event touches one or two of them. */
struct sim_cpu {
	uint64_t run_start_ns; /* the current task's time is charged up to here */
	uint64_t slice_end_ns;
	uint64_t lock_until_ns; /* rq lock held until; NEVER: by a switch that spins */
	struct runq queue;
	uint32_t curr;      /* TASK_NONE = idle */
	uint32_t next_hint; /* who was first in the queue at the last switch; only to prefetch */
	struct emit_seen seen; /* by user space; mms by their serial */
	uint8_t state;         /* enum cpu_state */
	bool online : 1;
	bool resched : 1; /* switch as soon as that can be */
};
_Static_assert(sizeof(struct sim_cpu) == 64, "a CPU is one cache line");

/* What is seldom asked of a CPU. */
struct cpu_detail {
	uint64_t stay_start_ns;
	uint64_t spin_since_ns;
	uint32_t waits_for; /* CPU_WAITS_RQ_LOCK: whose */
};

struct sim_mm {
	uint32_t mutex_owner;                 /* task; TASK_NONE */
	uint32_t waiters_first, waiters_last; /* tasks blocked on the mutex, in order */
	uint32_t tasks;    /* that have it as their mm, and deferred work for it */
	uint32_t spinners; /* CPUs that spin for a number of it */
	uint32_t declared; /* index in scenario.mms */
	uint32_t process;  /* which of its processes; INDEX_NONE: came into being later */
	uint32_t serial;   /* no other mm of the run has it */
	unsigned broken;   /* CHECK_* bits already reported */
	uint32_t next_free;
};

/* What tasks of a kind have in common. */
enum unit_kind { UNIT_MAIN, UNIT_GROUP, UNIT_RAMP, UNIT_LEADER, UNIT_WORKER, UNIT_KWORKER };

struct unit {
	enum unit_kind kind;
	uint32_t index; /* in scenario.mms, groups, ramps or pools */
	const struct behaviour *behaviour;
	uint32_t mask;
	bool has_mask;
	const char *name;
	GArray *members; /* struct member; NULL where no action refers to them by number */
};

struct member {
	uint32_t task, pid;
};

/* Tasks that wait for one another: a process' first task and its threads, a pool's leader and
 * its threads, a vfork's parent and its child. */
enum team_kind { TEAM_MAIN, TEAM_POOL, TEAM_VFORK };

struct team {
	enum team_kind kind;
	uint32_t leader; /* task; TASK_NONE: gone */
	uint32_t refs;   /* leader and members alive */
	/* TEAM_MAIN */
	uint32_t mm;         /* scenario.mms */
	uint32_t ramp, pool; /* INDEX_NONE: none */
	uint32_t level;      /* ramp: users now; 0 = not begun */
	bool falling, pause;
	uint64_t cycles_left; /* ramp, pool */
	uint32_t leaving;     /* ramp: threads told to leave that are still there */
	uint64_t not_before_ns;
	GArray *threads; /* ramp: tasks, newest last */
	/* TEAM_POOL */
	uint32_t made, started, gone, threads_max;
	GArray *waiting; /* tasks to release */
};

/* The arguments of an operation that a task is in. */
struct op {
	uint32_t task;
	uint32_t unit;    /* fork: of the child */
	uint32_t count;   /* fork: children still to make, this one included */
	uint32_t number;  /* fork: of the child in its unit; INDEX_NONE = the next one */
	uint32_t child;   /* fork: TASK_NONE until it is made */
	uint32_t team;    /* fork: of the child */
	uint8_t kind;     /* fork: enum scenario_fork_kind */
	bool new_process; /* fork: of a new mm, scenario.mms[mm] */
	bool fails;       /* fork, exec */
	uint32_t mm;
	uint32_t mask;    /* affinity */
	uint64_t left_ns; /* of the burst that it interrupted */
	uint32_t next_free;
};

/* An affinity change that waits until a spin ends. */
struct late_affinity {
	uint32_t task, pid;
	uint32_t mask;
};

/* Something that the scenario wants at a time. */
/* Those of the same time happen in the order of kind, index, process. */
enum moment_kind { MOMENT_PROCESS, MOMENT_GROUP, MOMENT_ACTION };
struct moment {
	uint64_t time_ns;
	enum moment_kind kind;
	uint32_t index;   /* of the mm, the group or the action */
	uint32_t process; /* MOMENT_PROCESS, MOMENT_GROUP: which one of the mm's */
};

struct request {
	enum scenario_verb verb;
	uint32_t unit, mm, count, number;
	uint64_t sleep_ns;
	struct request *next;
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

struct engine {
	const struct scenario *scenario;
	struct recorder *recorder;
	struct emitter emit;
	struct record_result *totals; /* recorder->result */
	const struct policy *policy;
	uint64_t now_ns;
	uint64_t key; /* of the random streams */
	volatile sig_atomic_t interrupted;
	bool beyond;      /* something is due after the end of the run */
	bool check_steps; /* properties are checked after each step, of mms that are not too large
	                   */
	bool log;         /* the sink takes the complete event log */
	bool stays;       /* ... or stays on CPUs */

	struct model *model;
	struct model_config config;
	uint64_t *seen; /* scratch of check_mm() */

	struct sim_task *tasks;
	uint32_t tasks_count, tasks_used, tasks_free, tasks_alive;
	uint32_t next_pid;
	struct sim_mm *mms;
	uint32_t mms_used, mms_free;

	struct sim_cpu *cpus;
	struct cpu_detail *details; /* by CPU */
	uint32_t cpus_count, online_count;
	struct cputree *tree;
	struct wheel *wheel;
	struct loads *loads; /* NULL where the policy does not ask for it */
	uint32_t turn;       /* policy: the CPU whose turn it is to get a new task */
	struct runq_owner queue_owner;

	GArray *masks;          /* struct cpu_set; 0 = all */
	GHashTable *mask_index; /* struct cpu_set -> its index + 1; looked up, never iterated */
	GArray *units;          /* struct unit */
	uint32_t unit_of_mm, unit_of_group, unit_of_ramp, unit_of_leader, unit_of_worker;
	uint32_t unit_of_kworker; /* first unit of each kind */
	GArray *extras;           /* struct extra; the first one is that of all who have none */
	uint32_t extras_free;
	GArray *teams; /* struct team */
	GArray *teams_free;
	GArray *ops; /* struct op */
	uint32_t ops_free;
	GHashTable *requests; /* task -> struct request list; looked up, never iterated */
	GArray *timeline;     /* struct moment, by time and order of the file */
	uint32_t next_moment;
	uint32_t *main_of_process; /* task of the first task of each process of the scenario */
	uint32_t *main_pid;        /* ... and its pid, for tasks die and ids are used again */
	GString *input_error;      /* an action that could not be done; NULL = none */

	uint32_t kworker;           /* TASK_NONE until there is work */
	GArray *work;               /* mms with deferred work, in order */
	GArray *spinning;           /* CPUs that spin, in the order in which they began */
	GHashTable *late_accounts;  /* of mms that come into being later; see kernel.c */
	GArray *late_affinities;    /* struct late_affinity: changes that wait for a lock */
	uint32_t next_serial;       /* of mms */
	GArray *lock_waiters;       /* CPUs that wait for the rq lock of one that spins */
	uint64_t expect_ns;         /* next instant that an expectation speaks of; NEVER */
	uint64_t spin_check_ns;     /* when to look at CPUs that spin; NEVER */
	uint64_t livelock_check_ns; /* ... and for live locks among them */
	bool ended, cut_short;
	const char *ended_why;
};

static inline struct sim_task *sim_task(struct engine *engine, uint32_t task)
{
	return engine->tasks + task;
}

static inline struct unit *unit_of(struct engine *engine, const struct sim_task *task)
{
	return &g_array_index(engine->units, struct unit, task->unit);
}

static inline const struct cpu_set *mask_of(struct engine *engine, const struct sim_task *task)
{
	return &g_array_index(engine->masks, struct cpu_set, task->mask);
}

static inline const struct extra *extra_of(struct engine *engine, const struct sim_task *task)
{
	return &g_array_index(engine->extras, struct extra, task->extra);
}

static inline struct op *op_of(struct engine *engine, const struct sim_task *task)
{
	return &g_array_index(engine->ops, struct op, extra_of(engine, task)->op_index);
}

/* tasks.c */

/* A task with no CPU yet, in state WAITS. Its mm counts it. @visible: to walks, from now on. */
uint32_t task_new(struct engine *engine, uint32_t unit, uint32_t mm, uint32_t group, uint32_t cpu,
	bool visible);
/* The task is gone: not running, not queued. Its mm ends with its last task. The id of a thread
 * group is that of its first task, which is not used again before the group is empty. */
void task_free(struct engine *engine, uint32_t task);
/* A successful exec: @task goes over to @mm, as the first of a thread group of its own. */
void task_change_mm(struct engine *engine, uint32_t task, uint32_t mm);
/* An mm, made on @cpu, by a fork from an mm in mode @parent_mode (MODE_*; 0: by an exec or from
 * outside); and a task, or work, less of it. */
uint32_t sim_mm_new(struct engine *engine, uint32_t account, uint32_t declared, uint32_t process,
	uint32_t mask, uint32_t cpu, uint8_t parent_mode);
void sim_mm_put(struct engine *engine, uint32_t mm, uint32_t cpu);
/* Room in the model for more extents; to be called after STEP_NEEDS_EXTENT. */
void engine_grow_extents(struct engine *engine);
/* The extra of @task, to be changed. */
struct extra *extra_edit(struct engine *engine, struct sim_task *task);
uint32_t tasks_first_pid(void);
GHashTable *mask_index_new(void);
uint32_t mask_intern(struct engine *engine, const struct cpu_set *set);
struct record_task task_name(struct engine *engine, uint32_t task);
struct prng task_prng(struct engine *engine, const struct sim_task *task);

/* cpus.c */

/* The tables of tasks have moved: tell who reads them ahead. */
void engine_prefetch_wakeups(struct engine *engine);
/* Something of @mm was changed by a step: records, spins and checks follow. */
void engine_after_step(struct engine *engine, uint32_t mm);
/* A window of @mm has closed, or a get has given up: mms that are too large for each step are
 * checked now. */
void engine_after_window(struct engine *engine, uint32_t mm);
/* @task wakes up now: it is put in a run queue. */
void cpus_wake(struct engine *engine, uint32_t task, bool is_new);
/* ... after the cost of a wake-up. */
void cpus_wake_soon(struct engine *engine, uint32_t task);
void cpus_sleep_until(struct engine *engine, uint32_t task, uint64_t time_ns);
/* The event of @cpu is due. */
void cpus_event(struct engine *engine, uint32_t cpu);
/* @task, running, is to be looked at as soon as can be: it was asked something. */
void cpus_kick(struct engine *engine, uint32_t cpu);
/* @task, current on @cpu, has left it: its state says why. The next one comes. */
void cpus_leave(struct engine *engine, uint32_t cpu, uint32_t task);
/* User space of @task, of @mm, sees its number from now on; what was there before is counted. */
void cpus_show_cid(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm);
/* What is told of a stay is about to change, or the run ends: the stay on @cpu so far is told. */
void cpus_split_stay(struct engine *engine, uint32_t cpu);
/* The spin of @cpu has ended. */
void cpus_spin_ended(struct engine *engine, uint32_t cpu);
void cpus_set_online(struct engine *engine, uint32_t cpu, bool online);
/* The affinity of @task is now @mask: it leaves a CPU that this excludes. */
void cpus_affinity_changed(struct engine *engine, uint32_t task);
void cpus_queue_moved(void *context, uint32_t task, uint32_t position);
/* Take @task out of the queue it is in. */
void cpus_dequeue(struct engine *engine, uint32_t task);

/* kernel.c */

/* How a task goes on after what was due. */
enum advance {
	ADVANCE_RUNS,   /* on this CPU, with due > 0 or more to do at once */
	ADVANCE_LEAVES, /* it left the CPU: its state says why */
	ADVANCE_STUCK,  /* the CPU spins or waits for a lock; no switch can be */
};

enum advance kernel_advance(struct engine *engine, uint32_t cpu, uint32_t task);
enum advance kernel_walk_step(struct engine *engine, uint32_t cpu, uint32_t task);
/* The get of a fork on @cpu is over: it has found its number, or given up. */
void kernel_fork_got(struct engine *engine, uint32_t cpu);
void kernel_fork(struct engine *engine, uint32_t task, const struct op *op);
void kernel_exit(struct engine *engine, uint32_t task);
void kernel_exec(struct engine *engine, uint32_t task, bool fails);
void kernel_set_affinity(struct engine *engine, uint32_t task, uint32_t mask);
/* An affinity change from outside, at once. */
void kernel_affinity_now(struct engine *engine, uint32_t task, uint32_t mask);
/* Tell of the first task of a process, whose fork is that of nobody. */
void kernel_log_start(struct engine *engine, uint32_t cpu, uint32_t task, struct step step);
/* The mm in whose window @task, its initiator, is. */
uint32_t kernel_window_mm(struct engine *engine, uint32_t task);

/* workload.c */

/* A process or a group of the scenario begins. */
void workload_moment(struct engine *engine, const struct moment *moment);
/* A burst has ended, or the task has come back from the kernel or from sleep with nothing left
 * to run: what it does next. */
enum advance workload_next(struct engine *engine, uint32_t cpu, uint32_t task);
/* @task is no more a member of its team. */
void workload_gone(struct engine *engine, uint32_t task);
/* The child of a fork of @task is there. */
void workload_forked(struct engine *engine, uint32_t task, uint32_t child);
/* A vfork's child has its own mm or is gone. */
void workload_vfork_done(struct engine *engine, uint32_t task);

/* actions.c */

/* Make the timeline of all that the scenario wants at a time. */
void actions_plan(struct engine *engine);
/* Ask @task, which had @pid, to do something itself; @line is told if it does not exist. */
void actions_ask(struct engine *engine, uint32_t task, uint32_t pid, const struct request *request,
	uint32_t line);
uint64_t actions_next_ns(const struct engine *engine);
void actions_do(struct engine *engine);
/* The first request to @task. Returns false if there is none; else takes it. */
bool actions_take(struct engine *engine, uint32_t task, struct request *request);
void actions_forget(struct engine *engine, uint32_t task);

/* spins.c */

void spins_begin(struct engine *engine, uint32_t cpu, uint32_t mm);
/* Tell of the spin that has begun on @cpu, after the step which it is part of. */
void spins_log(struct engine *engine, uint32_t cpu);
/* What a get under way, of a switch on @cpu or of a fork in @mm, answered: one that has found its
 * number and has yet to set it (split-get) does so now, for here nothing can come between. */
struct step spins_set_found(
	struct engine *engine, uint32_t cpu, struct step step, struct model_observer *observer);
struct step spins_set_found_by_fork(struct engine *engine, uint32_t mm, struct step step);
/* A bit of an mm may have been freed: CPUs that spin try again once all else of now is done. */
void spins_retry_soon(struct engine *engine);
void spins_check(struct engine *engine);
/* The run is over: tell of CPUs that spin still. */
void spins_at_end(struct engine *engine);

/* The mm whose number @cpu spins for, and the task that is to get it. */
uint32_t spins_mm(struct engine *engine, uint32_t cpu);
uint32_t spins_task(struct engine *engine, uint32_t cpu);

/* describe.c: lines without a line end at the last; the caller frees them. */

/* Who spins for a number of @mm and cannot get it (all who spin if @freed is NULL), who holds what,
 * who waits for what. @freed: by CPU, those whose spin may yet end. */
char *describe_spins(struct engine *engine, uint32_t mm, const bool *freed);
/* How @mm stands: who runs with which word, who holds which CID. */
char *describe_mm(struct engine *engine, uint32_t mm);

/*
 * log.c: notes for the event log; the caller has asked engine->log. Each step of the model is told,
 * in the order in which it is taken, with what it led to: a replay takes them all again from the
 * log alone. See docs/output.md.
 */

/* The fields of a note, one after another; all that is told of one step fits. */
enum { LOG_TEXT_MAX = 512 };
struct log_text {
	char *at;
	char text[LOG_TEXT_MAX];
};

static inline void log_begin(struct log_text *text)
{
	text->at = text->text;
}

/* " key=" is @key, but for the first one, which has no blank. */
void log_number(struct log_text *text, const char *key, uint64_t number);
void log_hex(struct log_text *text, const char *key, uint32_t value);
void log_word(struct log_text *text, const char *key, cid_word word);
void log_string(struct log_text *text, const char *key, const char *string);
/* pid of @task; none of TASK_NONE. */
void log_pid(struct engine *engine, struct log_text *text, const char *key, uint32_t task);
/* How @mm stands, and which one it is. */
void log_values(struct engine *engine, struct log_text *text, uint32_t mm);
void log_mm(struct engine *engine, struct log_text *text, uint32_t mm);
/* CPUs of @set, as a list of ids. */
void log_send_with_mask(struct engine *engine, uint32_t cpu, const char *event,
	struct log_text *text, const struct cpu_set *set);
void log_send(struct engine *engine, uint32_t cpu, const char *event, struct log_text *text);

void log_note(struct engine *engine, uint32_t cpu, const char *event, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

#endif
