/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/emit.h"

#include <string.h>

static const struct record_sink *sink_of(const struct emitter *emitter)
{
	static const struct record_sink none = { 0 };

	return emitter->recorder->sink ? emitter->recorder->sink : &none;
}

static uint64_t now(const struct emitter *emitter)
{
	return emitter->recorder->now_ns;
}

static struct record_task name_of(const struct emitter *emitter, uint32_t task)
{
	g_assert(emitter->name);
	return emitter->name(emitter->context, task);
}

void emit_stay(const struct emitter *emitter, uint32_t cpu, uint32_t pid, uint32_t account,
	uint64_t since_ns, uint32_t cid)
{
	const struct record_sink *sink = sink_of(emitter);
	struct record_stay stay = {
		.cpu = cpu,
		.pid = pid,
		.account = account,
		.start_ns = since_ns,
		.end_ns = now(emitter),
		.cid = cid,
	};

	g_assert(since_ns <= stay.end_ns);
	g_assert(account == ACCOUNT_NONE || account < emit_totals(emitter)->accounts->len);
	if (sink->stay)
		sink->stay(sink->context, &stay);
}

void emit_switch(const struct emitter *emitter, uint32_t cpu, const struct emit_side *prev,
	enum record_prev_state prev_state, const struct emit_side *next, cid_word cpu_word,
	bool spins)
{
	const struct record_sink *sink = sink_of(emitter);
	struct record_task prev_name = name_of(emitter, prev->task);
	struct record_task next_name = name_of(emitter, next->task);
	struct record_switch record = {
		.time_ns = now(emitter),
		.cpu = cpu,
		.prev = &prev_name,
		.next = &next_name,
		.prev_state = prev_state,
		.prev_account = prev->account,
		.next_account = next->account,
		.prev_word = prev->word,
		.next_word = next->word,
		.cpu_word = cpu_word,
		.spins = spins,
	};

	g_assert(prev->account == ACCOUNT_NONE || prev->task != TASK_NONE);
	g_assert(!spins || next->account != ACCOUNT_NONE);
	if (sink->sched_switch)
		sink->sched_switch(sink->context, &record);
}

void emit_wakeup_log(
	const struct emitter *emitter, uint32_t cpu, uint32_t running, uint32_t task, bool is_new)
{
	const struct record_sink *sink = sink_of(emitter);
	struct record_task running_name = name_of(emitter, running);
	struct record_task name = name_of(emitter, task);

	g_assert(sink->sched_wakeup && task != TASK_NONE);
	sink->sched_wakeup(sink->context, now(emitter), cpu, &running_name, &name, is_new, cpu);
}

void emit_migration_log(
	const struct emitter *emitter, uint32_t running, uint32_t task, uint32_t from, uint32_t to)
{
	const struct record_sink *sink = sink_of(emitter);
	struct record_task running_name = name_of(emitter, running);
	struct record_task name = name_of(emitter, task);

	g_assert(sink->sched_migrate && from != to && task != TASK_NONE);
	sink->sched_migrate(sink->context, now(emitter), to, &running_name, &name, from, to);
}

void emit_fork(const struct emitter *emitter, uint32_t cpu, uint32_t parent, uint32_t child)
{
	const struct record_sink *sink = sink_of(emitter);
	struct record_task parent_name, child_name;

	g_assert(parent != child && parent != TASK_NONE && child != TASK_NONE);
	emit_totals(emitter)->forks++;
	if (!sink->sched_fork)
		return;
	parent_name = name_of(emitter, parent);
	child_name = name_of(emitter, child);
	sink->sched_fork(sink->context, now(emitter), cpu, &parent_name, &child_name);
}

void emit_exit(const struct emitter *emitter, uint32_t cpu, uint32_t task)
{
	const struct record_sink *sink = sink_of(emitter);
	struct record_task name;

	g_assert(task != TASK_NONE);
	emit_totals(emitter)->exits++;
	if (!sink->sched_exit)
		return;
	name = name_of(emitter, task);
	sink->sched_exit(sink->context, now(emitter), cpu, &name);
}

void emit_exec(
	const struct emitter *emitter, uint32_t cpu, uint32_t task, bool failed, cid_word word)
{
	g_autofree char *text = NULL;

	g_assert(task != TASK_NONE);
	emit_totals(emitter)->execs++;
	if (!sink_of(emitter)->note)
		return;
	text = g_strdup_printf("pid=%u failed=%d cid=0x%x", name_of(emitter, task).pid, failed,
		cid_to_kernel(word));
	emit_note(emitter, cpu, task, "exec", text);
}

void emit_note(const struct emitter *emitter, uint32_t cpu, uint32_t running, const char *event,
	const char *text)
{
	const struct record_sink *sink = sink_of(emitter);
	struct record_task running_name;
	struct record_note note = {
		.time_ns = now(emitter),
		.cpu = cpu,
		.task = &running_name,
		.event = event,
		.text = text,
	};

	g_assert(event[0] && !strchr(event, ':'));
	if (!sink->note)
		return;
	running_name = name_of(emitter, running);
	sink->note(sink->context, &note);
}

void emit_end(const struct emitter *emitter, uint32_t running, const char *more)
{
	const struct record_result *totals = emit_totals(emitter);
	g_autofree char *text =
		g_strdup_printf("events=%" G_GUINT64_FORMAT " switches=%" G_GUINT64_FORMAT
				" migrations=%" G_GUINT64_FORMAT " wakeups=%" G_GUINT64_FORMAT
				" forks=%" G_GUINT64_FORMAT " exits=%" G_GUINT64_FORMAT
				" execs=%" G_GUINT64_FORMAT " affinity_changes=%" G_GUINT64_FORMAT
				" tasks_max=%u idle_ns=%" G_GUINT64_FORMAT "%s",
			totals->events, totals->switches, totals->migrations, totals->wakeups,
			totals->forks, totals->exits, totals->execs, totals->affinity_changes,
			totals->tasks_max, totals->idle_ns, more);

	g_assert(!more[0] || more[0] == ' ');
	emit_note(emitter, 0, running, "end", text);
}
