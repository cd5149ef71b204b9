/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/import/rt-app-private.h"

#include <string.h>

#include "sim/base/values.h"

enum {
	PHASES_MAX = 1000,
	ACTIONS_MAX = 100, /* of a thread */
	FORK_US = 25,
	ROUNDS_MAX = 100000
};

static void add_us(GString *text, uint64_t us)
{
	char duration[VALUE_DURATION_MAX];

	value_format_duration(us * 1000, duration);
	g_string_append(text, us ? duration : "0ns");
}

static void add_times(GString *text, uint64_t times)
{
	if (times == RT_APP_FOREVER)
		g_string_append(text, "forever");
	else
		g_string_append_printf(text, "%" G_GUINT64_FORMAT, times);
}

/* A burst takes time. */
static void add_run(GString *text, uint64_t us)
{
	if (us)
		add_us(text, us);
	else
		g_string_append(text, "1ns");
}

static void add_phase(GString *text, uint64_t times, const struct rt_app_burst *burst)
{
	g_string_append(text, text->len ? "; " : "");
	if (times != 1) {
		add_times(text, times);
		g_string_append(text, " * ");
	}
	g_string_append_c(text, '(');
	add_run(text, burst->run_us);
	g_string_append(text, ", ");
	add_us(text, burst->sleep_us);
	g_string_append_c(text, ')');
}

/* @times * @loops. */
static uint64_t multiply(uint64_t times, uint64_t loops)
{
	if (times == RT_APP_FOREVER || loops == RT_APP_FOREVER || times > RT_APP_FOREVER / loops)
		return RT_APP_FOREVER;
	return times * loops;
}

/* The bursts of @thread as phases; *@count: how many. What cannot be is a fault. */
static GString *phases_of(struct rt_app *app, const struct rt_app_thread *thread, guint *count)
{
	GString *text = g_string_new(NULL);

	*count = 0;
	for (guint i = 0; i < thread->phases->len; i++) {
		const struct rt_app_phase *phase =
			&g_array_index(thread->phases, struct rt_app_phase, i);
		guint bursts = phase->bursts->len;
		uint64_t repeats = bursts > 1 ? phase->times : 1;

		if (bursts > 0 &&
			(repeats > PHASES_MAX || *count + repeats * bursts > PHASES_MAX)) {
			faults_add(app->faults, (struct place){ .line = phase->line },
				"%u bursts many times are more than %d phases; give them fewer "
				"loops, or one run and one sleep",
				bursts, PHASES_MAX);
			break;
		}
		for (uint64_t j = 0; j < repeats * bursts; j++)
			add_phase(text, bursts > 1 ? 1 : phase->times,
				&g_array_index(phase->bursts, struct rt_app_burst, j % bursts));
		*count += (guint)repeats * bursts;
	}
	return text;
}

/* A thread that does nothing sleeps for ever: it is a user all the same. */
static void write_idle(GString *text, const struct rt_app *app, const struct rt_app_thread *thread)
{
	char duration[VALUE_DURATION_MAX];

	value_format_duration(app->time_ns, duration);
	if (thread->loops == RT_APP_FOREVER)
		g_string_append_printf(text, "run = 1us\nsleep = %s\n", duration);
	else
		g_string_append(text, "run = 1us\nsleep = 0ns\nloops = 1\n");
}

/* The only phase, if there is one: its loops are those of the thread, and need no repetition. */
static const struct rt_app_phase *only_phase(const struct rt_app_thread *thread)
{
	return thread->phases->len == 1 ? &g_array_index(thread->phases, struct rt_app_phase, 0)
	                                : NULL;
}

