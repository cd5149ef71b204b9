/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/step/film-run.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/engine/engine.h"
#include "sim/record/report.h"

struct film_run {
	struct film film; /* first */
	const struct scenario *scenario;
	struct engine *engine;
	struct record_sink sink;
	GString *happened; /* of this position, lines */
	unsigned marks;
	uint64_t violations; /* so far */
	bool over;           /* the engine has no more events */
};

static struct film_run *run_of(struct film *film)
{
	g_assert(film->kind->next);
	return (struct film_run *)film;
}

static void add(void *context, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(void *context, const char *format, ...)
{
	struct film_run *film = context;
	va_list arguments;

	g_string_append(film->happened, "  ");
	va_start(arguments, format);
	g_string_append_vprintf(film->happened, format, arguments);
	va_end(arguments);
	g_string_append_c(film->happened, '\n');
}

static unsigned cpu_id(void *context, uint32_t cpu)
{
	const struct film_run *film = context;

	g_assert(cpu < film->scenario->cpus_count);
	return film->scenario->cpu_ids[cpu];
}

static const char *account_name(void *context, uint32_t account)
{
	return record_account_name(
		engine_accounts(((struct film_run *)context)->engine), account, "-");
}

/* "app 100", "idle". */
static char *task_name(const struct record_task *task)
{
	return task && task->pid ? g_strdup_printf("%s %" PRIu32, task->name, task->pid)
	                         : g_strdup("idle");
}

static void film_switch(void *context, const struct record_switch *fact)
{
	static const char *const why[] = { [PREV_RUNNABLE] = "",
		[PREV_SLEEPS] = ", which sleeps",
		[PREV_BLOCKED] = ", which is blocked",
		[PREV_DEAD] = ", which is gone" };
	g_autofree char *prev = task_name(fact->prev), *next = task_name(fact->next);

	add(context, "CPU%u switches from %s%s to %s%s", cpu_id(context, fact->cpu), prev,
		fact->prev->pid ? why[fact->prev_state] : "", next,
		fact->spins ? ", whose get spins" : "");
}

static void film_wakeup(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	g_autofree char *name = task_name(woken);

	(void)time_ns;
	(void)on_cpu;
	(void)running;
	add(context, "%s %s in the queue of CPU%u", name, is_new ? "begins" : "wakes up",
		cpu_id(context, target_cpu));
}

static void film_fork(void *context, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	g_autofree char *name = task_name(parent), *other = task_name(child);

	(void)time_ns;
	add(context, "%s, on CPU%u, has forked %s", name, cpu_id(context, cpu), other);
}

static void film_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	g_autofree char *name = task_name(task);

	(void)time_ns;
	add(context, "%s, on CPU%u, exits", name, cpu_id(context, cpu));
}

static void film_migrate(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	g_autofree char *name = task_name(task);

	(void)time_ns;
	(void)on_cpu;
	(void)running;
	add(context, "%s goes from CPU%u to CPU%u", name, cpu_id(context, from),
		cpu_id(context, to));
}

/* Steps of the model that the other records do not show. */
static const struct {
	const char *event, *words;
} steps[] = {
	{ "start", "is the first user" },
	{ "fork", "forks: the child is counted" },
	{ "undo_fork", "undoes a fork: the child is a user no more" },
	{ "exit", "is a user no more" },
	{ "exec_leave", "leaves the mm for an exec" },
	{ "exec_join", "joins the mm after an exec" },
	{ "exec", "is back from an exec" },
	{ "walk", "takes a step of the walk" },
	{ "complete", "complete: the window is over" },
	{ "affinity", "changes an affinity" },
	{ "work", "does the deferred work" },
	{ "spin", "spins in get" },
	{ "spin_end", "spins no more" },
	{ "give_up", "gives up its get" },
	{ "cpu_online", "this CPU comes online" },
	{ "cpu_offline", "this CPU goes offline" },
	{ "affinity_broken", "no CPU of its affinity is online: it may run on all" },
};

static void film_note(void *context, const struct record_note *note)
{
	g_autofree char *name = task_name(note->task);

	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		if (strcmp(steps[i].event, note->event) == 0)
			add(context, "%s, on CPU%u: %s", name, cpu_id(context, note->cpu),
				steps[i].words);
	}
}

