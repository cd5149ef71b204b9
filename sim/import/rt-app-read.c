/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/import/rt-app-private.h"

#include <string.h>

enum { INSTANCES_MAX = 1 << 20, US_MAX = 1 << 30 };

enum event {
	EVENT_RUN,
	EVENT_SLEEP,
	EVENT_TIMER,
	EVENT_FORK,
	EVENT_PROPERTY, /* of a thread or phase, read by its name */
	EVENT_LEFT_OUT,
};

static const char waits[] = "tasks of a scenario do not wait for each other";
static const char devices[] = "memory and devices are not simulated";
static const char alike[] = "all tasks are scheduled alike";

/* By name; what begins like an event is one, too: "run0", "lock_a". */
static const struct {
	const char *name;
	enum event event;
	const char *why;
} words[] = {
	{ "run", EVENT_RUN, NULL },
	{ "runtime", EVENT_RUN, NULL },
	{ "sleep", EVENT_SLEEP, NULL },
	{ "timer", EVENT_TIMER, NULL },
	{ "fork", EVENT_FORK, NULL },
	{ "loop", EVENT_PROPERTY, NULL },
	{ "phases", EVENT_PROPERTY, NULL },
	{ "instance", EVENT_PROPERTY, NULL },
	{ "delay", EVENT_PROPERTY, NULL },
	{ "cpus", EVENT_PROPERTY, NULL },
	{ "lock", EVENT_LEFT_OUT, waits },
	{ "unlock", EVENT_LEFT_OUT, waits },
	{ "wait", EVENT_LEFT_OUT, waits },
	{ "signal", EVENT_LEFT_OUT, waits },
	{ "broad", EVENT_LEFT_OUT, waits },
	{ "sync", EVENT_LEFT_OUT, waits },
	{ "barrier", EVENT_LEFT_OUT, waits },
	{ "suspend", EVENT_LEFT_OUT, waits },
	{ "resume", EVENT_LEFT_OUT, waits },
	{ "sem_post", EVENT_LEFT_OUT, waits },
	{ "sem_wait", EVENT_LEFT_OUT, waits },
	{ "mem", EVENT_LEFT_OUT, devices },
	{ "memrun", EVENT_LEFT_OUT, devices },
	{ "iorun", EVENT_LEFT_OUT, devices },
	{ "yield", EVENT_LEFT_OUT, "a yield within a burst is not simulated" },
	{ "policy", EVENT_LEFT_OUT, alike },
	{ "priority", EVENT_LEFT_OUT, alike },
	{ "dl-runtime", EVENT_LEFT_OUT, alike },
	{ "dl-period", EVENT_LEFT_OUT, alike },
	{ "dl-deadline", EVENT_LEFT_OUT, alike },
	{ "period", EVENT_LEFT_OUT, alike },
	{ "deadline", EVENT_LEFT_OUT, alike },
	{ "util_min", EVENT_LEFT_OUT, alike },
	{ "util_max", EVENT_LEFT_OUT, alike },
	{ "taskgroup", EVENT_LEFT_OUT, alike },
	{ "nodes_membind", EVENT_LEFT_OUT, devices },
};

/* The word that @key is, or begins with, the longest one; -1: none. */
static int find_word(const char *key)
{
	int best = -1;

	for (int i = 0; i < (int)G_N_ELEMENTS(words); i++) {
		if (strcmp(key, words[i].name) == 0)
			return i;
		if (words[i].event != EVENT_PROPERTY && g_str_has_prefix(key, words[i].name) &&
			(best < 0 || strlen(words[i].name) > strlen(words[best].name)))
			best = i;
	}
	return best;
}

/* What was read of a phase so far. */
struct reading {
	struct rt_app *app;
	const char *thread;
	struct rt_app_phase *phase;
	uint64_t run_us;   /* since the last sleep */
	uint64_t since_us; /* since the last timer, or the beginning */
};

static void add_burst(struct reading *reading, uint64_t sleep_us)
{
	const struct rt_app_burst burst = { reading->run_us, sleep_us };

	g_array_append_val(reading->phase->bursts, burst);
	reading->phase->length_us += burst.run_us + burst.sleep_us;
	reading->run_us = 0;
}

/* A timer wakes up so long after it did the last time. */
static void read_timer(struct reading *reading, const struct json_value *value)
{
	const struct json_value *period =
		value->kind == JSON_OBJECT ? json_value_find(value, "period") : NULL;
	uint64_t period_us = 0;

	if (!period) {
		faults_add(reading->app->faults, (struct place){ .line = value->line },
			"%s: a timer needs { \"ref\" : \"unique\", \"period\" : 10000 }",
			value->name);
		return;
	}
	rt_app_read_number(reading->app, period, 0, US_MAX, &period_us);
	add_burst(reading, period_us > reading->since_us ? period_us - reading->since_us : 0);
	reading->since_us = 0;
}

static void read_fork(struct reading *reading, const struct json_value *value)
{
	/* In the middle of the run before it: after its last run a task is gone. */
	const struct rt_app_fork fork = { reading->phase->length_us + reading->run_us / 2, value };

	if (value->kind != JSON_STRING)
		faults_add(reading->app->faults, (struct place){ .line = value->line },
			"%s needs the name of a task, in quotes", value->name);
	else
		g_array_append_val(reading->phase->forks, fork);
}

