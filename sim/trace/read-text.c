/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/trace/scan.h"
#include "sim/trace/text-cidsim.h"
#include "sim/trace/text-filter.h"
#include "sim/trace/text-prefix.h"
#include "sim/trace/text.h"

/*
 * Text of tracefs, trace-cmd report and cidsim run: comments, which describe the trace, and events,
 * one a line.
 */

struct text_reader {
	struct trace *trace;
	struct text_filter *filter;
	struct text_cidsim *log;   /* the trace is cidsim's own; NULL: it is not */
	bool begun;                /* there was a line that is no comment */
	uint64_t missing;          /* entries written but no longer in the buffer */
	uint64_t overrun, dropped; /* by the footer, all CPUs */
	bool footer;               /* ... of which a line was there */
	uint64_t time_ns;          /* of the last event */
	GString *joined; /* lines that are one event: its comm has line feeds in it; or blank lines
	                  * that may be the first of these */
	size_t broken;   /* where the first of them ended; SIZE_MAX: the line is a whole one */
	size_t joint;    /* ... and the last but one */
};

enum { JOINED_MAX = TRACE_COMM_MAX + 1 }; /* lines */

struct text_reader *text_reader_new(struct trace *trace)
{
	struct text_reader *reader = g_new0(struct text_reader, 1);

	g_assert(trace);
	reader->trace = trace;
	reader->filter = text_filter_new();
	reader->joined = g_string_new(NULL);
	reader->broken = SIZE_MAX;
	return reader;
}

void text_reader_free(struct text_reader *reader)
{
	if (!reader)
		return;
	text_filter_free(reader->filter);
	text_cidsim_free(reader->log);
	g_string_free(reader->joined, TRUE);
	g_free(reader);
}

/* A footer counts the overruns that the header counted, too. */
static void set_lost(const struct text_reader *reader)
{
	reader->trace->info.lost = MAX(reader->missing, reader->overrun) + reader->dropped;
}

/* "entries-in-buffer/entries-written: 100/250   #P:4" */
static void read_entries(struct text_reader *reader, const char *at)
{
	uint64_t kept, written;

	at = number_scan(scan_blanks(at), &kept);
	at = at && *at == '/' ? number_scan(at + 1, &written) : NULL;
	if (at)
		reader->trace->info.entries = kept;
	if (at && written > kept)
		reader->missing = written - kept;
	set_lost(reader);
}

static void add_count(struct text_reader *reader, uint64_t *sum, const char *at)
{
	uint64_t count;

	reader->footer = true;
	if (number_scan(scan_blanks(at), &count) && count <= UINT64_MAX - *sum)
		*sum += count;
	set_lost(reader);
}

/* "KEY TEXT" of what the trace says about itself. Returns whether @key is one of these. */
static bool read_info_text(struct trace_info *info, const char *key)
{
	/* perf script --header has the release of the kernel. */
	char **const texts[] = { &info->kernel, &info->workload, &info->scenario, &info->kernel };
	static const char *const keys[] = { "kernel ", "workload ", "scenario ", "os release : " };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		const char *value = scan_text(key, keys[i]);

		if (value) {
			trace_set_text(texts[i], value);
			return true;
		}
	}
	return false;
}

/* "NAME", or "NAME with FLAG=VALUE …", as the head of a log has it. */
static void read_log_revision(struct trace_info *info, const char *value)
{
	g_auto(GStrv) parts = g_strsplit(value, " with ", 2);

	trace_set_text(&info->revision, parts[0] ? parts[0] : "");
	trace_set_text(&info->flags, parts[0] && parts[1] ? parts[1] : "");
}

/* The trace is the log of a run. */
static void begin_log(struct text_reader *reader)
{
	g_assert(!reader->log);
	reader->trace->info.format = TRACE_CIDSIM;
	reader->trace->info.stepwise = true;
	reader->log = text_cidsim_new(reader->trace);
}

