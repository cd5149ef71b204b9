/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SCENARIO_SCENARIO_H
#define CIDSIM_SIM_SCENARIO_SCENARIO_H

/*
 * A scenario file as a plain structure: what scenario_load() read, checked and completed with the
 * defaults. Every index in it is valid, every range has been checked: its users need not check
 * again. scenarios/README.md documents the syntax of the file.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/revision.h"
#include "sim/base/line-files.h"
#include "sim/base/sample.h"
#include "sim/machine/machine.h"

enum {
	SCENARIO_CPUS_MAX = 8192,     /* possible CPUs, and CPU ids are below it */
	SCENARIO_TASKS_MAX = 4194304, /* tasks alive at once */
	SCENARIO_MMS_MAX = 65536,     /* mms alive at once */
	SCENARIO_TITLE_MAX = 200,     /* bytes of the title */
};

/* Times are below 2^42 ns (about 73 minutes): event keys pack a time and a task id in 64 bits. */
#define SCENARIO_TIME_NS_MAX ((UINT64_C(1) << 42) - 1)
#define SCENARIO_FOREVER UINT64_MAX

/* A set of CPUs by dense index 0..P-1 (position among the possible CPUs, ascending id). */
struct cpu_set {
	uint32_t count;  /* CPUs in the set, never 0 */
	uint64_t *words; /* (P + 63) / 64 words; NULL = all possible CPUs */
};

/* Simulated cost of each kernel step, in ns. */
struct scenario_costs {
	uint64_t switch_ns;   /* a context switch, the rq lock held */
	uint64_t wakeup_ns;   /* from a timer or a wake-up to the task being queued */
	uint64_t fork_ns;     /* fork before the mm's mutex is taken */
	uint64_t exit_ns;     /* exit before the mm's mutex is taken */
	uint64_t exec_ns;     /* exec between leaving the old mm and joining the new (or the old) */
	uint64_t decision_ns; /* users counted and constraints updated, under the mm's lock */
	uint64_t walk_task_ns; /* one step of a task walk */
	uint64_t walk_cpu_ns;  /* one step of a CPU walk */
	uint64_t complete_ns;  /* the barrier and store that end a window */
	uint64_t affinity_ns;  /* sched_setaffinity by a task for itself */
	uint64_t get_round_ns; /* bounded get: one round of a get that finds nothing */
};

/* When the properties of docs/protocol.md, section 8 are checked. Auto: after each step of an mm
 * whose users and possible CPUs are at most 256 together, after each mode change of a larger one
 * and whenever a get gives up. */
enum scenario_check {
	CHECK_AUTO,
	CHECK_OFF,
	CHECK_EVERY_STEP,
	CHECK_INVARIANT, /* the same, and the invariant of proof/ */
};

enum scenario_placement { PLACE_IDLE, PLACE_PREVIOUS };

struct scenario_sched {
	uint64_t slice_ns;
	enum scenario_placement placement;
	bool wakeup_preemption;
	bool idle_pull;
};

/* A part of what a task does in user space: run, sleep, run, sleep ... @times times. */
struct scenario_phase {
	struct sample run, sleep; /* as those of a struct behaviour */
	uint64_t times;           /* SCENARIO_FOREVER: no other phase follows */
};

enum { SCENARIO_PHASES_MAX = 1000 }; /* of a task */

/* What a task does in user space: run, sleep, run, sleep ... @loops times, then exits. With phases,
 * @run and @sleep mean nothing, and @loops is how often it goes through all of them. */
struct behaviour {
	struct sample run;   /* ns of CPU per burst */
	struct sample sleep; /* ns asleep after a burst; constant 0 = yields nothing, runs on */
	uint64_t loops;      /* bursts until exit, SCENARIO_FOREVER = never exits by itself */
	struct scenario_phase *phases; /* NULL: none */
	uint32_t phases_count;
};

/* [mm NAME]: @count like processes; the first task of each is named after the mm. */
struct scenario_mm {
	char *name;
	uint32_t line;
	uint32_t count; /* processes at start; 0 = only by the action fork-process */
	uint64_t start_ns;
	struct cpu_set cpus;   /* affinity of the first task, so the allowed mask of a new mm */
	struct behaviour main; /* run constant 0, loops FOREVER: sleeps until an action */
	uint32_t first;        /* index of the first of its processes in the run's numbering */
};

enum scenario_fork_kind { FORK_THREAD, FORK_CLONE_VM, FORK_VFORK };

/* [tasks NAME]: @count like tasks in each process of @mm, forked by its first task at @start. */
struct scenario_group {
	char *name;
	uint32_t line;
	uint32_t mm;    /* index in scenario.mms */
	uint32_t count; /* 0 = only by the action fork */
	uint64_t start_ns;
	enum scenario_fork_kind kind;
	struct cpu_set cpus; /* affinity the new task gives itself before its first burst */
	bool has_cpus;       /* false: it inherits its parent's and no affinity change happens */
	struct behaviour behaviour;
};

/* [ramp NAME]: the first task of each process of @mm forks and joins threads so that users go
 * @from -> @to -> @from in steps of @step (users counts the first task), @dwell_ns at each. */
