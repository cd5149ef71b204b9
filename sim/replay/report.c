/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/report.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/record/report.h"

enum { PROCESSES_SHOWN = 20, NAMES_SHOWN = 12 };

enum replay_outcome replay_outcome(const struct replay_report *report)
{
	const struct replay_verdict *v = report->verdict;

	if (v->switches.unexplained || v->others.unexplained)
		return REPLAY_DIFFERS;
	if (v->switches.undecided || v->others.undecided || report->cut_short)
		return REPLAY_UNDECIDED;
	if (v->switches.compared + v->others.compared == 0 && v->processes->len == 0)
		return REPLAY_UNDECIDED; /* it shows nothing at all */
	return REPLAY_AGREES;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of events, sorted, for the order of a hash table is none. */
GPtrArray *report_ignored_names(const struct replay_report *report)
{
	GHashTable *ignored = trace_ignored(report->trace);
	GPtrArray *names = g_ptr_array_new();
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, ignored);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		g_ptr_array_add(names, name);
	g_ptr_array_sort(names, by_name);
	return names;
}

uint64_t report_ignored_count(const struct replay_report *report, const char *name)
{
	return *(const guint64 *)g_hash_table_lookup(trace_ignored(report->trace), name);
}

static void print_head(GString *text, const struct replay_report *report)
{
	const struct scenario *scenario = report->result->scenario;
	const struct trace_info *info = trace_info(report->trace);
	g_autofree char *revision = report_revision(scenario);
	g_autofree char *lasted = text_time(report->result->end_ns);
	gsize from_text;

	g_string_append_printf(text, "cidsim " CIDSIM_VERSION "  replay of %s as revision %s\n",
		text_clean(scenario->path), revision);
	from_text = text->len;
	if (*info->kernel)
		g_string_append_printf(text, "recorded on %s%s%s\n", info->kernel,
			*info->workload ? ": " : "", info->workload);
	else if (*info->workload)
		g_string_append_printf(text, "%s\n", info->workload);
	g_string_append_printf(text,
		"\n  %" PRIu64 " events, %" PRIu32 " possible CPUs, %s; ended: %s\n",
		report->verdict->events, scenario->cpus_count,
		info->counts ? "the clock counts events" : lasted, report->result->ended);
	if (report->verdict->from_ns) {
		g_autofree char *from = report_instant(report->result, report->verdict->from_ns);

		g_string_append_printf(text, "  all times count from %s of the trace on\n", from);
	}
	g_string_append_printf(text,
		"  %" PRIu64 " switches; %" PRIu64 " forks, %" PRIu64 " exits, %" PRIu64
		" execs, %" PRIu64 " affinity changes\n",
		report->result->switches, report->result->forks, report->result->exits,
		report->result->execs, report->result->affinity_changes);
	text_wrap(text, from_text);
}

/* A column is only there if it has anything. */
struct columns {
	bool undecided, taken_over, predicted;
};

static struct columns columns_of(const struct replay_verdict *verdict)
{
	return (struct columns){
		.undecided = verdict->switches.undecided || verdict->others.undecided,
		.taken_over = verdict->taken_over > 0,
		.predicted = verdict->predicted > 0,
	};
}

static struct text_table *processes_table(const struct columns *columns)
{
	g_autoptr(GString) align = g_string_new("lrrrrrr|rrrr");
	g_autoptr(GString) head = g_string_new(
		"process|tgid|users|switches|agreed|hidden|unexplained|others|agreed|hidden|"
		"unexplained");

	for (unsigned i = 0; i < columns->undecided + columns->taken_over + columns->predicted + 1U;
		i++)
		g_string_append(align, "|r");
	g_string_append(head, columns->undecided ? "|undecided" : "");
	g_string_append(head, columns->taken_over ? "|not compared" : "");
	g_string_append(head, columns->predicted ? "|predicted" : "");
	g_string_append(head, "|orders");
	return text_table_with_head(align->str, head->str);
}

static void add_cells(struct text_table *table, const struct replay_counts *counts)
{
	text_table_number(table, counts->compared);
	text_table_number(table, counts->agreed);
	text_table_number(table, counts->hidden);
	text_table_number(table, counts->unexplained);
}

static void process_row(struct text_table *table, const struct replay_process *process,
	const struct columns *columns)
{
	text_table_cell(table, process->name);
	text_table_number(table, process->tgid);
	text_table_number(table, process->users_max);
	add_cells(table, &process->switches);
	add_cells(table, &process->others);
	if (columns->undecided)
		text_table_number(table, process->switches.undecided + process->others.undecided);
	if (columns->taken_over)
		text_table_number(table, process->taken_over);
	if (columns->predicted)
		text_table_number(table, process->predicted);
	text_table_number(table, process->states_max);
}

static gint by_weight(gconstpointer a, gconstpointer b)
{
	const struct replay_process *x = *(struct replay_process *const *)a;
	const struct replay_process *y = *(struct replay_process *const *)b;
	uint64_t bad_x = x->switches.unexplained + x->others.unexplained;
	uint64_t bad_y = y->switches.unexplained + y->others.unexplained;
	uint64_t size_x = x->switches.compared + x->others.compared + x->predicted;
	uint64_t size_y = y->switches.compared + y->others.compared + y->predicted;

	if (bad_x != bad_y)
		return bad_x < bad_y ? 1 : -1;
	if (size_x != size_y)
		return size_x < size_y ? 1 : -1;
	return x->first_line < y->first_line ? -1 : x->first_line > y->first_line;
}

