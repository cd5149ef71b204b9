/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/csv.h"

#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/version.h"
#include "sim/record/report.h"

const char csv_series_columns[] =
	"time_ns,mm,users,allowed,max_cids,pcpu_thrs,mode,taken,span,optimum";
const char csv_modes_columns[] =
	"time_ns,mm,direction,trigger,users,allowed,max_cids_before,max_cids_after,"
	"pcpu_thrs_before,pcpu_thrs_after,cpu,pid";
const char csv_windows_columns[] =
	"mm,direction,open_ns,close_ns,duration_ns,steps,moved,dropped,handed,settled,"
	"out_dropped,bit_ops,spins,spin_ns,preempted_ns";
const char csv_stays_columns[] = "cpu,pid,mm,cid,start_ns,end_ns";
const char csv_steps_columns[] = "step,time_ns,text,words,changes,state,broken";
const char csv_matrix_columns[] = "revision,defect,property,verdict,found,length,states,exhausted";

/* A field with the comma before it: rows are built of these after their first field. */
static void add_number(struct output *out, uint64_t number)
{
	char *at = output_reserve(out, OUTPUT_DIGITS_MAX + 1);

	*at++ = ',';
	output_advance(out, output_format(at, number));
}

static void add_field(struct output *out, const char *text)
{
	output_char(out, ',');
	csv_field(out, text);
}

void csv_comment(struct output *out, const char *key, const char *value)
{
	g_autoptr(GString) line = g_string_new(NULL);

	csv_add_comment(line, key, value);
	output_bytes(out, line->str, line->len);
}

static void comment_number(struct output *out, const char *key, uint64_t value)
{
	char text[OUTPUT_DIGITS_MAX + 1];

	*output_format(text, value) = '\0';
	csv_comment(out, key, text);
}

void csv_revision(struct output *out, const struct scenario *scenario)
{
	char *revision = report_revision(scenario);

	csv_comment(out, "revision", revision);
	g_free(revision);
}

void csv_made(struct output *out, const struct scenario *scenario)
{
	g_autofree char *command = report_command(scenario);

	csv_comment(out, "cidsim", version_text());
	csv_comment(out, "scenario", scenario->path);
	csv_comment(out, "command", command);
}

void csv_header(struct output *out, const struct scenario *scenario, const char *columns)
{
	g_assert(scenario->cpus_count > 0);
	csv_made(out, scenario);
	csv_comment(out, "title", scenario->title ? scenario->title : "");
	comment_number(out, "seed", scenario->seed);
	csv_revision(out, scenario);
	comment_number(out, "possible", scenario->cpus_count);
	output_text(out, columns);
	output_char(out, '\n');
}

void csv_field(struct output *out, const char *text)
{
	GString *quoted;

	if (csv_is_plain(text)) {
		output_text(out, text);
		return;
	}
	quoted = g_string_new(NULL);
	csv_quote(quoted, text);
	output_bytes(out, quoted->str, quoted->len);
	g_string_free(quoted, TRUE);
}

const char *csv_direction(bool to_percpu)
{
	return to_percpu ? "to_percpu" : "to_task";
}

void csv_sample(struct output *out, const char *mm, const struct record_sample *sample)
{
	output_number(out, sample->time_ns);
	add_field(out, mm);
	add_number(out, sample->users);
	add_number(out, sample->allowed_count);
	add_number(out, sample->max_cids);
	add_number(out, sample->pcpu_thrs);
	add_number(out, sample->mode);
	add_number(out, sample->taken);
	add_number(out, sample->span);
	add_number(out, sample->optimum);
	output_char(out, '\n');
}

void csv_mode_switch(struct output *out, const char *mm, const uint16_t *cpu_ids,
	const struct record_mode_switch *mode_switch)
{
	output_number(out, mode_switch->time_ns);
	add_field(out, mm);
	add_field(out, csv_direction(mode_switch->to_percpu));
	add_field(out, model_trigger_to_string(mode_switch->trigger));
	add_number(out, mode_switch->users);
	add_number(out, mode_switch->allowed_count);
	add_number(out, mode_switch->max_cids_before);
	add_number(out, mode_switch->max_cids_after);
	add_number(out, mode_switch->thrs_before);
	add_number(out, mode_switch->thrs_after);
	add_number(out, cpu_ids[mode_switch->cpu]);
	add_number(out, mode_switch->pid);
	output_char(out, '\n');
}

void csv_window(struct output *out, const char *mm, const struct record_window *window)
{
	uint64_t open_ns = window->opened.time_ns;

	g_assert(open_ns <= window->close_ns);
	csv_field(out, mm);
	add_field(out, csv_direction(window->opened.to_percpu));
	add_number(out, open_ns);
	add_number(out, window->close_ns);
	add_number(out, window->close_ns - open_ns);
	add_number(out, window->steps);
	add_number(out, window->moved);
	add_number(out, window->dropped);
	add_number(out, window->handed);
	add_number(out, window->settled);
	add_number(out, window->out_dropped);
	add_number(out, window->bit_ops);
	add_number(out, window->spins);
	add_number(out, window->spin_ns);
	add_number(out, window->preempted_ns);
	output_char(out, '\n');
}

void csv_step(struct output *out, const struct record_step *step)
{
	g_assert(step->number > 0 || !*step->text);
	output_number(out, step->number);
	add_number(out, step->time_ns);
	add_field(out, step->text);
	add_field(out, step->words);
	add_field(out, step->changes);
	add_field(out, step->state);
	add_field(out, step->broken);
	output_char(out, '\n');
}

void csv_stay(
	struct output *out, const char *mm, const uint16_t *cpu_ids, const struct record_stay *stay)
{
	g_assert(stay->start_ns <= stay->end_ns);
	output_number(out, cpu_ids[stay->cpu]);
	add_number(out, stay->pid);
	add_field(out, mm);
	add_number(out, stay->cid);
	add_number(out, stay->start_ns);
	add_number(out, stay->end_ns);
	output_char(out, '\n');
}