struct scenario_ramp {
	char *name;
	uint32_t line;
	uint32_t mm;
	uint32_t from, to, step;
	uint64_t dwell_ns;
	uint64_t cycles;
	uint64_t start_ns;
	struct cpu_set cpus;
	bool has_cpus;
	struct behaviour behaviour; /* of the threads; loops is FOREVER: the ramp ends them */
};

/* [pool NAME]: docs/protocol.md, section 10. @pools leader threads; each loops @cycles times:
 * creates @threads that wait, waits for all to have started, releases them, waits for all to be
 * gone. */
struct scenario_pool {
	char *name;
	uint32_t line;
	uint32_t mm;
	uint32_t pools, threads;
	uint64_t cycles;
	uint64_t start_ns;
	struct behaviour behaviour; /* of a thread once released; default: one burst, then exit */
};

enum scenario_verb {
	ACT_FORK,
	ACT_CLONE_VM,
	ACT_VFORK,
	ACT_FORK_PROCESS,
	ACT_EXIT,
	ACT_EXEC,
	ACT_FAILED_EXEC,
	ACT_FAILED_FORK,
	ACT_AFFINITY,
	ACT_WAKE,
	ACT_SLEEP,
	ACT_YIELD,
	ACT_CPU_OFF,
	ACT_CPU_ON,
};

enum scenario_ref_kind { REF_NONE, REF_MM_MAIN, REF_GROUP, REF_RAMP, REF_POOL };

/* One task or all tasks of a group. */
struct scenario_ref {
	enum scenario_ref_kind kind;
	uint32_t index; /* in mms, groups, ramps or pools */
	int64_t number; /* which one, from 0; -1 = all that are alive */
};

/* One timed action, of [at TIME]. Sorted by (time, line, position in the line). */
struct scenario_action {
	uint64_t time_ns;
	uint32_t line;
	enum scenario_verb verb;
	struct scenario_ref
		who;         /* who does it; for the forks: the parent, REF_NONE = the first task */
	uint32_t target;     /* forks: group (for fork-process: mm) to make a member of */
	uint32_t count;      /* forks: how many, one after another */
	uint64_t sleep_ns;   /* sleep: how long; SCENARIO_FOREVER = until woken */
	struct cpu_set cpus; /* affinity, cpu-off, cpu-on */
};

enum scenario_metric {
	METRIC_VIOLATIONS,
	METRIC_LIVELOCKS, /* of the run */
	METRIC_PROPERTY,  /* of the end of the steps, or of an exploration */
	METRIC_USERS_MAX,
	METRIC_TO_PERCPU,
	METRIC_TO_TASK, /* of an mm, over the run */
	METRIC_ENTER_USERS,
	METRIC_LEAVE_USERS, /* every one measured must satisfy */
	METRIC_SPAN_MAX,
	METRIC_WINDOWS,
	METRIC_WINDOW_MAX_NS,
	METRIC_SPINS,
	METRIC_FAST_PATH_PERCENT,
	METRIC_BITMAP_OPS,
	METRIC_CID_CHANGES,
	METRIC_DEFERRED_RUNS,
	METRIC_MODE,
	METRIC_USERS,
	METRIC_SPAN,
	METRIC_TAKEN, /* of an mm, at an instant or at */
	METRIC_MAX_CIDS,
	METRIC_PCPU_THRS,
	METRIC_ALLOWED, /* the end of the run */
	METRIC_COUNT
};

enum scenario_relation { REL_EQ, REL_NE, REL_LT, REL_LE, REL_GT, REL_GE };

/* One line of [expect], [expect MM] or [expect MM at TIME]. */
struct scenario_expect {
	uint32_t line;
	enum scenario_metric metric;
	enum scenario_relation relation;
	uint64_t value;  /* METRIC_MODE: 0 per task, 1 per CPU; METRIC_PROPERTY: its bit, 0 none */
	int64_t mm;      /* index in mms; -1 = the run */
	int64_t process; /* which process of the mm; -1 = each */
	bool at_end;     /* false: at @time_ns */
	uint64_t time_ns;
	char *text; /* the line as written, for messages */
};

/* One axis of [sweep]: kept as text, checked for form only; the sweep command reads it. */
struct scenario_axis {
	uint32_t line; /* 0: of "--set sweep.KEY" */
	char *key, *values;
};

/* [explore]: a small machine, all of whose orders of steps can be explored. */
struct scenario_explore {
	uint32_t line; /* 0: there is no such group, and the rest means nothing */
	struct machine_config config;
	unsigned check; /* what is looked for: CHECK_* bits of model/check.h and EXPLORE_* bits of
	                 * sim/machine/machine.h */
};

enum { SCENARIO_STEPS_MAX = 100000 };

/* One step of [steps]: all numbers in it are in range, whether it can be taken is not known. */
struct scenario_step {
	struct explore_step step;
	uint32_t line;
};

