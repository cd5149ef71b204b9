/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/ftrace.h"

#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/record/csv.h"

enum { COUNTERS = 5 };

static const char *const counter_names[COUNTERS] = { "users", "span", "taken", "max_cids", "mode" };

/* What of an account is needed to draw it. */
struct track {
	uint32_t pid;    /* of the process that its counters belong to; 0 = not seen yet */
	bool has_values; /* a sample has come */
	uint32_t values[COUNTERS]; /* of the last sample */
	bool shown[COUNTERS];      /* ... and whether it was written */
};

/* A window that is open. */
struct slice {
	struct record_task task; /* the initiator; pid 0 = the deferred work */
	uint32_t account, cpu;
};

struct ftrace {
	struct output *out;
	const struct scenario *scenario;
	const GPtrArray *accounts;
	struct record_task *running; /* by dense CPU index */
	uint32_t last_cpu;           /* where the last fact took place */
	GArray *tracks;              /* struct track, by account */
	GArray *slices;              /* struct slice */
};

static const struct record_task idle = { .pid = 0 };

static const char header[] = "#\n"
			     "#                                          _-----=> irqs-off\n"
			     "#                                         / _----=> need-resched\n"
			     "#                                        | / _---=> hardirq/softirq\n"
			     "#                                        || / _--=> preempt-depth\n"
			     "#                                        ||| /     delay\n"
			     "#           TASK-PID       TGID    CPU#  ||||   TIMESTAMP  FUNCTION\n"
			     "#              | |           |       |   ||||      |         |\n";

static void add_possible(struct output *out, const struct scenario *scenario)
{
	struct cpu_ids ids = { 0 };
	g_autofree char *list = NULL;

	for (uint32_t cpu = 0; cpu < scenario->cpus_count; cpu++)
		cpu_ids_add(&ids, scenario->cpu_ids[cpu]);
	/* A number alone would be how many there are. */
	list = scenario->cpus_count > 1
	               ? cpu_ids_to_string(&ids)
	               : g_strdup_printf("%u-%u", scenario->cpu_ids[0], scenario->cpu_ids[0]);
	csv_comment(out, "possible", list);
}

struct ftrace *ftrace_new(
	struct output *out, const struct scenario *scenario, const GPtrArray *accounts)
{
	struct ftrace *ftrace = g_new0(struct ftrace, 1);

	ftrace->out = out;
	ftrace->scenario = scenario;
	ftrace->accounts = accounts;
	ftrace->running = g_new0(struct record_task, scenario->cpus_count);
	ftrace->tracks = g_array_new(FALSE, TRUE, sizeof(struct track));
	ftrace->slices = g_array_new(FALSE, FALSE, sizeof(struct slice));

	/* Perfetto knows the format by the first line, and skips all others that begin with '#'. */
	output_text(out, "# tracer: nop\n#\n");
	csv_comment(out, "cidsim", CIDSIM_VERSION);
	csv_comment(out, "scenario", scenario->path);
	csv_revision(out, scenario);
	output_text(out, "# seed ");
	output_number(out, scenario->seed);
	output_char(out, '\n');
	add_possible(out, scenario);
	output_text(out, header);
	return ftrace;
}

void ftrace_free(struct ftrace *ftrace)
{
	if (!ftrace)
		return;
	g_free(ftrace->running);
	g_array_free(ftrace->tracks, TRUE);
	g_array_free(ftrace->slices, TRUE);
	g_free(ftrace);
}

/* A name of a task: importers cut fields at blanks, and a line must stay one. */
static char *put_name(char *at, const char *name, size_t size)
{
	for (size_t i = 0; i < size && name[i]; i++)
		*at++ = (unsigned char)name[i] <= ' ' ? '_' : name[i];
	return at;
}

static char *put_text(char *at, const char *text)
{
	size_t length = strlen(text);

	memcpy(at, text, length);
	return at + length;
}

static char *put_key(char *at, const char *key, uint64_t value)
{
	return output_format(put_text(at, key), value);
}

/* The word as the kernel prints it: 0x and eight digits. */
static char *put_word(char *at, const char *key, cid_word word)
{
	return output_format_hex(put_text(at, key), cid_to_kernel(word), 8);
}

static uint32_t cpu_id(const struct ftrace *ftrace, uint32_t cpu)
{
	g_assert(cpu < ftrace->scenario->cpus_count);
	return ftrace->scenario->cpu_ids[cpu];
}

