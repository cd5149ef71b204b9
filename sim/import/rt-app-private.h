/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_IMPORT_RT_APP_PRIVATE_H
#define CIDSIM_SIM_IMPORT_RT_APP_PRIVATE_H

/* What the files of the import share: rt-app.c (the file), rt-app-read.c (a thread as JSON),
 * rt-app-write.c (a thread as a group of the scenario), rt-app-values.c (messages, values). */

#include "sim/import/json-lines.h"
#include "sim/import/rt-app.h"

#define RT_APP_FOREVER UINT64_MAX

enum { RT_APP_SHOWN_MAX = 3 }; /* messages about one key */

/* Runs, then sleeps. */
struct rt_app_burst {
	uint64_t run_us, sleep_us;
};

/* A fork in a phase, so long after it begins. */
struct rt_app_fork {
	uint64_t after_us;
	const struct json_value *child; /* its name */
};

struct rt_app_phase {
	uint64_t times;
	const struct json_value *cpus; /* NULL: those of the thread */
	GArray *bursts;                /* struct rt_app_burst, once through */
	GArray *forks;                 /* struct rt_app_fork */
	uint64_t length_us;            /* of the bursts together */
	uint32_t line;
};

struct rt_app_thread {
	const struct json_value *value; /* the object, with its name */
	char *name;                     /* in the scenario */
	uint64_t instances, delay_us, loops;
	const struct json_value *cpus; /* NULL: all */
	GArray *phases;                /* struct rt_app_phase */
};

/* Something that happens at an instant: "fork" or "affinity", and an item of its list. */
struct rt_app_action {
	uint64_t time_ns;
	const char *verb;
	char *item;
};

struct rt_app {
	const char *path;
	struct faults *faults;
	GPtrArray *left_out;   /* char * */
	GHashTable *omissions; /* key that was left out -> how often */
	GPtrArray *threads;    /* struct rt_app_thread */
	GHashTable *by_name;   /* name in the file -> the first thread of it */
	GHashTable *forked;    /* delay_us -> how many tasks are forked then */
	GHashTable *names;     /* name in the scenario -> the last number behind it */
	GArray *actions;       /* struct rt_app_action */
	uint64_t time_ns;      /* when the scenario ends */
	bool endless;          /* a thread never ends by itself */
	uint32_t cpus;         /* 0: not given */
	uint32_t cpus_needed;
};

/* rt-app-values.c */

/* Say that @value, of thread @thread (NULL: of none), is left out, and why. */
void rt_app_leave_out(struct rt_app *app, const struct json_value *value, const char *thread,
	const char *key, const char *why);

/* Say something about @line. */
void rt_app_say(struct rt_app *app, uint32_t line, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The integer @value, from @min to @max (*@number is as it was, and a fault added, if it is none).
 */
void rt_app_read_number(struct rt_app *app, const struct json_value *value, uint64_t min,
	uint64_t max, uint64_t *number);

/* The list of CPU ids that the array @value is, "0,2,3"; NULL after a fault. The caller frees it.
 */
char *rt_app_read_cpus(struct rt_app *app, const struct json_value *value);

/* Note the CPUs that the affinities of @thread need. */
void rt_app_note_cpus(struct rt_app *app, const struct rt_app_thread *thread);

/* rt-app-read.c: read the thread object @value. Freed with rt_app_thread_free(). */
struct rt_app_thread *rt_app_read_thread(struct rt_app *app, const struct json_value *value);
void rt_app_thread_free(gpointer thread);

/* rt-app-write.c: append the group of @thread; add what it does at instants to the actions. */
void rt_app_write_thread(GString *text, struct rt_app *app, const struct rt_app_thread *thread);
/* Append the groups of all actions. */
void rt_app_write_actions(GString *text, struct rt_app *app);

#endif