static void print_processes(GString *text, const struct replay_verdict *verdict)
{
	g_autoptr(GPtrArray) processes = g_ptr_array_copy(verdict->processes, NULL, NULL);
	guint shown = MIN(processes->len, PROCESSES_SHOWN);
	struct columns columns = columns_of(verdict);
	struct text_table *table;

	g_ptr_array_set_free_func(processes, NULL);
	g_ptr_array_sort(processes, by_weight);
	if (!shown)
		return;
	g_string_append(text,
		"\nModel against kernel: switches, and others (forks, exits, decisions). They "
		"agree\nin the recorded order, or in another order of steps that the trace does "
		"not show\n(hidden). orders: the most that were possible at one time\n");
	table = processes_table(&columns);
	for (guint i = 0; i < shown; i++)
		process_row(table, processes->pdata[i], &columns);
	text_table_print(table, text);
	if (processes->len > shown)
		g_string_append_printf(text, "  … %" PRIu64 " more processes\n",
			processes->len - shown + verdict->processes_more);
}

static void print_indented(GString *text, const char *title, const char *lines)
{
	g_auto(GStrv) split = g_strsplit(lines ? lines : "", "\n", 0);

	g_string_append_printf(text, "  %s\n", title);
	for (char **line = split; *line; line++) {
		if (**line)
			g_string_append_printf(text, "    %s\n", *line);
	}
}

static void print_difference(
	GString *text, const struct replay_report *report, const struct replay_difference *d)
{
	g_autofree char *time = report_instant(report->result, d->time_ns);

	g_string_append_printf(text,
		"\nFirst difference: line %" PRIu64 ", %s, CPU %" PRIu32 ", pid %" PRIu32
		", process %s (%" PRIu32 ")\n  %s\n",
		d->line, time, d->cpu, d->pid, d->process->name, d->process->tgid, d->what);
	print_indented(text, "the kernel had", d->trace);
	print_indented(text, "the model had", d->model);
	print_indented(text, "the events before, and how the model stands", d->around);
}

static void print_more_differences(GString *text, const GPtrArray *differences)
{
	if (differences->len < 2)
		return;
	g_string_append(text, "  others:\n");
	for (guint i = 1; i < differences->len; i++) {
		const struct replay_difference *d = differences->pdata[i];

		g_string_append_printf(text,
			"    line %" PRIu64 ", CPU %" PRIu32 ", process %s (%" PRIu32 "): %s\n",
			d->line, d->cpu, d->process->name, d->process->tgid, d->what);
	}
}

static void print_notes(GString *text, const struct replay_report *report)
{
	const struct replay_verdict *verdict = report->verdict;
	g_autoptr(GPtrArray) names = report_ignored_names(report);

	if (!verdict->notes->len && !names->len)
		return;
	g_string_append(text, "\nNotes\n");
	for (guint i = 0; i < verdict->notes->len; i++) {
		g_autofree char *note = verdict_note_text(verdict->notes->pdata[i]);

		g_string_append_printf(text, "  %s\n", note);
	}
	if (!names->len)
		return;
	g_string_append(text, "  events not looked at:");
	for (guint i = 0; i < MIN(names->len, NAMES_SHOWN); i++)
		g_string_append_printf(text, "%s %s (%" PRIu64 ")", i ? "," : "",
			(const char *)names->pdata[i],
			report_ignored_count(report, names->pdata[i]));
	g_string_append(text, names->len > NAMES_SHOWN ? ", …\n" : "\n");
}

static void print_verdict(GString *text, const struct replay_report *report)
{
	static const char *const words[] = { "AGREES", "DIFFERS", "UNDECIDED" };
	const struct replay_verdict *v = report->verdict;
	uint64_t compared = v->switches.compared + v->others.compared;

	g_string_append_printf(
		text, "\n%s: ", compared ? words[replay_outcome(report)] : "PREDICTED");
	if (report->cut_short)
		g_string_append_printf(text, "cut short (%s); ", report->result->ended);
	if (!compared && v->processes->len == 0) {
		g_string_append(text,
			"nothing. The trace shows neither CIDs nor the fork of a thread. --comm "
			"NAME or --pid PID take a process with the threads that it had before; "
			"--list shows which processes there are\n");
		return;
	}
	if (!compared) {
		g_string_append_printf(text,
			"the trace shows no words, so there was nothing to compare; %" PRIu64
			" switches predicted\n",
			v->predicted);
		return;
	}
	g_string_append_printf(text,
		"%" PRIu64 " switches and %" PRIu64 " other observations compared\n  %" PRIu64
		" agreed, %" PRIu64 " explained by a hidden order, %" PRIu64 " unexplained",
		v->switches.compared, v->others.compared, v->switches.agreed + v->others.agreed,
		v->switches.hidden + v->others.hidden,
		v->switches.unexplained + v->others.unexplained);
	if (v->switches.undecided + v->others.undecided)
		g_string_append_printf(text,
			", %" PRIu64 " undecided (not all orders were tried: --orders)",
			v->switches.undecided + v->others.undecided);
	if (v->taken_over)
		g_string_append_printf(
			text, "; %" PRIu64 " not compared (state unknown)", v->taken_over);
	g_string_append_c(text, '\n');
	if (replay_outcome(report) == REPLAY_DIFFERS)
		g_string_append(text, "With which revisions the trace agrees: --revision all\n");
}

void replay_report_print(GString *text, const struct replay_report *report)
{
	const GPtrArray *differences = report->verdict->differences;
	gsize from;

	print_head(text, report);
	print_processes(text, report->verdict);
	report_body(text, report->result);
	from = text->len;
	if (differences->len) {
		print_difference(text, report, differences->pdata[0]);
		print_more_differences(text, differences);
	}
	print_notes(text, report);
	print_verdict(text, report);
	text_wrap(text, from);
}