/* comm of a task in fields; idle tasks have one name per CPU. */
static char *put_comm(
	char *at, const struct ftrace *ftrace, const struct record_task *task, uint32_t cpu)
{
	if (task->pid == 0)
		return put_key(at, "swapper/", cpu_id(ftrace, cpu));
	return put_name(at, task->name, sizeof(task->name));
}

static char *put_who(char *at, const struct record_task *task)
{
	char name[sizeof(task->name)];
	const char *text = task->pid ? name : "<idle>";
	size_t length = task->pid ? (size_t)(put_name(name, task->name, sizeof(name)) - name) : 6;

	for (size_t i = length; i < 16; i++)
		*at++ = ' ';
	memcpy(at, text, length);
	at = output_format(put_text(at + length, "-"), task->pid);
	return at;
}

/* Everything before the name of the event; @task is who runs on @cpu. Returns where to go on: the
 * caller has OUTPUT_RESERVE_MAX - 128 bytes left. */
static char *begin_line(
	struct ftrace *ftrace, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	char *start = output_reserve(ftrace->out, OUTPUT_RESERVE_MAX);
	char *at;

	ftrace->last_cpu = cpu;
	if (!task)
		task = &idle;
	at = put_who(start, task);
	do {
		*at++ = ' ';
	} while (at < start + 25);
	*at++ = '(';
	if (task->group_pid && task->pid)
		at = output_format_wide(at, task->group_pid, 7, ' ');
	else
		at = put_text(at, "-------");
	at = output_format_wide(put_text(at, ") ["), cpu_id(ftrace, cpu), 3, '0');
	at = output_format_wide(put_text(at, "] .... "), time_ns / 1000000000, 5, ' ');
	*at++ = '.';
	at = output_format_wide(at, time_ns % 1000000000, 9, '0');
	return put_text(at, ": ");
}

static void end_line(struct ftrace *ftrace, char *at)
{
	*at++ = '\n';
	output_advance(ftrace->out, at);
}

/* Text of any length, on one line. */
static void add_text(struct ftrace *ftrace, const char *text, char bar)
{
	for (size_t left = strlen(text), piece; left > 0; left -= piece, text += piece) {
		char *at;

		piece = MIN(left, OUTPUT_RESERVE_MAX);
		at = output_reserve(ftrace->out, piece);
		for (size_t i = 0; i < piece; i++) {
			char c = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];

			at[i] = c == '|' ? bar : c;
		}
		output_advance(ftrace->out, at + piece);
	}
}

static const char *account_name(const struct ftrace *ftrace, uint32_t account)
{
	const struct record_account *found;

	if (account >= ftrace->accounts->len)
		return "-";
	found = g_ptr_array_index(ftrace->accounts, account);
	return found->name;
}

/* key=name, quoted where the name has blanks. */
static void add_account(struct ftrace *ftrace, const char *key, uint32_t account)
{
	const char *name = account_name(ftrace, account);
	bool quoted = name[strcspn(name, " \"\t\r\n")];

	output_text(ftrace->out, key);
	if (quoted)
		output_char(ftrace->out, '"');
	for (; *name; name++)
		output_char(ftrace->out, *name == '"'             ? '\''
					 : g_ascii_iscntrl(*name) ? ' '
								  : *name);
	if (quoted)
		output_char(ftrace->out, '"');
}

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
	char *at = begin_line(ftrace, time_ns, cpu, &ftrace->running[cpu]);

	at = put_text(put_key(at, "tracing_mark_write: C|", track->pid), "|");
	output_advance(ftrace->out, at);
	add_text(ftrace, account_name(ftrace, account), '/');
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
	for (int i = 0; i < COUNTERS; i++) {
		if (!track->shown[i])
			show_counter(ftrace, time_ns, account, i);
	}
}

void ftrace_sample(struct ftrace *ftrace, const struct record_sample *sample)
{
	struct track *track = track_of(ftrace, sample->account);
	const uint32_t values[COUNTERS] = { sample->users, sample->span, sample->taken,
		sample->max_cids, sample->mode };

	for (int i = 0; i < COUNTERS; i++) {
		if (!track->has_values || track->values[i] != values[i])
			track->shown[i] = false;
		track->values[i] = values[i];
	}
	track->has_values = true;
	show_counters(ftrace, sample->time_ns, sample->account);
}

static void learn_process(
	struct ftrace *ftrace, uint64_t time_ns, uint32_t account, const struct record_task *task)
{
	struct track *track;

