/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/difference.h"

#include <inttypes.h>

#include "model/mm.h"

enum { MM = 0 };

static void add_word(GString *text, uint32_t word)
{
	if (word == TRACE_WORD_UNKNOWN) {
		g_string_append_c(text, '?');
		return;
	}
	g_string_append_printf(text, "0x%08" PRIx32, word);
	if (word & CID_KERNEL_UNSET)
		g_string_append(text, " (unset)");
	else if (word & CID_KERNEL_TRANSIT)
		g_string_append_printf(text, " (%" PRIu32 " in transit)",
			word & ~(CID_KERNEL_TRANSIT | CID_KERNEL_ONCPU));
	else if (word & CID_KERNEL_ONCPU)
		g_string_append_printf(text, " (CPU-owned %" PRIu32 ")", word & ~CID_KERNEL_ONCPU);
	else
		g_string_append_printf(text, " (task-owned %" PRIu32 ")", word);
}

static const char *mode_name(uint8_t mode)
{
	static const char *const names[] = { "per task", "per CPU", "to per task, in transit",
		"to per CPU, in transit" };

	return names[mode & 3];
}

static void add_values(GString *text, uint8_t mode, uint32_t users, uint32_t max_cids,
	uint32_t thrs, uint32_t allowed)
{
	g_string_append_printf(text,
		"mode %s, users %" PRIu32 ", max_cids %" PRIu32 ", pcpu_thrs %" PRIu32
		", allowed %" PRIu32 "\n",
		mode_name(mode), users, max_cids, thrs, allowed);
}

/* What @rest has, with these values. */
static void add_rest(GString *text, const struct trace_mm *rest, uint32_t taken, bool deferred)
{
	if (rest->taken_known)
		g_string_append_printf(text, "%" PRIu32 " numbers taken\n", taken);
	if (rest->deferred >= 0)
		g_string_append(text, deferred ? "deferred work is due\n" : "no deferred work\n");
}

static char *text_trace(const struct observation *seen)
{
	GString *text = g_string_new(NULL);

	g_assert(seen->tasks_count <= G_N_ELEMENTS(seen->tasks));
	for (unsigned i = 0; i < seen->tasks_count; i++) {
		if (seen->tasks[i].task == TASK_NONE)
			continue;
		g_string_append_printf(text, "task %" PRIu32 ": word ", seen->tasks[i].pid);
		add_word(text, seen->tasks[i].word);
		if (seen->tasks[i].active >= 0)
			g_string_append(text, seen->tasks[i].active ? ", active" : ", inactive");
		g_string_append_c(text, '\n');
	}
	if (seen->cpu_word != TRACE_WORD_UNKNOWN) {
		g_string_append_printf(text, "CPU word ");
		add_word(text, seen->cpu_word);
		g_string_append_c(text, '\n');
	}
	if (seen->values)
		add_values(text, seen->values->mode, seen->values->users, seen->values->max_cids,
			seen->values->pcpu_thrs, seen->values->allowed_count);
	if (seen->rest)
		add_rest(text, seen->rest, seen->rest->taken, seen->rest->deferred > 0);
	if (seen->changed >= 0)
		g_string_append(text, seen->changed ? "the mode changes\n" : "no change\n");
	return g_string_free(text, FALSE);
}

static char *text_model(const struct order_state *state, const struct observation *seen)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < seen->tasks_count; i++) {
		const struct model_task *t;

		if (seen->tasks[i].task == TASK_NONE)
			continue;
		t = model_task_const(&state->model, seen->tasks[i].task);
		g_string_append_printf(text, "task %" PRIu32 ": word ", seen->tasks[i].pid);
		add_word(text, cid_to_kernel(t->cid));
		g_string_append(text, t->active ? ", active\n" : ", inactive\n");
	}
	if (seen->cpu_word != TRACE_WORD_UNKNOWN) {
		g_string_append_printf(text, "CPU word ");
		add_word(text, cid_to_kernel(model_word(&state->model, m, seen->cpu)));
		g_string_append_c(text, '\n');
	}
	if (seen->values)
		add_values(text, m->mode, m->users + seen->users_more, m->max_cids, m->pcpu_thrs,
			m->allowed_count);
	if (seen->rest)
		add_rest(text, seen->rest, m->taken, m->update_deferred);
	if (seen->changed >= 0)
		g_string_append(text, mm_in_window(m) ? "the mode changes\n" : "no change\n");
	return g_string_free(text, FALSE);
}

/* " 142 0x00000003 (task-owned 3)"; one that is not of the mm has no word that matters. */
static void add_task(GString *text, uint32_t pid, uint32_t word)
{
	if (pid >= TRACE_TASK_FOREIGN) {
		g_string_append(text, pid == TRACE_TASK_FOREIGN ? " another" : " ?");
		return;
	}
	g_string_append_printf(text, " %" PRIu32 " ", pid);
	add_word(text, word);
}

static void add_seen_event(GString *text, const struct process_shown *event)
{
	g_string_append_printf(text, "line %" PRIu64 " CPU %" PRIu32 " pid %" PRIu32 ": %s",
		event->line, event->cpu, event->pid, trace_kind_to_string(event->kind));
	if (event->kind == TRACE_SWITCH || event->kind == TRACE_SWITCHED) {
		add_task(text, event->prev, event->prev_word);
		g_string_append(text, " ->");
	}
	if (event->task != TRACE_PID_UNKNOWN)
		add_task(text, event->task, event->word);
	if (event->values) {
		g_string_append(text, "; ");
		g_string_append_printf(text,
			"mode %s, users %" PRIu32 ", max_cids %" PRIu32 ", pcpu_thrs %" PRIu32,
			mode_name(event->mode), event->users, event->max_cids, event->pcpu_thrs);
	}
	g_string_append_c(text, '\n');
}

