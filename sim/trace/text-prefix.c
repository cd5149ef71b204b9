/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _POSIX_C_SOURCE 200809L /* strnlen */
#include "sim/trace/text-prefix.h"

#include "sim/trace/reader.h"
#include "sim/trace/scan.h"

enum {
	MARK_COLUMN_MAX = 32, /* perf aligns pids, too */
	FLAGS_MAX = 8,
};

#define SECONDS_MAX (UINT64_MAX / 1000000000 - 1)
#define COUNTER_MAX (UINT64_MAX / 1000 - 1)

/* "(  123)" or "(-------)"; where it is none, @at. */
static const char *scan_tgid(const char *at, uint32_t *tgid)
{
	const char *end;
	uint64_t number = 0;

	*tgid = 0;
	if (*at != '(')
		return at;
	end = scan_blanks(at + 1);
	if (*end == '-') {
		while (*end == '-')
			end++;
	} else {
		end = number_scan(end, &number);
		if (!end || number > TRACE_PID_MAX)
			return NULL;
	}
	*tgid = (uint32_t)number;
	return *end == ')' ? scan_blanks(end + 1) : NULL;
}

/* "[003]" with blanks after it, or "3d..2." of which the flags are left. */
static const char *scan_cpu(const char *at, uint64_t *cpu)
{
	bool brackets = *at == '[';

	at = number_scan(at + brackets, cpu);
	if (!at)
		return NULL;
	if (brackets)
		return *at == ']' ? scan_blanks(at + 1) : NULL;
	return *at != ' ' && *at != ':' ? at : NULL;
}

/* Flags are one word that does not begin with a digit. */
static const char *scan_flags(const char *at)
{
	const char *end;

	if (number_is_digit(*at))
		return at;
	end = scan_word(at);
	return end - at <= FLAGS_MAX ? scan_blanks(end) : NULL;
}

/* "12.345678:" or "12345:" */
static const char *scan_time(const char *at, struct text_prefix *prefix)
{
	uint64_t seconds, ns = 0;

	at = number_scan(at, &seconds);
	if (!at)
		return NULL;
	prefix->counts = *at != '.';
	if (!prefix->counts)
		at = number_scan_fraction(at + 1, 9, &ns);
	if (!at || *at != ':' || seconds > (prefix->counts ? COUNTER_MAX : SECONDS_MAX))
		return NULL;
	prefix->time_ns = prefix->counts ? seconds * 1000 : seconds * 1000000000 + ns;
	return at + 1;
}

/* "123", "100/123" with the thread group before it, "-1" of perf for a task that is gone. */
static const char *scan_pid(const char *at, uint64_t *pid, uint32_t *tgid)
{
	const char *end = scan_text(at, "-1 ");
	uint64_t group = 0;

	*tgid = 0;
	*pid = TRACE_PID_UNKNOWN;
	if (end)
		return end - 1;
	end = number_scan(at, pid);
	if (!end || *end != '/')
		return end;
	group = *pid;
	*pid = TRACE_PID_UNKNOWN;
	end = scan_text(end + 1, "-1 ") ? end + 3 : number_scan(end + 1, pid);
	*tgid = group <= TRACE_PID_MAX ? (uint32_t)group : 0;
	return group <= TRACE_PID_MAX ? end : NULL;
}

/* All from the pid on. NULL: @at is not where a pid begins. */
static const char *scan_rest(
	const char *at, struct text_prefix *prefix, uint64_t *pid, uint64_t *cpu)
{
	uint32_t group;
	const char *end = scan_pid(at, pid, &group);

	if (!end || *end != ' ')
		return NULL;
	at = scan_tgid(scan_blanks(end), &prefix->tgid);
	prefix->tgid = group ? group : prefix->tgid;
	at = at ? scan_cpu(at, cpu) : NULL;
	at = at ? scan_flags(at) : NULL;
	at = at ? scan_time(at, prefix) : NULL;
	return at ? scan_blanks(at) : NULL;
}

/* With @mark, '-' or ' ', before the pid. */
static const char *try_mark(const char *line, size_t at, char mark, struct text_prefix *prefix,
	uint64_t *pid, uint64_t *cpu)
{
	return line[at] == mark ? scan_rest(line + at + 1, prefix, pid, cpu) : NULL;
}

/* The mark that ends the comm: its column; sets prefix->rest, to NULL if there is none. */
static size_t find_mark(const char *line, struct text_prefix *prefix, uint64_t *pid, uint64_t *cpu)
{
	size_t length = strnlen(line, MARK_COLUMN_MAX + 1), at = TEXT_PREFIX_COMM_COLUMNS;

	prefix->rest = length > at ? try_mark(line, at, '-', prefix, pid, cpu) : NULL;
	if (prefix->rest)
		return at;
	/* Lines whose blanks were cut off, and the short comms of -l. From the right: a comm may
	 * have dashes and numbers, too. */
	for (at = MIN(length, TEXT_PREFIX_COMM_COLUMNS); !prefix->rest && at-- > 0;)
		prefix->rest = try_mark(line, at, '-', prefix, pid, cpu);
	if (prefix->rest)
		return at;
	for (at = length; !prefix->rest && at-- > 0;)
		prefix->rest = try_mark(line, at, ' ', prefix, pid, cpu);
	return at;
}

const char *text_prefix_parse(const char *line, struct text_prefix *prefix)
{
	uint64_t pid = 0, cpu = 0;
	size_t mark = find_mark(line, prefix, &pid, &cpu);

	if (!prefix->rest)
		return "COMM-PID [CPU] TIME: EVENT: …";
	if (pid > TRACE_PID_MAX && pid != TRACE_PID_UNKNOWN)
		return "a pid up to 4194304";
	if (cpu >= TRACE_CPUS_MAX)
		return "a CPU up to 8191";
	prefix->comm = line;
	prefix->comm_length = (uint32_t)mark;
	prefix->pid = (uint32_t)pid;
	prefix->cpu = (uint32_t)cpu;
	g_assert(prefix->rest > line + mark && mark <= MARK_COLUMN_MAX);
	return NULL;
}