static void write_behaviour(GString *text, struct rt_app *app, const struct rt_app_thread *thread)
{
	struct rt_app_phase *only = (struct rt_app_phase *)only_phase(thread);
	uint64_t loops = thread->loops, times = only ? only->times : 1;
	g_autoptr(GString) phases = NULL;
	guint count;

	if (only) {
		loops = multiply(times, loops);
		only->times = 1;
	}
	phases = phases_of(app, thread, &count);
	if (only)
		only->times = times;
	if (count == 0) {
		write_idle(text, app, thread);
		return;
	}
	if (only && count == 1) {
		const struct rt_app_burst *burst =
			&g_array_index(only->bursts, struct rt_app_burst, 0);

		g_string_append(text, "run = ");
		add_run(text, burst->run_us);
		g_string_append(text, "\nsleep = ");
		add_us(text, burst->sleep_us);
	} else {
		g_string_append_printf(text, "phases = %s", phases->str);
	}
	g_string_append(text, "\nloops = ");
	add_times(text, loops);
	g_string_append_c(text, '\n');
}

/* The affinity that a thread begins with: that of its first phase, if it has one. */
static const struct json_value *first_cpus(const struct rt_app_thread *thread)
{
	const struct json_value *cpus =
		thread->phases->len > 0 ? g_array_index(thread->phases, struct rt_app_phase, 0).cpus
					: NULL;

	return cpus ? cpus : thread->cpus;
}

/* What happens at instants, if no task has to wait for a CPU */

/* The instants of a thread. */
struct acting {
	struct rt_app *app;
	const struct rt_app_thread *thread;
	const struct json_value *cpus; /* its affinity now */
	uint64_t now_us;
	unsigned count;  /* actions so far */
	uint64_t rounds; /* phases gone through */
};

/* Takes @item. False: no action can follow. */
static bool add_action(struct acting *acting, uint64_t time_us, const char *verb, char *item)
{
	struct rt_app *app = acting->app;
	const struct rt_app_action action = { time_us * 1000, verb, item };
	char time[VALUE_DURATION_MAX];

	if (action.time_ns <= app->time_ns && acting->count < ACTIONS_MAX) {
		g_array_append_val(app->actions, action);
		acting->count++;
		return true;
	}
	g_free(item);
	if (action.time_ns > app->time_ns)
		return false;
	value_format_duration(action.time_ns, time);
	rt_app_say(app, acting->thread->value->line,
		"%s: it does no more forks and affinity changes from %s on, %d are enough",
		acting->thread->name, time, ACTIONS_MAX);
	return false;
}

static bool add_forks(struct acting *acting, const struct rt_app_phase *phase)
{
	for (guint i = 0; i < phase->forks->len; i++) {
		const struct rt_app_fork *fork =
			&g_array_index(phase->forks, struct rt_app_fork, i);
		const struct rt_app_thread *child =
			g_hash_table_lookup(acting->app->by_name, fork->child->text);

		if (!child) {
			faults_add(acting->app->faults, (struct place){ .line = fork->child->line },
				"there is no task \"%s\" to fork", fork->child->text);
			return false;
		}
		for (uint64_t j = 0; j < acting->thread->instances; j++) {
			if (!add_action(acting, acting->now_us + fork->after_us, "fork",
				    g_strdup_printf("%s by %s/%" G_GUINT64_FORMAT, child->name,
					    acting->thread->name, j)))
				return false;
		}
	}
	return true;
}

/* A phase without an affinity has that of the thread. */
static bool add_affinity(struct acting *acting, const struct json_value *cpus)
{
	struct rt_app *app = acting->app;
	g_autofree char *list =
		cpus ? rt_app_read_cpus(app, cpus) : g_strdup_printf("first %u", app->cpus_needed);

	if (cpus == acting->cpus)
		return true;
	acting->cpus = cpus;
	return list && add_action(acting, acting->now_us, "affinity",
			       g_strdup_printf("%s : %s", acting->thread->name, list));
}

