/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/json-build.h"
#include "sim/replay/report.h"

static void json_counts(JsonBuilder *builder, const char *name, const struct replay_counts *counts)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_object(builder);
	json_add_int(builder, "compared", counts->compared);
	json_add_int(builder, "agreed", counts->agreed);
	json_add_int(builder, "hidden", counts->hidden);
	json_add_int(builder, "unexplained", counts->unexplained);
	json_add_int(builder, "undecided", counts->undecided);
	json_builder_end_object(builder);
}

static void json_process(JsonBuilder *builder, const struct replay_process *process)
{
	json_builder_begin_object(builder);
	json_add_text(builder, "name", process->name);
	json_add_int(builder, "tgid", process->tgid);
	json_add_int(builder, "first_line", process->first_line);
	json_builder_set_member_name(builder, "existed");
	json_builder_add_boolean_value(builder, process->existed);
	json_add_int(builder, "users_max", process->users_max);
	json_add_int(builder, "to_percpu", process->to_percpu);
	json_add_int(builder, "to_task", process->to_task);
	json_counts(builder, "switches", &process->switches);
	json_counts(builder, "others", &process->others);
	json_add_int(builder, "adopted", process->adopted);
	json_add_int(builder, "predicted", process->predicted);
	json_add_int(builder, "begun_anew", process->lost);
	json_add_int(builder, "orders_max", process->states_max);
	json_builder_end_object(builder);
}

static void json_difference(JsonBuilder *builder, const struct replay_difference *d)
{
	json_builder_begin_object(builder);
	json_add_int(builder, "line", d->line);
	json_add_int(builder, "time_ns", d->time_ns);
	json_add_int(builder, "cpu", d->cpu);
	json_add_int(builder, "pid", d->pid);
	json_add_text(builder, "process", d->process->name);
	json_add_text(builder, "what", d->what);
	json_add_text(builder, "trace", d->trace);
	json_add_text(builder, "model", d->model);
	json_add_text(builder, "around", d->around);
	json_builder_end_object(builder);
}

static void json_begin_array(JsonBuilder *builder, const char *name)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
}

static void json_lists(JsonBuilder *builder, const struct replay_report *report)
{
	const struct replay_verdict *v = report->verdict;
	g_autoptr(GPtrArray) names = report_ignored_names(report);

	json_begin_array(builder, "processes");
	for (guint i = 0; i < v->processes->len; i++)
		json_process(builder, v->processes->pdata[i]);
	json_builder_end_array(builder);
	json_add_int(builder, "processes_more", v->processes_more);
	json_begin_array(builder, "differences");
	for (guint i = 0; i < v->differences->len; i++)
		json_difference(builder, v->differences->pdata[i]);
	json_builder_end_array(builder);
	json_begin_array(builder, "notes");
	for (guint i = 0; i < v->notes->len; i++) {
		g_autofree char *valid = g_utf8_make_valid(v->notes->pdata[i], -1);

		json_builder_add_string_value(builder, valid);
	}
	json_builder_end_array(builder);
	json_builder_set_member_name(builder, "ignored");
	json_builder_begin_object(builder);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *valid = g_utf8_make_valid(names->pdata[i], -1);

		json_add_int(builder, valid, report_ignored_count(report, names->pdata[i]));
	}
	json_builder_end_object(builder);
}

static void json_head(JsonBuilder *builder, const struct replay_report *report)
{
	const struct record_result *result = report->result;
	const struct trace_info *info = trace_info(report->trace);
	enum replay_outcome outcome = replay_outcome(report);

	json_add_text(builder, "scenario", result->scenario->path);
	json_add_text(builder, "title", result->scenario->title);
	json_add_text(builder, "kernel", info->kernel);
	json_add_text(builder, "workload", info->workload);
	json_add_text(builder, "version", CIDSIM_VERSION);
	json_add_text(builder, "revision", result->scenario->revision->name);
	json_add_flags(builder, result->scenario);
	json_add_int(builder, "possible_cpus", result->scenario->cpus_count);
	json_builder_set_member_name(builder, "seed");
	json_builder_add_null_value(builder);
	json_add_int(builder, "events", report->verdict->events);
	json_add_int(builder, "sim_time_ns", result->end_ns);
	json_builder_set_member_name(builder, "clock_counts_events");
	json_builder_add_boolean_value(builder, info->counts);
	json_add_text(builder, "ended", result->ended);
	json_builder_set_member_name(builder, "ok");
	if (outcome == REPLAY_UNDECIDED)
		json_builder_add_null_value(builder);
	else
		json_builder_add_boolean_value(builder, outcome == REPLAY_AGREES);
}

void replay_report_json(GString *text, const struct replay_report *report)
{
	const struct record_result *result = report->result;
	JsonBuilder *builder = json_builder_new();

	json_builder_begin_object(builder);
	json_head(builder, report);
	json_counts(builder, "switches", &report->verdict->switches);
	json_counts(builder, "others", &report->verdict->others);
	json_add_int(builder, "adopted", report->verdict->adopted);
	json_add_int(builder, "predicted", report->verdict->predicted);
	json_add_int(builder, "forks", result->forks);
	json_add_int(builder, "exits", result->exits);
	json_add_int(builder, "execs", result->execs);
	json_add_int(builder, "affinity_changes", result->affinity_changes);
	json_add_int(builder, "switches_total", result->switches);
	json_lists(builder, report);
	json_add_mms(builder, result);
	json_builder_end_object(builder);
	json_print_built(text, builder);
}