struct scenario {
	char *path;              /* as given on the command line */
	struct line_files files; /* whose lines its lines are: of that file and those it includes */
	const char *verb; /* of the command that reads it: "run", unless that says otherwise */
	char **asked; /* the options that change what comes out, but the seed; NULL-terminated */
	uint32_t bytes_per_cid; /* for the report: what user space keeps for each CID; 0 = not asked
	                         */
	char *title;
	uint64_t digest; /* of the bytes of all files and the --set overrides */
	uint64_t seed;
	uint64_t time_ns;    /* the run ends here at the latest */
	uint64_t max_events; /* ... or after this many events, undecided */
	enum scenario_check check;
	const struct revision *found_with; /* of the steps; NULL: not said */

	uint32_t cpus_count; /* possible CPUs */
	uint32_t nr_cpu_ids; /* highest possible id + 1 */
	uint16_t *cpu_ids;   /* id of each dense index, ascending */
	struct cpu_set online;

	const struct revision *revision;
	struct protocol protocol; /* the revision's flags with the overrides of [protocol] */
	struct scenario_costs costs;
	struct scenario_sched sched;

	uint32_t mms_count, groups_count, ramps_count, pools_count;
	uint32_t actions_count, expects_count, axes_count;
	uint32_t processes_count; /* sum of the mms' counts */
	struct scenario_mm *mms;
	struct scenario_group *groups;
	struct scenario_ramp *ramps;
	struct scenario_pool *pools;
	struct scenario_action *actions;
	struct scenario_expect *expects;
	struct scenario_axis *axes;

	/* With [explore] there are no mms, and what they do; the mm of the machine has no name. */
	struct scenario_explore explore;
	uint32_t steps_line; /* of [steps], 0: there is none */
	uint32_t steps_count;
	struct scenario_step *steps;
};

struct faults;

/* --set group.key=value and friends, applied over the file before it is checked. */
struct scenario_overrides {
	const char *const
		*set; /* NULL-terminated "group.key=value"; a group's name may have a space */
	const char *revision; /* NULL = the file's */
	const char *seed;     /* text, checked like the file's; NULL = the file's */
};

/*
 * Read, check and complete the scenario at @path ("-" = standard input).
 * Returns NULL and sets @errors to one "FILE:LINE: what is wrong, what would be right" per fault
 * found (all faults of a file in one go, at most 20), in the order of the lines. A fault of the
 * environment (unreadable, no memory) sets *@environment to true.
 */
struct scenario *scenario_load(const char *path, const struct scenario_overrides *overrides,
	GPtrArray *errors, bool *environment);

/*
 * Read the scenario at @path ("-" = standard input), and behind it the file that it includes, and
 * so on: *@length bytes for scenario_parse(). Returns NULL, a fault and *@environment as
 * keyfile_read(), also if a file cannot be included; else the caller frees it.
 */
char *scenario_read(const char *path, size_t *length, struct faults *faults, bool *environment);

/* The same as scenario_load() for @length bytes of @text, which scenario_read() read at @path (a
 * name for messages). */
struct scenario *scenario_parse(const char *path, const char *text, size_t length,
	const struct scenario_overrides *overrides, GPtrArray *errors);

/* The same file with @overrides written into it, and without comments: it loads without options. NULL
 * and @errors as scenario_parse() if it does not load. The caller frees it. */
char *scenario_write_out(const char *path, const char *text, size_t length,
	const struct scenario_overrides *overrides, GPtrArray *errors);

/* The command has the option @option (with @value, unless that is NULL), too. */
void scenario_ask(struct scenario *scenario, const char *option, const char *value);

/* Whether @option is among them. */
bool scenario_is_asked(const struct scenario *scenario, const char *option);

/* --no-expect: leave out what the scenario expects. That no property breaks is still wanted. */
void scenario_expect_nothing(struct scenario *scenario);

void scenario_free(struct scenario *scenario); /* NULL is allowed */

bool cpu_set_has(const struct cpu_set *set, uint32_t cpu);

/* The revision called @text into *@revision. NULL or a message, with the nearest one; the caller
 * frees it. */
char *scenario_read_revision(const char *text, const struct revision **revision);

const char *scenario_verb_to_string(enum scenario_verb verb);
const char *scenario_metric_to_string(enum scenario_metric metric);

/* The key of [explore] that says how often @op may happen. */
const char *scenario_op_to_string(enum machine_op op);

/* "I1" to "I8", "return", "stall", "stuck", "transit", "window"; "none" for 0. */
const char *scenario_property_to_string(unsigned property);

/* The property of @word, its bit; 0 if there is none. */
unsigned scenario_property_find(const char *word);

/* The name of the property at position @i, NULL beyond the last. */
const char *scenario_property_word(size_t i);

/* Append the words of @properties, at least one bit, with blanks between them: "I1 I3 return". */
void scenario_properties_print(GString *text, unsigned properties);

/* The properties whose words stand in @text, with any number of bytes of @separators between them;
 * maybe none. Returns NULL, or a message for the caller to free; then *@properties is as it was. */
char *scenario_properties_read(const char *text, const char *separators, unsigned *properties);

/* What it means that @property, one bit of those, is broken. */
const char *scenario_property_describe(unsigned property);

#endif