static void film_mode_switch(void *context, const struct record_mode_switch *flip)
{
	struct film_run *film = context;
	g_autofree char *why = report_why(flip);

	g_assert(flip->time_ns == engine_now_ns(film->engine));
	film->marks |= MARK_FLIP | MARK_OPEN; /* a window follows each flip */
	add(context, "the mode of %s flips to per %s: %s", account_name(context, flip->account),
		flip->to_percpu ? "CPU" : "task", why);
}

static void film_window(void *context, const struct record_window *window)
{
	struct film_run *film = context;
	g_autofree char *lasted = text_time(window->close_ns - window->opened.time_ns);

	g_assert(window->close_ns >= window->opened.time_ns);
	film->marks |= MARK_CLOSE;
	add(context, "the window of %s closes after %s",
		account_name(context, window->opened.account), lasted);
}

static const struct record_sink sink = {
	.mode_switch = film_mode_switch,
	.window = film_window,
	.sched_switch = film_switch,
	.sched_wakeup = film_wakeup,
	.sched_fork = film_fork,
	.sched_exit = film_exit,
	.sched_migrate = film_migrate,
	.note = film_note,
};

static void add_violations(struct film_run *film)
{
	const struct record_result *totals = engine_totals(film->engine);

	g_assert(film->violations <= totals->violations->len);
	for (uint64_t i = film->violations; i < totals->violations->len; i++) {
		const struct record_violation *violation = totals->violations->pdata[i];
		unsigned property = scenario_property_find(violation->property);

		g_assert(property);
		film->marks |= MARK_VIOLATION;
		add(film, ">>>  %s breaks in %s: %s", violation->property,
			account_name(film, violation->account),
			scenario_property_describe(property));
	}
	film->violations = totals->violations->len;
}

static void start(struct film *film)
{
	struct film_run *f = run_of(film);

	engine_free(f->engine);
	f->engine = engine_new(f->scenario);
	engine_set_sink(f->engine, &f->sink);
	f->violations = 0;
	f->over = false;
	film->position = film->time_ns = film->marks = 0;
	g_string_assign(f->happened, "  The start\n");
}

/* Events of the engine, until something was recorded. */
static bool next(struct film *film)
{
	struct film_run *f = run_of(film);
	g_autoptr(GString) before = f->happened;

	f->happened = g_string_new(NULL);
	f->marks = 0;
	while (!f->over && f->happened->len == 0) {
		f->over = !engine_advance(f->engine, 1);
		add_violations(f);
	}
	if (f->happened->len == 0) {
		film->last = film->position;
		g_string_free(g_steal_pointer(&f->happened), TRUE);
		f->happened = g_steal_pointer(&before);
		return false;
	}
	g_assert(engine_now_ns(f->engine) >= film->time_ns);
	film->position++;
	film->marks = f->marks;
	film->time_ns = engine_now_ns(f->engine);
	return true;
}

static void describe(struct film *film, GString *happened, GString *state)
{
	g_autofree char *words = engine_describe(run_of(film)->engine);

	g_string_append(happened, run_of(film)->happened->str);
	g_string_append(state, words);
}

static void show_time(const struct film *film, GString *text)
{
	g_string_append_printf(text, "%" PRIu64 ".%06" PRIu64 " ms", film->time_ns / 1000000,
		film->time_ns % 1000000);
}

static void free_film(struct film *film)
{
	engine_free(run_of(film)->engine);
	g_string_free(run_of(film)->happened, TRUE);
	g_free(film);
}

static const struct film_kind kind = {
	.rewind = start,
	.next = next,
	.describe = describe,
	.time = show_time,
	.free = free_film,
};

struct film *film_run_new(const struct scenario *scenario)
{
	struct film_run *film = g_new0(struct film_run, 1);

	g_assert(!scenario->explore.line);
	film->film.kind = &kind;
	film->film.last = UINT64_MAX;
	film->scenario = scenario;
	film->sink = sink;
	film->sink.context = film;
	film->happened = g_string_new(NULL);
	start(&film->film);
	return &film->film;
}