/* False: nothing can follow that happens before the scenario ends. */
static bool go_through(struct acting *acting, const struct rt_app_phase *phase)
{
	uint64_t times = phase->forks->len > 0 ? phase->times : 1;
	uint64_t length = phase->forks->len > 0 ? phase->length_us
	                                        : multiply(phase->times, MAX(phase->length_us, 1));

	if (!add_affinity(acting, phase->cpus ? phase->cpus : acting->thread->cpus))
		return false;
	for (uint64_t i = 0; i < times; i++) {
		if (!add_forks(acting, phase) || ++acting->rounds >= ROUNDS_MAX)
			return false;
		acting->now_us += MIN(length, UINT64_C(1) << 40);
		if (acting->now_us > acting->app->time_ns / 1000)
			return false;
	}
	return true;
}

static bool acts(const struct rt_app_thread *thread)
{
	bool does = false;

	for (guint i = 0; i < thread->phases->len; i++) {
		const struct rt_app_phase *phase =
			&g_array_index(thread->phases, struct rt_app_phase, i);

		does |= phase->forks->len > 0 || (phase->cpus && thread->phases->len > 1);
	}
	return does && thread->instances > 0;
}

/* So long does it take until @thread, the next one, is there: the first task forks all, one after
 * another. */
static uint64_t forked_us(struct rt_app *app, const struct rt_app_thread *thread)
{
	gpointer before = g_hash_table_lookup(app->forked, &thread->delay_us);
	uint64_t forks = GPOINTER_TO_SIZE(before) + thread->instances;

	g_hash_table_insert(app->forked, (gpointer)&thread->delay_us, GSIZE_TO_POINTER(forks));
	return forks * FORK_US;
}

static void add_actions(struct rt_app *app, const struct rt_app_thread *thread)
{
	struct acting acting = { .app = app,
		.thread = thread,
		.cpus = first_cpus(thread),
		.now_us = thread->delay_us + forked_us(app, thread) };

	for (uint64_t round = 0; acts(thread) && round < thread->loops; round++) {
		for (guint i = 0; i < thread->phases->len; i++) {
			if (!go_through(&acting,
				    &g_array_index(thread->phases, struct rt_app_phase, i)))
				return;
		}
	}
}

void rt_app_write_thread(GString *text, struct rt_app *app, const struct rt_app_thread *thread)
{
	const struct json_value *cpus = first_cpus(thread);
	g_autofree char *list = cpus ? rt_app_read_cpus(app, cpus) : NULL;

	g_string_append_printf(
		text, "\n# line %u\n[tasks %s]\n", thread->value->line, thread->name);
	if (thread->instances != 1)
		g_string_append_printf(text, "count = %" G_GUINT64_FORMAT "\n", thread->instances);
	if (thread->delay_us > 0) {
		g_string_append(text, "start = ");
		add_us(text, thread->delay_us);
		g_string_append_c(text, '\n');
	}
	if (list)
		g_string_append_printf(text, "cpus = %s\n", list);
	write_behaviour(text, app, thread);
	add_actions(app, thread);
}

static gint by_time(gconstpointer a, gconstpointer b)
{
	const struct rt_app_action *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return strcmp(x->verb, y->verb);
}

void rt_app_write_actions(GString *text, struct rt_app *app)
{
	const struct rt_app_action *last = NULL;

	g_array_sort(app->actions, by_time); /* stable */
	for (guint i = 0; i < app->actions->len; i++) {
		const struct rt_app_action *action =
			&g_array_index(app->actions, struct rt_app_action, i);
		bool same = last && last->time_ns == action->time_ns;

		if (!same) {
			g_string_append(text, last ? "\n\n[at " : "\n[at ");
			add_us(text, action->time_ns / 1000);
			g_string_append_c(text, ']');
		}
		if (same && strcmp(last->verb, action->verb) == 0)
			g_string_append_printf(text, "; %s", action->item);
		else
			g_string_append_printf(text, "\n%s = %s", action->verb, action->item);
		last = action;
	}
	if (last)
		g_string_append_c(text, '\n');
}
