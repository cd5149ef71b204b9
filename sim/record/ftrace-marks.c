/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/csv.h"
#include "sim/record/ftrace-private.h"

static const char *const counter_names[FTRACE_COUNTERS] = { "users", "span", "taken", "max_cids",
	"mode" };

static struct track *track_of(struct ftrace *ftrace, uint32_t account)
{
	g_assert(account < ftrace->accounts->len);
	if (account >= ftrace->tracks->len)
		g_array_set_size(ftrace->tracks, account + 1);
	return &g_array_index(ftrace->tracks, struct track, account);
}

/* A sample has no task and CPU: its counter lines name those of the event before it, which readers
 * of counters ignore. */
static void show_counter(struct ftrace *ftrace, uint64_t time_ns, uint32_t account, int counter)
{
	struct track *track = track_of(ftrace, account);
	uint32_t cpu = ftrace->last_cpu;
	char *at = ftrace_begin_line(ftrace, time_ns, cpu, &ftrace->running[cpu]);

	g_assert(track->pid && track->has_values);
	at = ftrace_put_text(ftrace_put_key(at, "tracing_mark_write: C|", track->pid), "|");
	output_advance(ftrace->out, at);
	ftrace_add_text(ftrace, ftrace_account_name(ftrace, account), '/');
	output_char(ftrace->out, ' ');
	output_text(ftrace->out, counter_names[counter]);
	output_char(ftrace->out, '|');
	output_number(ftrace->out, track->values[counter]);
	output_char(ftrace->out, '\n');
	track->shown[counter] = true;
}

static void show_counters(struct ftrace *ftrace, uint64_t time_ns, uint32_t account)
{
	struct track *track = track_of(ftrace, account);

	/* Counters need a process to belong to. Its pid is known once one of its tasks ran. */
	if (!track->pid || !track->has_values)
		return;
	for (int i = 0; i < FTRACE_COUNTERS; i++) {
		if (!track->shown[i])
			show_counter(ftrace, time_ns, account, i);
	}
}

void ftrace_sample(struct ftrace *ftrace, const struct record_sample *sample)
{
	struct track *track = track_of(ftrace, sample->account);
	const uint32_t values[FTRACE_COUNTERS] = { sample->users, sample->span, sample->taken,
		sample->max_cids, sample->mode };

	for (int i = 0; i < FTRACE_COUNTERS; i++) {
		if (!track->has_values || track->values[i] != values[i])
			track->shown[i] = false;
		track->values[i] = values[i];
	}
	track->has_values = true;
	show_counters(ftrace, sample->time_ns, sample->account);
}

void ftrace_learn_process(
	struct ftrace *ftrace, uint64_t time_ns, uint32_t account, const struct record_task *task)
{
	struct track *track;

	if (account == UINT32_MAX || !task->pid)
		return;
	g_assert(task->group_pid); /* 0 would be: not seen yet */
	track = track_of(ftrace, account);
	if (track->pid)
		return;
	track->pid = task->group_pid;
	show_counters(ftrace, time_ns, account);
}

/* An initiator's slice is its thread's own. The deferred work has no thread that viewers know: it
 * gets a slice of the process, with a cookie of its own. */
static void add_mark(struct ftrace *ftrace, const struct slice *slice, bool to_percpu, bool begins)
{
	bool deferred = !slice->task.pid;
	uint32_t pid = deferred ? track_of(ftrace, slice->account)->pid : slice->task.group_pid;

	output_text(ftrace->out, "tracing_mark_write: ");
	output_char(ftrace->out, deferred ? (begins ? 'S' : 'F') : (begins ? 'B' : 'E'));
	output_char(ftrace->out, '|');
	output_number(ftrace->out, pid);
	if (begins || deferred) {
		output_char(ftrace->out, '|');
		ftrace_add_text(ftrace, ftrace_account_name(ftrace, slice->account), '/');
		output_text(ftrace->out, to_percpu ? " to per CPU" : " to per task");
	}
	if (deferred) {
		output_char(ftrace->out, '|');
		output_number(ftrace->out, slice->account);
	}
	output_char(ftrace->out, '\n');
}

static void mark_begins(struct ftrace *ftrace, const struct record_mode_switch *mode_switch)
{
	const struct record_task *running = &ftrace->running[mode_switch->cpu];
	struct slice slice = { .account = mode_switch->account, .cpu = mode_switch->cpu };

	if (mode_switch->pid && running->pid == mode_switch->pid)
		slice.task = *running;
	else if (mode_switch->pid)
		slice.task = (struct record_task){
			.pid = mode_switch->pid, .group_pid = mode_switch->pid, .name = "<...>"
		};
	g_array_append_val(ftrace->slices, slice);
	output_advance(ftrace->out,
		ftrace_begin_line(ftrace, mode_switch->time_ns, slice.cpu, &slice.task));
	add_mark(ftrace, &slice, mode_switch->to_percpu, true);
}