static void add_state(GString *text, const struct scenario *machine, const struct process *process,
	const struct order_state *state)
{
	const struct model *model = &state->model;
	const struct model_mm *m = model_mm_const(model, MM);

	g_assert(state);
	g_string_append(text, "the model: ");
	add_values(text, m->mode, m->users, m->max_cids, m->pcpu_thrs, m->allowed_count);
	for (uint32_t task = 0; task < process->mm->pids->len; task++) {
		const struct model_task *t = model_task_const(model, task);
		uint32_t pid = g_array_index(process->mm->pids, uint32_t, task);

		if (pid == 0 || !t->active)
			continue;
		g_string_append_printf(text, "  task %" PRIu32 " ", pid);
		add_word(text, cid_to_kernel(t->cid));
		if (model_is_running(model, task))
			g_string_append_printf(
				text, " on CPU %" PRIu32, (uint32_t)machine->cpu_ids[t->cpu]);
		g_string_append_c(text, '\n');
	}
	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		cid_word word = model_word(model, m, cpu);

		if (!cid_is_cpu_owned(word) && !cid_is_in_transit(word))
			continue;
		g_string_append_printf(text, "  CPU %" PRIu32 " ", (uint32_t)machine->cpu_ids[cpu]);
		add_word(text, cid_to_kernel(word));
		g_string_append_c(text, '\n');
	}
	g_string_append_printf(text, "  %" PRIu32 " numbers taken\n", m->taken);
}

static char *text_around(
	const struct tables *tables, const struct process *process, const struct order_state *state)
{
	GString *text = g_string_new(NULL);

	for (uint64_t i = process->ring_at > PROCESS_RING ? process->ring_at - PROCESS_RING : 0;
		i < process->ring_at; i++)
		add_seen_event(text, &process->ring[i % PROCESS_RING]);
	if (state)
		add_state(text, tables->replay->scenario, process, state);
	return g_string_free(text, FALSE);
}

void process_remember(struct process *process, const struct trace_event *event)
{
	process->ring[process->ring_at++ % PROCESS_RING] = (struct process_shown){
		.kind = event->kind,
		.line = event->line,
		.cpu = event->cpu,
		.pid = event->pid,
		.task = event->task.pid,
		.word = event->task.word,
		.prev = event->prev.pid,
		.prev_word = event->prev.word,
		.values = event->mm.known,
		.mode = event->mm.mode,
		.users = event->mm.users,
		.max_cids = event->mm.max_cids,
		.pcpu_thrs = event->mm.pcpu_thrs,
	};
}

static char *name_pid(uint32_t pid)
{
	if (pid < TRACE_TASK_FOREIGN)
		return g_strdup_printf("%" PRIu32, pid);
	return g_strdup(pid == TRACE_TASK_FOREIGN ? "another" : "?");
}

static char *text_what(const struct trace_event *event, const char *what)
{
	bool over = event->kind == TRACE_SWITCHED;
	g_autofree char *from = name_pid(event->prev.pid);
	g_autofree char *to = name_pid(over ? event->pid : event->task.pid);

	if (over || event->kind == TRACE_SWITCH)
		return g_strdup_printf("%s from %s to %s", what, from, to);
	return g_strdup_printf("%s of %" PRIu32, what,
		event->task.pid < TRACE_TASK_FOREIGN ? event->task.pid : event->pid);
}

static void add_difference(struct tables *tables, struct replay_process *counts, char *around,
	const struct trace_event *event, const char *what, char *trace, char *model)
{
	struct replay_difference difference = {
		.line = event->line,
		.time_ns = event->time_ns,
		.cpu = event->cpu,
		.pid = event->pid,
		.what = text_what(event, what),
		.trace = trace,
		.model = model,
		.around = around,
		.process = counts,
	};

	verdict_add_difference(tables->replay->verdict, difference);
}

void process_report_difference(struct tables *tables, struct process *process,
	const struct trace_event *event, const struct order_state *nearest,
	const struct observation *seen)
{
	g_assert(nearest);
	add_difference(tables, process->counts, text_around(tables, process, nearest), event,
		seen->what, text_trace(seen), text_model(nearest, seen));
}

void process_report_impossible(struct tables *tables, struct process *process,
	const struct trace_event *event, struct replay_process *counts, char *why)
{
	char *around = process ? text_around(tables, process, states_first(&process->mm->states))
	                       : g_strdup("");

	g_assert(!process || process->counts == counts);
	add_difference(tables, counts, around, event, trace_kind_to_string(event->kind),
		event->text ? g_strdup_printf("%s\n", event->text) : g_strdup("it happens\n"),
		g_strdup_printf("cannot be: %s\n", why));
	g_free(why);
}

void process_report_stuck(struct tables *tables, struct process *process,
	const struct trace_event *event, const char *what)
{
	add_difference(tables, process->counts, text_around(tables, process, NULL), event, what,
		g_strdup("it is over by this event\n"),
		g_strdup("no order of the steps under way leads there\n"));
}