	if (account == UINT32_MAX || !task->pid)
		return;
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
		add_text(ftrace, account_name(ftrace, slice->account), '/');
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
	output_advance(
		ftrace->out, begin_line(ftrace, mode_switch->time_ns, slice.cpu, &slice.task));
	add_mark(ftrace, &slice, mode_switch->to_percpu, true);
}

void ftrace_mode_switch(struct ftrace *ftrace, const struct record_mode_switch *mode_switch)
{
	struct output *out = ftrace->out;
	char *at;

	output_advance(out, put_text(begin_line(ftrace, mode_switch->time_ns, mode_switch->cpu,
					     &ftrace->running[mode_switch->cpu]),
				    "mmcid:mode_switch:"));
	add_account(ftrace, " mm=", mode_switch->account);
	at = put_text(output_reserve(out, 512), " direction=");
	at = put_text(at, csv_direction(mode_switch->to_percpu));
	at = put_text(put_text(at, " trigger="), model_trigger_to_string(mode_switch->trigger));
	at = put_key(at, " users=", mode_switch->users);
	at = put_key(at, " allowed=", mode_switch->allowed_count);
	at = put_key(at, " max_cids_before=", mode_switch->max_cids_before);
	at = put_key(at, " max_cids_after=", mode_switch->max_cids_after);
	at = put_key(at, " pcpu_thrs_before=", mode_switch->thrs_before);
	at = put_key(at, " pcpu_thrs_after=", mode_switch->thrs_after);
	end_line(ftrace, at);

	/* The last exit flips the mode but walks nowhere: no window will ever close.
	 * docs/protocol.md, section 6. */
	if (mode_switch->users)
		mark_begins(ftrace, mode_switch);
}

/* Where the initiator of @slice is now: it may have moved since the window opened. */
static uint32_t slice_cpu(const struct ftrace *ftrace, const struct slice *slice)
{
	uint32_t pid = slice->task.pid;

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

	if (!take_slice(ftrace, opened, &slice))
		slice = (struct slice){ .account = opened->account, .cpu = opened->cpu };
	cpu = slice_cpu(ftrace, &slice);
	output_advance(ftrace->out,
		put_text(begin_line(ftrace, window->close_ns, cpu, &slice.task), "mmcid:window:"));
	add_account(ftrace, " mm=", opened->account);
	at = put_text(output_reserve(ftrace->out, 512), " direction=");
	at = put_text(at, csv_direction(opened->to_percpu));
	at = put_key(at, " duration_ns=", window->close_ns - opened->time_ns);
	at = put_key(at, " steps=", window->steps);
	at = put_key(at, " moved=", window->moved);
	at = put_key(at, " dropped=", window->dropped);
	at = put_key(at, " handed=", window->handed);
	at = put_key(at, " settled=", window->settled);
	at = put_key(at, " out_dropped=", window->out_dropped);
	at = put_key(at, " bit_ops=", window->bit_ops);
	at = put_key(at, " spins=", window->spins);
	at = put_key(at, " spin_ns=", window->spin_ns);
	at = put_key(at, " preempted_ns=", window->preempted_ns);
	end_line(ftrace, at);

	if (slice.task.pid != opened->pid)
		return;
	output_advance(ftrace->out, begin_line(ftrace, window->close_ns, cpu, &slice.task));
	add_mark(ftrace, &slice, opened->to_percpu, false);
}

/* Idle is always runnable but never preempted. Facts do not tell a task that yields (R in the
 * kernel) from one that is preempted. */
static const char *state_text(const struct record_task *task, enum record_prev_state state)
{
	switch (state) {
	case PREV_RUNNABLE:
		return task->pid ? "R+" : "R";
	case PREV_SLEEPS:
		return "S";
	case PREV_BLOCKED:
		return "D";
	case PREV_DEAD:
		return "X";
	}
	g_assert_not_reached();
}

