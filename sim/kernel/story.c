/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/story.h"

#include <inttypes.h>
#include <string.h>

#include "model/check.h"
#include "sim/kernel/changes.h"
#include "sim/kernel/start.h"

struct telling {
	struct pair *pair;
	struct model *before;
	GString *text;
	guint number;
	uint32_t actor; /* of the last paragraph; CODE_NONE: none */
};

static const char *op_to_string(enum code_op op)
{
	static const char *const names[] = {
		[CODE_SWITCH] = "switch",
		[CODE_FORK] = "fork",
		[CODE_EXIT] = "exit",
		[CODE_EXEC_LEAVES] = "exec",
		[CODE_EXEC_RETURNS] = "return from its exec",
		[CODE_AFFINITY] = "affinity change",
		[CODE_WORK] = "deferred work",
	};

	g_assert(op < G_N_ELEMENTS(names));
	return names[op];
}

static const char *stop_to_string(enum code_stop stop)
{
	static const char *const names[CODE_STOPS] = {
		[CODE_ENDS] = "to its end",
		[CODE_MUTEX] = "to the mutex",
		[CODE_LOCK] = "to the lock",
		[CODE_RQ] = "to a rq lock",
		[CODE_BARRIER] = "to a barrier",
		[CODE_STORE] = "to a store",
		[CODE_FINDS] = "to its search for a free bit",
		[CODE_SPINS] = "to a spin: it finds no free bit",
		[CODE_HALF] = "to the middle",
		[CODE_SYNC] = "to its wait for deferred work",
		[CODE_READ] = "to a read",
		[CODE_ATOMIC] = "to an atomic operation",
	};

	g_assert(stop < CODE_STOPS);
	return names[stop];
}

static void add_actor_name(GString *text, uint32_t actor)
{
	if (actor < ACTOR_TASK)
		g_string_append_printf(text, "CPU%" PRIu32, actor);
	else if (actor < ACTOR_WORKER)
		g_string_append_printf(text, "T%" PRIu32, actor - ACTOR_TASK);
	else
		g_string_append(text, "the worker");
}

static void add_switch(GString *text, const struct pair *pair, const struct event *event)
{
	uint32_t curr = model_cpu_const(pair->model, event->a)->curr;

	g_string_append_printf(text, "CPU%u switches from ", event->a);
	if (curr == TASK_NONE)
		g_string_append(text, "idle to ");
	else
		g_string_append_printf(text, "T%" PRIu32 " to ", curr);
	if (event->b == EVENT_NOBODY)
		g_string_append(text, "idle");
	else
		g_string_append_printf(text, "T%u", event->b);
}

static void add_fork(GString *text, const struct event *event)
{
	static const char *const what[EVENT_KINDS] = {
		[EVENT_THREAD] = "a thread",
		[EVENT_CLONE_VM] = "which shares the mm",
		[EVENT_VFORK] = "which shares the mm, and waits for it",
		[EVENT_PROCESS] = "a process",
	};

	g_string_append_printf(text, "T%u forks T%u, %s", event->a, event->b, what[event->kind]);
	if (event->kind == EVENT_PROCESS)
		g_string_append_printf(text, " with mm%u", event->c);
}

static void add_stored(GString *text, const struct pair *pair, const struct event *event)
{
	struct code_at at = { 0 };

	if (event->a < CODE_STORES_MAX)
		pair->code->buffered(event->a, &at);
	g_string_append_printf(text, "the store at %s:%" PRIu32 " reaches the other CPUs",
		at.file ? at.file : "?", at.line);
}

/* What a task does, or has done to it. */
static void add_task_event(GString *text, const struct event *event)
{
	g_string_append_printf(text, "T%u ", event->a);
	switch ((enum event_kind)event->kind) {
	case EVENT_EXIT:
		g_string_append(text, "exits");
		break;
	case EVENT_EXEC:
		g_string_append_printf(text, "execs%s", event->b ? ", which will fail" : "");
		break;
	case EVENT_RETURN:
		g_string_append(text, "comes back from its exec");
		break;
	case EVENT_AFFINITY:
		g_string_append_printf(text, "gets the affinity 0x%" PRIx64, event->mask);
		break;
	case EVENT_MIGRATE:
		g_string_append_printf(text, "moves to the queue of CPU%u", event->b);
		break;
	case EVENT_GONE:
		g_string_append(text, "has execed: it goes on in another mm");
		break;
	default:
		g_assert_not_reached();
	}
}

