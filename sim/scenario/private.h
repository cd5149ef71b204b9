/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SCENARIO_PRIVATE_H
#define CIDSIM_SIM_SCENARIO_PRIVATE_H

/*
 * What the files of the loader of scenarios share, file by file. The parts run in the order
 * machine; explore, or else tasks and actions; expect; sweep: each may use what the ones before it
 * have read. Every part reads on after a fault, with a default in the place of the bad value, so
 * that all faults are listed at once.
 *
 * Functions that return "NULL or a message" leave what they were to set as it was if there is a
 * message, which the caller frees.
 */

#include "sim/base/cpu-ids.h"
#include "sim/base/keyfile.h"
#include "sim/base/values.h"
#include "sim/scenario/scenario.h"

enum {
	SCENARIO_NAME_MAX = 63,        /* bytes of a name */
	SCENARIO_ACTIONS_MAX = 262144, /* timed actions of a file */
	SCENARIO_EXPECTS_MAX = 262144, /* conditions of a file */
};

/* With costs above it a run would only consist of walks. */
#define SCENARIO_COST_NS_MAX UINT64_C(1000000000)

enum group_kind {
	GROUP_SCENARIO,
	GROUP_MACHINE,
	GROUP_PROTOCOL,
	GROUP_COST,
	GROUP_SCHED,
	GROUP_MM,
	GROUP_TASKS,
	GROUP_RAMP,
	GROUP_POOL,
	GROUP_AT,
	GROUP_EXPECT,
	GROUP_SWEEP,
	GROUP_EXPLORE,
	GROUP_STEPS,
	GROUP_KINDS
};

/* A group of the file with the words of its name. */
struct head {
	const struct keyfile_group *group;
	char **words;
	uint32_t words_count;
};

/* What a name stands for. */
struct named {
	enum scenario_ref_kind kind;
	uint32_t index;
	struct place place;
};

/* Tasks that exit by an action: when, and where in the file. */
struct gone {
	uint64_t time_ns;
	struct place place;
};

/* What is known about the members of an mm (its processes) or a group while actions are read. */
struct members {
	uint32_t count;      /* so far */
	uint32_t first;      /* of these by [mm] or [tasks], not by actions */
	uint32_t gone_count; /* numbers below it have left together, by @gone */
	struct gone gone;
};

/* More about an mm than the scenario keeps. */
struct mm_note {
	struct place place;
	bool behaves; /* run, sleep or loops given */
	bool driven;  /* by the ramp or pool of @driver */
	struct place driver;
	struct members processes;
};

struct loader {
	struct scenario *scenario;
	struct keyfile *file;
	struct faults *faults;
	const struct scenario_overrides *overrides;
	GStringChunk *options;         /* names of the options that set values */
	GPtrArray *heads[GROUP_KINDS]; /* struct head *, in the order of the file */
	GHashTable *names;             /* char * -> struct named * */
	bool cpus_known; /* the possible CPUs are good: others can be checked against them */
	struct cpu_ids possible;
	uint16_t dense[CPU_IDS_MAX]; /* index of each possible id */
	struct mm_note *mms;         /* one for each of scenario.mms */
	struct members *groups;      /* one for each of scenario.groups */
	uint64_t tasks;              /* that the file can make; above the limit: a fault */
	uint64_t *online;            /* CPUs online while actions are read; NULL: not known */
	GArray *starts;              /* tasks with a mask, by their time */
	guint starts_done;
	GHashTable *gone; /* tasks that left one by one: key of the task -> struct gone * */
};

/* The kinds of values that keys have. */
enum rule_kind {
	RULE_TEXT,     /* char *, at most max bytes */
	RULE_COUNT32,  /* uint32_t, min..max */
	RULE_COUNT64,  /* uint64_t, min..max */
	RULE_LOOPS,    /* uint64_t, from 1; forever */
	RULE_DURATION, /* uint64_t ns, min..max */
	RULE_SAMPLE,   /* struct sample; no draw above max, its longest at least min */
	RULE_SWITCH,   /* bool, off or on */
	RULE_WORD,     /* enum (int): position in words */
	RULE_CPUS,     /* struct cpu_set */
	RULE_MM,       /* uint32_t index of an mm */
	RULE_PHASES,   /* the phases of a struct behaviour */
	RULE_OTHER,    /* the caller reads it */
};

struct rule {
	const char *key;
	enum rule_kind kind;
	size_t offset; /* in the structure that is filled */
	uint64_t min, max;
	const char *const *words; /* NULL-terminated */
};

/* Bits of rules_read(), by the position of the rule. */
#define GIVEN(rule) (UINT64_C(1) << (rule))

/* --- phases.c --- */

/* "10 * (3ms, 27ms); (1ms, 0ns)": read into @behaviour. NULL, or a message for the caller to free;
 * then @behaviour is as it was. */
char *phases_read(const char *text, struct behaviour *behaviour);

/* A number of times, or forever; likewise. */
char *loops_read(const char *text, uint64_t *result);

/* --- groups.c: the kinds of groups --- */

/* Make the lists of heads, one for each kind, from the groups of the file. */
void groups_sort(struct loader *loader);

/* The kind of group that @word names; GROUP_KINDS if none. */
enum group_kind group_kind_find(const char *word);

/* "mm" of [mm NAME]. */
const char *group_kind_word(enum group_kind kind);

/* "unknown kind of group WORD, …" with the nearest one or all. The caller frees it. */
char *message_unknown_kind(const char *word);

static inline struct head *head_get(const struct loader *loader, enum group_kind kind, guint i)
{
	g_assert(kind < GROUP_KINDS && i < loader->heads[kind]->len);
	return g_ptr_array_index(loader->heads[kind], i);
}