static void add_words(struct ftrace *ftrace, const struct record_switch *sched_switch)
{
	char *at;

	output_advance(ftrace->out, put_text(begin_line(ftrace, sched_switch->time_ns,
						     sched_switch->cpu, sched_switch->prev),
					    "mmcid:switch:"));
	add_account(ftrace, " prev_mm=", sched_switch->prev_account);
	at = output_reserve(ftrace->out, 256);
	at = put_key(at, " prev_pid=", sched_switch->prev->pid);
	at = put_word(at, " prev_word=", sched_switch->prev_word);
	output_advance(ftrace->out, at);
	add_account(ftrace, " next_mm=", sched_switch->next_account);
	at = output_reserve(ftrace->out, 256);
	at = put_key(at, " next_pid=", sched_switch->next->pid);
	at = put_word(at, " next_word=", sched_switch->next_word);
	at = put_word(at, " cpu_word=", sched_switch->cpu_word);
	if (sched_switch->spins)
		at = put_text(at, " spins=1");
	end_line(ftrace, at);
}

void ftrace_switch(struct ftrace *ftrace, const struct record_switch *sched_switch)
{
	const struct record_task *prev = sched_switch->prev, *next = sched_switch->next;
	uint32_t cpu = sched_switch->cpu;
	char *at = begin_line(ftrace, sched_switch->time_ns, cpu, prev);

	at = put_comm(put_text(at, "sched_switch: prev_comm="), ftrace, prev, cpu);
	at = put_key(at, " prev_pid=", prev->pid);
	at = put_text(at, " prev_prio=120 prev_state=");
	at = put_text(at, state_text(prev, sched_switch->prev_state));
	at = put_comm(put_text(at, " ==> next_comm="), ftrace, next, cpu);
	at = put_key(at, " next_pid=", next->pid);
	end_line(ftrace, put_text(at, " next_prio=120"));

	if (prev->pid || next->pid)
		add_words(ftrace, sched_switch);
	ftrace->running[cpu] = *next;
	learn_process(ftrace, sched_switch->time_ns, sched_switch->prev_account, prev);
	learn_process(ftrace, sched_switch->time_ns, sched_switch->next_account, next);
}

/* "event: comm=… pid=… prio=120", the beginning of most scheduler events. */
static char *put_task_event(char *at, struct ftrace *ftrace, const char *event,
	const struct record_task *task, uint32_t cpu)
{
	at = put_comm(put_text(put_text(at, event), ": comm="), ftrace, task, cpu);
	at = put_key(at, " pid=", task->pid);
	return put_text(at, " prio=120");
}

static void add_wakeup(struct ftrace *ftrace, const char *event, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, uint32_t target_cpu)
{
	char *at = begin_line(ftrace, time_ns, on_cpu, running);

	at = put_task_event(at, ftrace, event, woken, target_cpu);
	at = output_format_wide(put_text(at, " target_cpu="), cpu_id(ftrace, target_cpu), 3, '0');
	end_line(ftrace, at);
}

void ftrace_wakeup(struct ftrace *ftrace, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	/* As in the kernel, but at one instant. Perfetto takes "runnable" from sched_waking. */
	if (!is_new)
		add_wakeup(ftrace, "sched_waking", time_ns, on_cpu, running, woken, target_cpu);
	add_wakeup(ftrace, is_new ? "sched_wakeup_new" : "sched_wakeup", time_ns, on_cpu, running,
		woken, target_cpu);
}

void ftrace_fork(struct ftrace *ftrace, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	char *at = begin_line(ftrace, time_ns, cpu, parent);

	at = put_comm(put_text(at, "sched_process_fork: comm="), ftrace, parent, cpu);
	at = put_key(at, " pid=", parent->pid);
	at = put_comm(put_text(at, " child_comm="), ftrace, child, cpu);
	end_line(ftrace, put_key(at, " child_pid=", child->pid));
}

void ftrace_exit(
	struct ftrace *ftrace, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	char *at = begin_line(ftrace, time_ns, cpu, task);

	end_line(ftrace, put_task_event(at, ftrace, "sched_process_exit", task, cpu));
}

void ftrace_migrate(struct ftrace *ftrace, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	char *at = begin_line(ftrace, time_ns, on_cpu, running);

	at = put_task_event(at, ftrace, "sched_migrate_task", task, from);
	at = put_key(at, " orig_cpu=", cpu_id(ftrace, from));
	end_line(ftrace, put_key(at, " dest_cpu=", cpu_id(ftrace, to)));
}

void ftrace_note(struct ftrace *ftrace, const struct record_note *note)
{
	output_advance(ftrace->out,
		put_text(begin_line(ftrace, note->time_ns, note->cpu, note->task), "mmcid:"));
	add_text(ftrace, note->event, '|');
	output_text(ftrace->out, ": ");
	add_text(ftrace, note->text ? note->text : "", '|');
	output_char(ftrace->out, '\n');
}