/* @event, before it takes place. */
static void add_event(GString *text, const struct pair *pair, const struct event *event)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_RESUME:
		add_actor_name(text, event->a);
		g_string_append_printf(
			text, " goes on with its %s", op_to_string(pair->operations[event->a].op));
		break;
	case EVENT_SWITCH:
		add_switch(text, pair, event);
		break;
	case EVENT_THREAD:
	case EVENT_CLONE_VM:
	case EVENT_VFORK:
	case EVENT_PROCESS:
		add_fork(text, event);
		break;
	case EVENT_WORK:
		g_string_append_printf(text, "the deferred work of mm%u runs", event->a);
		break;
	case EVENT_STORED:
		add_stored(text, pair, event);
		break;
	default:
		add_task_event(text, event);
		break;
	}
}

/* Where the code of @actor is now. */
static void add_place(GString *text, const struct pair *pair, uint32_t actor)
{
	const struct code_at *at = &pair->operations[actor].at;
	const struct code_at *other = &pair->operations[actor].other;

	g_string_append_printf(text, ", %s", stop_to_string(at->stop));
	if (at->stop == CODE_ENDS || !at->file)
		return;
	g_string_append_printf(text, " at %s:%" PRIu32, at->file, at->line);
	if (pair->other && other->file)
		g_string_append_printf(text, ", in B %s:%" PRIu32, other->file, other->line);
}

/* A paragraph: what happens, where the code then is, and what has changed since @first. */
static void add_paragraph(struct telling *telling, const char *words, uint32_t actor)
{
	GString *text = telling->text;
	g_autofree char *changes = changes_between(telling->pair, telling->before);

	g_string_append_printf(text, "  %3u  %s", ++telling->number, words);
	if (actor != CODE_NONE)
		add_place(text, telling->pair, actor);
	g_string_append_c(text, '\n');
	if (*changes)
		g_string_append_printf(text, "         %s\n", changes);
	memcpy(telling->before, telling->pair->model, telling->pair->model->size);
}

static bool follows(const struct lockstep_log *log, uint32_t i, uint32_t actor)
{
	return i + 1 < log->count && actor != CODE_NONE &&
	       log->events[i + 1].kind == EVENT_RESUME && log->events[i + 1].a == actor;
}

static void tell_events(struct telling *telling, const struct lockstep_log *log)
{
	g_autoptr(GString) words = g_string_new(NULL);

	for (uint32_t i = 0; i < log->count; i++) {
		uint32_t actor = event_actor(&log->events[i]);
		bool begins = words->len == 0;

		if (begins)
			add_event(words, telling->pair, &log->events[i]);
		if (event_apply(telling->pair, &log->events[i]) == EVENT_IMPOSSIBLE && begins) {
			g_string_set_size(words, 0); /* it was not so with this code */
			continue;
		}
		if (follows(log, i, actor) && !telling->pair->difference.found)
			continue;
		add_paragraph(telling, words->str, actor);
		g_string_set_size(words, 0);
		if (telling->pair->difference.found)
			return;
	}
}

void story_tell(
	struct pair *pair, const struct protocol *protocol, struct lockstep_finding *finding)
{
	struct telling telling = { .pair = pair, .text = g_string_new(NULL) };

	start_pair(pair, &finding->log.shape, protocol);
	finding->path.count = 0;
	pair->path = &finding->path;
	telling.before = g_memdup2(pair->model, pair->model->size);
	tell_events(&telling, &finding->log);
	finding->difference = pair->difference;
	g_string_append_printf(telling.text, "       => %s\n",
		finding->broken ? check_describe(finding->broken) : finding->difference.what);
	g_strlcpy(finding->story, telling.text->str, LOCKSTEP_STORY);
	g_string_free(telling.text, TRUE);
	g_free(telling.before);
	pair->path = NULL;
}