static inline const struct keyfile_entry *entry_get(const struct keyfile_group *group, guint i)
{
	g_assert(i < group->entries->len);
	return &g_array_index(group->entries, struct keyfile_entry, i);
}

/* Does the file say what to explore, instead of what runs? */
static inline bool is_explored(const struct loader *loader)
{
	return loader->heads[GROUP_EXPLORE]->len > 0;
}

/* --- overrides.c --- */

/* Set what options set, in loader->file. */
void overrides_apply(struct loader *loader);

/* --- rules.c: groups of keys that rules describe --- */

/* Read the keys of @group into @base by @rules (at most 64). Returns which keys are there, good
 * or bad; of the bad ones @base keeps what it had. */
uint64_t rules_read(struct loader *loader, const struct keyfile_group *group,
	const struct rule *rules, size_t count, void *base);

/* Add the fault "KEY: message" for @entry, which has one value; takes @message over. */
void fault_value(struct loader *loader, const struct keyfile_entry *entry, char *message);

/* The same with @before ("step ") before the key, for an entry that may have several values. */
void fault_entry(struct loader *loader, const struct keyfile_entry *entry, const char *before,
	char *message);

/* Add the fault of an unknown key, with the nearest of @known or all of them. */
void fault_key(struct loader *loader, const struct keyfile_group *group,
	const struct keyfile_entry *entry, const char *const *known, size_t count);

/* "unknown key KEY in group GROUP, …" with the nearest of @known or all of them. The caller frees
 * it. */
char *message_unknown_key(
	const char *key, const char *group, const char *const *known, size_t count);

/* Step over the ';' separated items of a value. Returns the next one, without spaces around it,
 * in @item; false after the last. One ';' at the very end is no item. */
bool items_next(const char **cursor, GString *item);

/* --- cpu-sets.c --- */

/* Read a set of possible CPUs, a list or "first N", into @set (which owns its words). NULL or a
 * message. */
char *read_cpu_set(struct loader *loader, const char *text, struct cpu_set *set);

/* --- names.c --- */

/* Enter the names of all groups that have one into loader->names. A group whose name is bad keeps
 * its place, so that its keys are checked too. */
void names_load(struct loader *loader);

/* The name of @head for the scenario, "?" for a bad one. The caller frees it. */
char *name_copy(const struct head *head);

/* Find @name among the names of @kinds (a bit per enum scenario_ref_kind). NULL: *@message is
 * set, with the nearest name; @what says in it what is looked for. */
const struct named *name_find(
	struct loader *loader, const char *name, unsigned kinds, const char *what, char **message);

/* --- machine.c: [scenario], [machine], [protocol], [cost], [sched] --- */

void load_machine(struct loader *loader);

/* The rules of the keys of a kind of group; NULL and *@count = 0 if it is not one of these. */
const struct rule *machine_rules(enum group_kind kind, size_t *count);

/* "unknown key KEY in group 'protocol', …". The caller frees it. */
char *message_unknown_flag(const char *key);

/* --- tasks.c: [mm], [tasks], [ramp], [pool] --- */

void load_tasks(struct loader *loader);

/* As machine_rules(). */
const struct rule *tasks_rules(enum group_kind kind, size_t *count);

/* Count @count more tasks that can be alive at once; a fault when they become too many. */
void tasks_count(struct loader *loader, struct place place, uint64_t count);

/* A message if @time_ns is after the end of the run, otherwise NULL. */
char *check_time(const struct loader *loader, uint64_t time_ns);

/* --- online.c: which CPUs are online, as the actions are read in the order of time --- */

/* Begin; pass to each time (which checks the masks of the tasks that start before it); end. */
void online_begin(struct loader *loader);
void online_pass(struct loader *loader, uint64_t time_ns);
void online_end(struct loader *loader);

/* Take CPUs off or on. NULL, or a message and nothing changed. */
char *online_change(struct loader *loader, const struct cpu_set *cpus, bool on);

/* Whether a task can set its mask to @cpus now. NULL or a message. */
char *online_affinity(struct loader *loader, const struct cpu_set *cpus);

/* --- refs.c: tasks that actions name --- */

/* The action that is being read. */
struct cursor {
	struct loader *loader;
	const struct keyfile_entry *entry;
	uint64_t time_ns;
	char time[VALUE_DURATION_MAX]; /* the same as text, for messages */
	GArray *actions;               /* struct scenario_action, those before it */
};

/* Read NAME or NAME/NUMBER into @who and check that it can exist at the cursor's time. A name
 * that stands for one process gets its number. NULL or a message. */
char *ref_read(struct cursor *cursor, const char *text, struct scenario_ref *who);

/* The same for one task: a name that stands for several is refused. */
char *ref_read_one(struct cursor *cursor, const char *text, struct scenario_ref *who);

/* Whether the one task @who, of @name and written as @text, can exist. NULL or a message. */
char *ref_check(
	struct cursor *cursor, const char *text, const char *name, const struct scenario_ref *who);

/* Note that @who exits now, so that later actions on it can be refused. */
void ref_leave(struct cursor *cursor, const struct scenario_ref *who);

/* The members that @who is of, NULL for ramps and pools; its mm, maybe unknown. */
struct members *ref_members(struct loader *loader, const struct scenario_ref *who);
uint32_t ref_mm(const struct scenario *scenario, const struct scenario_ref *who);

/* --- properties.c --- */

/* Read the name of a property: its bit. NULL or a message. */
char *property_read(const char *word, unsigned *property);

/* --- the other parts: actions.c, explore.c, expect.c, sweep.c --- */

void load_actions(struct loader *loader);
void load_explore(struct loader *loader);
void load_expects(struct loader *loader);
void load_sweep(struct loader *loader);

#endif