void ftrace_mode_switch(struct ftrace *ftrace, const struct record_mode_switch *mode_switch)
{
	struct output *out = ftrace->out;
	char *at;

	g_assert(mode_switch->cpu < ftrace->scenario->cpus_count);
	output_advance(
		out, ftrace_put_text(ftrace_begin_line(ftrace, mode_switch->time_ns,
					     mode_switch->cpu, &ftrace->running[mode_switch->cpu]),
			     "mmcid:mode_switch:"));
	ftrace_add_account(ftrace, " mm=", mode_switch->account);
	at = ftrace_put_text(output_reserve(out, 512), " direction=");
	at = ftrace_put_text(at, csv_direction(mode_switch->to_percpu));
	at = ftrace_put_text(
		ftrace_put_text(at, " trigger="), model_trigger_to_string(mode_switch->trigger));
	at = ftrace_put_key(at, " users=", mode_switch->users);
	at = ftrace_put_key(at, " allowed=", mode_switch->allowed_count);
	at = ftrace_put_key(at, " max_cids_before=", mode_switch->max_cids_before);
	at = ftrace_put_key(at, " max_cids_after=", mode_switch->max_cids_after);
	at = ftrace_put_key(at, " pcpu_thrs_before=", mode_switch->thrs_before);
	at = ftrace_put_key(at, " pcpu_thrs_after=", mode_switch->thrs_after);
	ftrace_end_line(ftrace, at);
	mark_begins(ftrace, mode_switch);
}

/* Where the initiator of @slice is now: it may have moved since the window opened. */
static uint32_t slice_cpu(const struct ftrace *ftrace, const struct slice *slice)
{
	uint32_t pid = slice->task.pid;

	g_assert(slice->cpu < ftrace->scenario->cpus_count);
	if (!pid || ftrace->running[slice->cpu].pid == pid)
		return slice->cpu;
	if (ftrace->running[ftrace->last_cpu].pid == pid)
		return ftrace->last_cpu;
	for (uint32_t cpu = 0; cpu < ftrace->scenario->cpus_count; cpu++) {
		if (ftrace->running[cpu].pid == pid)
			return cpu;
	}
	return slice->cpu;
}

static bool take_slice(
	struct ftrace *ftrace, const struct record_mode_switch *opened, struct slice *taken)
{
	for (guint i = 0; i < ftrace->slices->len; i++) {
		const struct slice *slice = &g_array_index(ftrace->slices, struct slice, i);

		if (slice->task.pid == opened->pid && slice->account == opened->account) {
			*taken = *slice;
			g_array_remove_index_fast(ftrace->slices, i);
			return true;
		}
	}
	return false;
}

void ftrace_window(struct ftrace *ftrace, const struct record_window *window)
{
	const struct record_mode_switch *opened = &window->opened;
	struct slice slice;
	uint32_t cpu;
	char *at;

	g_assert(opened->time_ns <= window->close_ns);
	if (!take_slice(ftrace, opened, &slice))
		slice = (struct slice){ .account = opened->account, .cpu = opened->cpu };
	cpu = slice_cpu(ftrace, &slice);
	output_advance(ftrace->out,
		ftrace_put_text(ftrace_begin_line(ftrace, window->close_ns, cpu, &slice.task),
			"mmcid:window:"));
	ftrace_add_account(ftrace, " mm=", opened->account);
	at = ftrace_put_text(output_reserve(ftrace->out, 512), " direction=");
	at = ftrace_put_text(at, csv_direction(opened->to_percpu));
	at = ftrace_put_key(at, " duration_ns=", window->close_ns - opened->time_ns);
	at = ftrace_put_key(at, " steps=", window->steps);
	at = ftrace_put_key(at, " moved=", window->moved);
	at = ftrace_put_key(at, " dropped=", window->dropped);
	at = ftrace_put_key(at, " handed=", window->handed);
	at = ftrace_put_key(at, " settled=", window->settled);
	at = ftrace_put_key(at, " out_dropped=", window->out_dropped);
	at = ftrace_put_key(at, " bit_ops=", window->bit_ops);
	at = ftrace_put_key(at, " spins=", window->spins);
	at = ftrace_put_key(at, " spin_ns=", window->spin_ns);
	at = ftrace_put_key(at, " preempted_ns=", window->preempted_ns);
	ftrace_end_line(ftrace, at);

	if (slice.task.pid != opened->pid)
		return;
	output_advance(ftrace->out, ftrace_begin_line(ftrace, window->close_ns, cpu, &slice.task));
	add_mark(ftrace, &slice, opened->to_percpu, false);
}