/* Returns false, and sets @error, if the value is wrong. */
static bool read_comment(struct text_reader *reader, const char *line, GError **error)
{
	struct trace *trace = reader->trace;
	const char *key = scan_blanks(line + 1), *value;

	g_assert(*line == '#');
	if (read_info_text(&trace->info, key))
		return true;
	if ((value = scan_text(key, "revision ")))
		read_log_revision(&trace->info, value);
	else if ((value = scan_text(key, "overrun:")))
		add_count(reader, &reader->overrun, value);
	else if ((value = scan_text(key, "dropped events:")))
		add_count(reader, &reader->dropped, value);
	else if ((value = scan_text(key, "entries-in-buffer/entries-written:")))
		read_entries(reader, value);
	else if (reader->log && scan_text(key, "log ends "))
		trace->info.cut = true;
	else if (reader->log && scan_text(key, "log begins "))
		return trace_fail(trace, error,
			"the log is of a part of a run; to be replayed it must have its beginning: "
			"run again without --log-from");
	else if (!reader->begun && !reader->log && scan_text(key, "cidsim "))
		begin_log(reader);
	else if ((value = scan_text(key, "tgid ")))
		return trace_set_tgid(trace, value, error);
	else if ((value = scan_text(key, "possible ")))
		return trace_set_possible(trace, value, error);
	else if ((value = scan_text(key, "nrcpus avail : ")) && trace->info.possible->len == 0)
		return trace_set_possible(trace, value, error);
	return true;
}

