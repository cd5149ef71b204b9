/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/trace/scan.h"
#include "sim/trace/text-filter.h"
#include "sim/trace/text-prefix.h"
#include "sim/trace/text.h"

/*
 * Text of tracefs, trace-cmd report and cidsim run: comments, which tell of the trace, and events,
 * one a line.
 */

struct text_state {
	struct text_filter *filter;
	bool begun;                /* there was a line that is no comment */
	uint64_t missing;          /* entries written but no longer in the buffer */
	uint64_t overrun, dropped; /* by the footer, all CPUs */
	uint64_t time_ns;          /* of the last event */
};

static struct text_state *state_of(struct trace *trace)
{
	struct text_state *state = trace->state;

	if (!state) {
		state = trace->state = g_new0(struct text_state, 1);
		state->filter = text_filter_new();
	}
	return state;
}

static void set_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_utf8_make_valid(value, -1);
}

/* A footer tells the overruns that the header counted, too. */
static void set_lost(struct trace *trace)
{
	const struct text_state *state = trace->state;

	trace->info.lost = MAX(state->missing, state->overrun) + state->dropped;
}

/* "entries-in-buffer/entries-written: 100/250   #P:4" */
static void read_entries(struct trace *trace, const char *at)
{
	uint64_t kept, written;

	at = number_scan(scan_blanks(at), &kept);
	at = at && *at == '/' ? number_scan(at + 1, &written) : NULL;
	if (at && written > kept)
		state_of(trace)->missing = written - kept;
	set_lost(trace);
}

static void add_count(struct trace *trace, uint64_t *sum, const char *at)
{
	uint64_t count;

	if (number_scan(scan_blanks(at), &count) && count <= UINT64_MAX - *sum)
		*sum += count;
	set_lost(trace);
}

static enum trace_read read_tgid(struct trace *trace, const char *text, GError **error)
{
	uint64_t number;
	const char *end = number_scan(text, &number);

	if (end && *end == '\0' && number <= TRACE_PID_MAX) {
		trace->info.tgid = (uint32_t)number;
		return READ_NOTHING;
	}
	trace_fail_text(trace, error, "the tgid", text, strlen(text), "a number up to 4194304");
	return READ_END;
}

static enum trace_read read_comment(struct trace *trace, const char *line, GError **error)
{
	struct text_state *state = state_of(trace);
	struct trace_info *info = &trace->info;
	const char *key = scan_blanks(line + 1), *value;

	if ((value = scan_text(key, "overrun:")))
		add_count(trace, &state->overrun, value);
	else if ((value = scan_text(key, "dropped events:")))
		add_count(trace, &state->dropped, value);
	else if ((value = scan_text(key, "entries-in-buffer/entries-written:")))
		read_entries(trace, value);
	else if ((value = scan_text(key, "kernel ")))
		set_text(&info->kernel, value);
	else if ((value = scan_text(key, "workload ")))
		set_text(&info->workload, value);
	else if ((value = scan_text(key, "revision ")))
		set_text(&info->revision, value);
	else if ((value = scan_text(key, "scenario ")))
		set_text(&info->scenario, value);
	else if (!state->begun && scan_text(key, "cidsim "))
		info->format = TRACE_CIDSIM;
	else if ((value = scan_text(key, "tgid ")))
		return read_tgid(trace, value, error);
	else if ((value = scan_text(key, "possible ")))
		return trace_set_possible(trace, value, error) ? READ_NOTHING : READ_END;
	return READ_NOTHING;
}

static enum trace_read lose(
	struct trace *trace, uint64_t cpu, uint64_t lost, struct trace_event *event)
{
	*event = trace_event_blank;
	event->kind = TRACE_LOST;
	event->line = trace->line;
	event->cpu = cpu < TRACE_CPUS_MAX ? (uint32_t)cpu : UINT32_MAX;
	event->time_ns = state_of(trace)->time_ns;
	event->lost = lost;
	return READ_EVENT;
}

/* "LOST 12 EVENTS" of tracefs, "12 EVENTS DROPPED" and "EVENTS DROPPED" of trace-cmd. */
static bool scan_lost(const char *at, uint64_t *lost)
{
	const char *end = scan_text(at, "LOST ");

	*lost = 0;
	if (end) {
		end = number_scan(end, lost);
		return end && scan_text(end, " EVENTS");
	}
	end = number_scan(at, lost);
	return scan_text(end ? scan_blanks(end) : at, "EVENTS DROPPED");
}

/* "CPU:2 [LOST 12 EVENTS]", CPU and brackets or not; else NOTHING. */
static enum trace_read read_lost(struct trace *trace, const char *line, struct trace_event *event)
{
	uint64_t cpu = UINT64_MAX, lost;
	const char *at = scan_blanks(line), *end = scan_text(at, "CPU:");

