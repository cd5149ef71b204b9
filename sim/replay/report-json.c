/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/json.h"
#include "sim/replay/report.h"

static void json_counts(struct json *json, const char *name, const struct replay_counts *counts)
{
	json_begin_object(json, name);
	json_add_number(json, "compared", counts->compared);
	json_add_number(json, "agreed", counts->agreed);
	json_add_number(json, "hidden", counts->hidden);
	json_add_number(json, "unexplained", counts->unexplained);
	json_add_number(json, "undecided", counts->undecided);
	json_end_object(json);
}

static void json_process(struct json *json, const struct replay_process *process)
{
	json_begin_object(json, NULL);
	json_add_text(json, "name", process->name);
	json_add_number(json, "tgid", process->tgid);
	json_add_number(json, "first_line", process->first_line);
	json_add_bool(json, "existed", process->existed);
	json_add_number(json, "users_max", process->users_max);
	json_add_number(json, "to_percpu", process->to_percpu);
	json_add_number(json, "to_task", process->to_task);
	json_counts(json, "switches", &process->switches);
	json_counts(json, "others", &process->others);
	json_add_number(json, "adopted", process->taken_over);
	json_add_number(json, "predicted", process->predicted);
	json_add_number(json, "begun_anew", process->lost);
	json_add_number(json, "orders_max", process->states_max);
	json_end_object(json);
}

static void json_difference(struct json *json, const struct replay_difference *d)
{
	json_begin_object(json, NULL);
	json_add_number(json, "line", d->line);
	json_add_number(json, "time_ns", d->time_ns);
	json_add_number(json, "cpu", d->cpu);
	json_add_number(json, "pid", d->pid);
	json_add_text(json, "process", d->process->name);
	json_add_text(json, "what", d->what);
	json_add_text(json, "trace", d->trace);
	json_add_text(json, "model", d->model);
	json_add_text(json, "around", d->around);
	json_end_object(json);
}

static void json_lists(struct json *json, const struct replay_report *report)
{
	const struct replay_verdict *v = report->verdict;
	g_autoptr(GPtrArray) names = report_ignored_names(report);

	json_begin_array(json, "processes");
	for (guint i = 0; i < v->processes->len; i++)
		json_process(json, v->processes->pdata[i]);
	json_end_array(json);
	json_add_number(json, "processes_more", v->processes_more);
	json_begin_array(json, "differences");
	for (guint i = 0; i < v->differences->len; i++)
		json_difference(json, v->differences->pdata[i]);
	json_end_array(json);
	json_begin_array(json, "notes");
	for (guint i = 0; i < v->notes->len; i++) {
		g_autofree char *note = verdict_note_text(v->notes->pdata[i]);

		json_add_text(json, NULL, note);
	}
	json_end_array(json);
	json_begin_object(json, "ignored");
	for (guint i = 0; i < names->len; i++)
		json_add_number(
			json, names->pdata[i], report_ignored_count(report, names->pdata[i]));
	json_end_object(json);
}

static void json_head(struct json *json, const struct replay_report *report)
{
	const struct record_result *result = report->result;
	const struct trace_info *info = trace_info(report->trace);
	enum replay_outcome outcome = replay_outcome(report);

	json_add_text(json, "scenario", result->scenario->path);
	json_add_text(json, "title", result->scenario->title);
	json_add_text(json, "kernel", info->kernel);
	json_add_text(json, "workload", info->workload);
	json_add_made(json, result->scenario);
	json_add_text(json, "revision", result->scenario->revision->name);
	json_add_flags(json, result->scenario);
	json_add_number(json, "possible_cpus", result->scenario->cpus_count);
	json_add_null(json, "seed");
	json_add_number(json, "events", report->verdict->events);
	json_add_number(json, "sim_time_ns", result->end_ns);
	if (report->verdict->from_ns)
		json_add_number(json, "from_ns", report->verdict->from_ns);
	json_add_bool(json, "clock_counts_events", info->counts);
	json_add_text(json, "ended", result->ended);
	if (outcome == REPLAY_UNDECIDED)
		json_add_null(json, "ok");
	else
		json_add_bool(json, "ok", outcome == REPLAY_AGREES);
}

void replay_report_json(GString *text, const struct replay_report *report)
{
	const struct record_result *result = report->result;
	struct json json = { .text = text };

	json_begin_object(&json, NULL);
	json_head(&json, report);
	json_counts(&json, "switches", &report->verdict->switches);
	json_counts(&json, "others", &report->verdict->others);
	json_add_number(&json, "adopted", report->verdict->taken_over);
	json_add_number(&json, "predicted", report->verdict->predicted);
	json_add_number(&json, "forks", result->forks);
	json_add_number(&json, "exits", result->exits);
	json_add_number(&json, "execs", result->execs);
	json_add_number(&json, "affinity_changes", result->affinity_changes);
	json_add_number(&json, "switches_total", result->switches);
	json_lists(&json, report);
	json_add_mms(&json, result);
	json_end_object(&json);
	json_end_line(&json);
}