static enum trace_read set_lost_event(
	const struct text_reader *reader, uint64_t cpu, uint64_t lost, struct trace_event *event)
{
	*event = trace_event_blank;
	event->kind = TRACE_LOST;
	event->line = reader->trace->line;
	event->cpu = cpu < TRACE_CPUS_MAX ? (uint32_t)cpu : UINT32_MAX;
	event->time_ns = reader->time_ns;
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
static enum trace_read read_lost(
	const struct text_reader *reader, const char *line, struct trace_event *event)
{
	uint64_t cpu = UINT64_MAX, lost;
	const char *at = scan_blanks(line), *end = scan_text(at, "CPU:");

	if (end)
		at = number_scan(end, &cpu);
	if (!at)
		return READ_NOTHING;
	at = scan_blanks(at);
	return scan_lost(at + (*at == '['), &lost) ? set_lost_event(reader, cpu, lost, event)
	                                           : READ_NOTHING;
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

/* What perf sched prints of a recording besides its events. */
static bool is_summary(const char *line)
{
	return strstr(line, "task name") || strstr(line, "Samples do not have callchains") ||
	       (strstr(line, " secs ") && strstr(line, " => ")) ||
	       (strstr(line, "Task ") && strstr(line, "Runtime ms"));
}

/* Lines that are neither comments nor events. */
static enum trace_read read_other(const struct text_reader *reader, const char *line,
	const char *right, struct trace_event *event, GError **error)
{
	struct trace *trace = reader->trace;
	const char *at = scan_blanks(line);
	bool read;

	g_assert(*right);
	if (*at == '\0' || scan_text(at, "=> "))
		return READ_NOTHING; /* or a line of a stack */
	if (read_lost(reader, line, event) == READ_EVENT)
		return READ_EVENT;
	if (!read_report_head(trace, line, &read, error))
		return READ_END;
	if (read)
		return READ_NOTHING;
	if (is_summary(line))
		right = "the events, as perf sched script prints them: a summary of perf sched "
			"(timehist, map, latency) has none";
	trace_fail_text(trace, error, "the line", line, strlen(line), right);
	return READ_END;
}

static void set_prefix(
	const struct trace *trace, const struct text_prefix *prefix, struct trace_event *event)
{
	g_assert(prefix->cpu < TRACE_CPUS_MAX);
	*event = trace_event_blank;
	event->line = trace->line;
	event->time_ns = prefix->time_ns;
	event->cpu = prefix->cpu;
	event->pid = prefix->pid;
	event->tgid = prefix->tgid;
	trace_set_comm(event->comm, prefix->comm, prefix->comm_length);
}

static enum trace_read ignore(struct trace *trace, const char *name)
{
	trace_ignore(trace, name, 1);
	return READ_NOTHING;
}

/* perf does not know who ran if that one has exited. But the last switch of a task names it. */
static bool name_runner(struct trace_event *event)
{
	if (event->kind != TRACE_SWITCH)
		return false;
	event->pid = event->prev.pid;
	memcpy(event->comm, event->prev.comm, sizeof(event->comm));
	return true;
}

/* "SYSTEM:NAME" or "NAME", with @fields. */
static enum trace_read read_event(const struct text_reader *reader, const char *full_name,
	const char *fields, struct trace_event *event, GError **error)
{
	struct trace *trace = reader->trace;
	const char *colon = strchr(full_name, ':');
	const struct text_event text = { trace, colon ? colon + 1 : full_name, fields };
	size_t length = strlen(text.name);
	const struct text_name *row = text_kernel_find(text.name, length);

	g_assert(event->kind == trace_event_blank.kind);
	if (!row && !reader->log)
		row = text_recipe_find(text.name, length);
	if (!row)
		return ignore(trace, full_name);
	event->kind = row->kind;
	if (!row->parse(&text, event, error))
		return READ_END;
	if (reader->log)
		return text_cidsim_event(reader->log, text.name, event, error);
	if (event->pid == TRACE_PID_UNKNOWN && !name_runner(event))
		return ignore(trace, "of a task that is gone");
	if (!text_filter_keeps(reader->filter, event))
		return ignore(trace, "of other processes");
	return READ_EVENT;
}

/* "NAME: FIELDS" */
static enum trace_read read_named(
	const struct text_reader *reader, char *name, struct trace_event *event, GError **error)
{
	struct trace *trace = reader->trace;
	char *end = (char *)scan_word(name);
	const char *fields = scan_blanks(end);

	if (scan_text(name, "PERF_RECORD_"))
		return text_perf_record(trace, name, event);
	if (end == name || end[-1] != ':')
		return ignore(trace, "without a name"); /* say, of the function tracer */
	end[-1] = '\0';
	if (reader->log) {
		const char *own = scan_text(name, "mmcid:");

		if (own || strcmp(name, "tracing_mark_write") == 0)
			return text_cidsim_note(
				reader->log, own ? own : name, fields, event, error);
	}
	return read_event(reader, name, fields, event, error);
}

/* Whether the comm of @line can be one. Of joined lines it fills the columns that the kernel gives
 * it, or it is one of fewer that begins with a blank and goes on without one: no whole line does.
 * So no damaged line becomes a part of the next one. */
static bool is_comm(
	const struct text_reader *reader, const char *line, const struct text_prefix *prefix)
{
	if (prefix->comm_length <= reader->broken)
		return true;
	return prefix->comm_length == TEXT_PREFIX_COMM_COLUMNS ||
	       (prefix->comm_length < TEXT_PREFIX_COMM_COLUMNS && *line == ' ' &&
		       line[reader->joint + 1] != ' ');
}

enum trace_read text_reader_line(
	struct text_reader *reader, char *line, struct trace_event *event, GError **error)
{
	struct trace *trace = reader->trace;
	struct text_prefix prefix;
	const char *right;
	enum trace_read read;

	if (*line == '#')
		return read_comment(reader, line, error) ? READ_NOTHING : READ_END;
	right = text_prefix_parse(line, &prefix);
	if (!right && !is_comm(reader, line, &prefix))
		right = "COMM-PID [CPU] TIME: EVENT: …";
	if (right)
		return read_other(reader, line, right, event, error);
	reader->begun = true;
	trace->info.entries_read++;
	set_prefix(trace, &prefix, event);
	read = read_named(reader, line + (prefix.rest - line), event, error);
	if (read == READ_EVENT) {
		trace->info.counts |= prefix.counts;
		reader->time_ns = event->time_ns;
	}
	return read;
}

/* Whether @line can be the rest of a line whose prefix is complete. */
static bool is_rest(const char *line)
{
	struct text_prefix prefix;

	return *line != '#' && text_prefix_parse(line, &prefix) != NULL;
}

/*
 * A comm may have line feeds in it, and tracefs writes them as they are. @line is no event: is it
 * one with the lines that follow? If not, @fault is what is wrong with it. Takes @fault.
 */
static enum trace_read join_lines(struct trace *trace, char *line, size_t length,
	struct trace_event *event, GError *fault, GError **error)
{
	struct text_reader *reader = trace->state;
	uint64_t first = trace->line, entries = trace->info.entries_read;
	enum trace_read read = READ_END;
	struct text_prefix prefix;
	bool has_prefix;

	g_assert(fault && reader->broken == SIZE_MAX);
	/* read_named() ends the name of the event so. */
	for (size_t i = 0; i < length; i++)
		line[i] = line[i] == '\0' ? ':' : line[i];
	has_prefix = !text_prefix_parse(line, &prefix);
	if (has_prefix)
		g_string_truncate(reader->joined, 0);
	reader->broken = reader->joined->len > 0 ? strcspn(reader->joined->str, "?") : length;
	g_string_append(reader->joined, line);
	for (int i = 1; i < JOINED_MAX && read == READ_END; i++) {
		g_autofree char *copy = NULL;

		line = trace_line(trace, &length, NULL);
		if (!line || (has_prefix && !is_rest(line)))
			break;
		reader->joint = reader->joined->len;
		g_string_append_c(reader->joined, '?');
		g_string_append_len(reader->joined, line, (gssize)length);
		copy = g_strdup(reader->joined->str);
		trace->line = first;
		trace->info.entries_read = entries - has_prefix;
		read = text_reader_line(reader, copy, event, NULL);
	}
	g_string_truncate(reader->joined, 0);
	reader->broken = SIZE_MAX;
	if (read == READ_END)
		g_propagate_error(error, fault);
	else
		g_error_free(fault);
	return read;
}

/* A comm may begin with line feeds, too. */
static void keep_blanks(struct text_reader *reader, const char *line)
{
	if (*scan_blanks(line) != '\0' || reader->joined->len > TEXT_PREFIX_COMM_COLUMNS)
		g_string_truncate(reader->joined, 0);
	else
		g_string_append_printf(reader->joined, "%s?", line);
}

/* What follows the entries of the kernel's buffer says that they are all there: others may have
 * been left out on purpose. */
static void note_tail(const struct text_reader *reader)
{
	struct trace_info *info = &reader->trace->info;

	if (reader->log)
		info->tail_lost = !text_cidsim_ended(reader->log) && !info->cut;
	else
		info->tail_lost = info->entries_read < info->entries && !reader->footer;
}

static enum trace_read next_line(struct trace *trace, struct trace_event *event, GError **error)
{
	struct text_reader *reader;
	GError *fault = NULL;
	enum trace_read read;
	size_t length;
	char *line;

	if (!trace->state) {
		trace->state = text_reader_new(trace);
		trace->info.format = TRACE_TEXT;
	}
	reader = trace->state;
	if (reader->log && text_cidsim_next(reader->log, event))
		return READ_EVENT;
	line = trace_line(trace, &length, &fault);
	if (!line) {
		if (fault)
			g_propagate_error(error, fault);
		else
			note_tail(reader);
		return READ_END;
	}
	read = text_reader_line(reader, line, event, &fault);
	if (read != READ_END) {
		keep_blanks(reader, line);
		return read;
	}
	if (*line != '#' && !reader->log)
		return join_lines(trace, line, length, event, fault, error);
	g_propagate_error(error, fault);
	return READ_END;
}

static void close_text(struct trace *trace)
{
	text_reader_free(trace->state);
}

const struct trace_reader trace_reader_text = { next_line, close_text };