static void read_event(struct reading *reading, const struct json_value *value)
{
	int word = find_word(value->name);
	uint64_t us = 0;

	if (word < 0) {
		rt_app_leave_out(reading->app, value, reading->thread, value->name,
			"it is not a key of rt-app that is known");
		return;
	}
	switch (words[word].event) {
	case EVENT_RUN:
		rt_app_read_number(reading->app, value, 0, US_MAX, &us);
		reading->run_us += us;
		reading->since_us += us;
		break;
	case EVENT_SLEEP:
		rt_app_read_number(reading->app, value, 0, US_MAX, &us);
		reading->since_us += us;
		if (us > 0)
			add_burst(reading, us);
		break;
	case EVENT_TIMER:
		read_timer(reading, value);
		break;
	case EVENT_FORK:
		read_fork(reading, value);
		break;
	case EVENT_PROPERTY:
		break;
	case EVENT_LEFT_OUT:
		rt_app_leave_out(
			reading->app, value, reading->thread, words[word].name, words[word].why);
		break;
	}
}

/* -1 is forever. */
static uint64_t read_loop(struct rt_app *app, const struct json_value *object, uint64_t none)
{
	const struct json_value *loop = json_value_find(object, "loop");
	uint64_t times = none;

	if (loop && loop->kind == JSON_INTEGER && loop->number == -1)
		return RT_APP_FOREVER;
	if (loop)
		rt_app_read_number(app, loop, 1, UINT32_MAX - 2, &times);
	return times;
}

/* The events of @object are one phase, which is gone through @times times. */
static void read_phase(struct rt_app *app, struct rt_app_thread *thread,
	const struct json_value *object, uint64_t times)
{
	struct rt_app_phase phase = { .times = times,
		.line = object->line,
		.bursts = g_array_new(FALSE, FALSE, sizeof(struct rt_app_burst)),
		.forks = g_array_new(FALSE, FALSE, sizeof(struct rt_app_fork)) };
	struct reading reading = { .app = app, .thread = thread->value->name, .phase = &phase };

	g_assert(object->kind == JSON_OBJECT);
	for (guint i = 0; i < object->children->len; i++)
		read_event(&reading, object->children->pdata[i]);
	if (reading.run_us > 0)
		add_burst(&reading, 0);
	if (object != thread->value)
		phase.cpus = json_value_find(object, "cpus");
	g_array_append_val(thread->phases, phase);
}

static void read_phases(
	struct rt_app *app, struct rt_app_thread *thread, const struct json_value *phases)
{
	if (phases->kind != JSON_OBJECT) {
		faults_add(app->faults, (struct place){ .line = phases->line },
			"phases is no object, expected { \"NAME\" : { … } }");
		return;
	}
	for (guint i = 0; i < phases->children->len; i++) {
		const struct json_value *phase = phases->children->pdata[i];

		if (phase->kind == JSON_OBJECT)
			read_phase(app, thread, phase, read_loop(app, phase, 1));
		else
			faults_add(app->faults, (struct place){ .line = phase->line },
				"phase %s is no object, expected { \"run\" : 1000, … }",
				phase->name);
	}
}

/* With phases, those of the thread itself are no phase but properties. */
static void leave_out_properties(struct rt_app *app, const struct json_value *value)
{
	for (guint i = 0; i < value->children->len; i++) {
		const struct json_value *member = value->children->pdata[i];
		int word = find_word(member->name);

		if (word < 0 || words[word].event == EVENT_LEFT_OUT)
			rt_app_leave_out(app, member, value->name,
				word < 0 ? member->name : words[word].name,
				word < 0 ? "it is not a key of rt-app that is known"
					 : words[word].why);
		else if (words[word].event != EVENT_PROPERTY)
			rt_app_leave_out(app, member, value->name, member->name,
				"the thread has phases, events belong into them");
	}
}

struct rt_app_thread *rt_app_read_thread(struct rt_app *app, const struct json_value *value)
{
	struct rt_app_thread *thread = g_new0(struct rt_app_thread, 1);
	const struct json_value *phases = json_value_find(value, "phases"), *member;

	g_assert(value->kind == JSON_OBJECT);
	thread->value = value;
	thread->instances = 1;
	thread->phases = g_array_new(FALSE, FALSE, sizeof(struct rt_app_phase));
	if ((member = json_value_find(value, "instance")))
		rt_app_read_number(app, member, 0, INSTANCES_MAX, &thread->instances);
	if ((member = json_value_find(value, "delay")))
		rt_app_read_number(app, member, 0, US_MAX, &thread->delay_us);
	thread->cpus = json_value_find(value, "cpus");
	thread->loops = read_loop(app, value, RT_APP_FOREVER);
	if (phases) {
		leave_out_properties(app, value);
		read_phases(app, thread, phases);
	} else {
		read_phase(app, thread, value, 1);
	}
	return thread;
}

void rt_app_thread_free(gpointer data)
{
	struct rt_app_thread *thread = data;

	for (guint i = 0; i < thread->phases->len; i++) {
		struct rt_app_phase *phase = &g_array_index(thread->phases, struct rt_app_phase, i);

		g_array_free(phase->bursts, TRUE);
		g_array_free(phase->forks, TRUE);
	}
	g_array_free(thread->phases, TRUE);
	g_free(thread->name);
	g_free(thread);
}