	if (end)
		at = number_scan(end, &cpu);
	if (!at)
		return READ_NOTHING;
	at = scan_blanks(at);
	return scan_lost(at + (*at == '['), &lost) ? lose(trace, cpu, lost, event) : READ_NOTHING;
}

/* What trace-cmd report writes before the events. */
static bool read_report_head(struct trace *trace, const char *line, bool *read, GError **error)
{
	const char *count = scan_text(line, "cpus=");

	*read = true;
	if (count)
		return trace->info.possible->len > 0 || trace_set_possible(trace, count, error);
	*read = scan_text(line, "version = ") ||
	        (scan_text(line, "CPU ") && g_str_has_suffix(line, " is empty"));
	return true;
}

/* Lines that are neither comments nor events. */
static enum trace_read read_other(struct trace *trace, const char *line, const char *right,
	struct trace_event *event, GError **error)
{
	const char *at = scan_blanks(line);
	bool read;

	if (*at == '\0' || scan_text(at, "=> "))
		return READ_NOTHING; /* or a line of a stack */
	if (read_lost(trace, line, event) == READ_EVENT)
		return READ_EVENT;
	if (!read_report_head(trace, line, &read, error))
		return READ_END;
	if (read)
		return READ_NOTHING;
	trace_fail_text(trace, error, "the line", line, strlen(line), right);
	return READ_END;
}

static void set_prefix(
	const struct trace *trace, const struct text_prefix *prefix, struct trace_event *event)
{
	*event = trace_event_blank;
	event->line = trace->line;
	event->time_ns = prefix->time_ns;
	event->cpu = prefix->cpu;
	event->pid = prefix->pid;
	event->tgid = prefix->tgid;
	trace_set_comm(event->comm, prefix->comm, prefix->comm_length);
}

static enum trace_read tell_note(const char *name, const char *text, struct trace_event *event)
{
	event->kind = TRACE_NOTE;
	event->name = name;
	event->text = text;
	return READ_EVENT;
}

static enum trace_read ignore(struct trace *trace, const char *name)
{
	trace_ignore(trace, name, 1);
	return READ_NOTHING;
}

/* "SYSTEM:NAME" or "NAME", with @fields. */
static enum trace_read read_event(struct trace *trace, const char *full_name, const char *fields,
	struct trace_event *event, GError **error)
{
	const char *colon = strchr(full_name, ':');
	const struct text_event text = { trace, colon ? colon + 1 : full_name, fields };
	size_t length = strlen(text.name);
	const struct text_name *row = text_kernel_find(text.name, length);

	if (!row && trace->info.format != TRACE_CIDSIM)
		row = text_recipe_find(text.name, length);
	if (!row)
		return ignore(trace, full_name);
	event->kind = row->kind;
	if (!row->parse(&text, event, error))
		return READ_END;
	if (!text_filter_keeps(state_of(trace)->filter, event))
		return ignore(trace, "of other processes");
	return READ_EVENT;
}

/* "NAME: FIELDS" */
static enum trace_read read_named(
	struct trace *trace, char *name, struct trace_event *event, GError **error)
{
	char *end = (char *)scan_word(name);
	const char *fields = scan_blanks(end);

	if (end == name || end[-1] != ':')
		return ignore(trace, "without a name"); /* say, of the function tracer */
	end[-1] = '\0';
	if (trace->info.format == TRACE_CIDSIM) {
		const char *own = scan_text(name, "mmcid:");

		if (own || strcmp(name, "tracing_mark_write") == 0)
			return tell_note(own ? own : name, fields, event);
	}
	return read_event(trace, name, fields, event, error);
}

enum trace_read text_read_line(
	struct trace *trace, char *line, struct trace_event *event, GError **error)
{
	struct text_state *state = state_of(trace);
	struct text_prefix prefix;
	const char *right;
	enum trace_read read;

	if (*line == '#')
		return read_comment(trace, line, error);
	right = text_prefix_parse(line, &prefix);
	if (right)
		return read_other(trace, line, right, event, error);
	state->begun = true;
	set_prefix(trace, &prefix, event);
	read = read_named(trace, line + (prefix.rest - line), event, error);
	if (read == READ_EVENT) {
		trace->info.counts |= prefix.counts;
		state->time_ns = event->time_ns;
	}
	return read;
}

static enum trace_read next(struct trace *trace, struct trace_event *event, GError **error)
{
	size_t length;
	char *line;

	if (!trace->state)
		trace->info.format = TRACE_TEXT;
	line = trace_line(trace, &length, error);
	return line ? text_read_line(trace, line, event, error) : READ_END;
}

bool text_fail_missing(const struct text_event *text, const char *what, GError **error)
{
	return trace_fail(text->trace, error, "event %s without %s", text->name, what);
}

void text_close(struct trace *trace)
{
	struct text_state *state = trace->state;

	if (state)
		text_filter_free(state->filter);
	g_free(state);
	trace->state = NULL;
}

const struct trace_reader trace_reader_text = { next, text_close };
