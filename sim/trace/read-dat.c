/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* fork, kill */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/trace/dat-child.h"
#include "sim/trace/scan.h"
#include "sim/trace/text.h"

/* A trace.dat: lines of text from the process that reads it, see dat-child.h. The reader's state is
 * that of the reader of text. */

static bool fail_system(const char *what, GError **error)
{
	g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s", what,
		g_strerror(errno));
	return false;
}

static bool start_child(struct trace *trace, int dat, GError **error)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) == -1)
		return fail_system("no pipe", error);
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		dat_child_run(dat, ends[1]);
	}
	close(ends[1]);
	if (pid == -1) {
		close(ends[0]);
		return fail_system("no process to read it", error);
	}
	trace->child = pid;
	trace->bytes = bytes_new(ends[0]);
	return true;
}

static bool start(struct trace *trace, GError **error)
{
	int dat = bytes_seekable(trace->bytes, error);
	bool good;

	if (dat == -1)
		return false;
	bytes_close(trace->bytes);
	trace->bytes = NULL;
	trace->unit = "record";
	trace->line = 0;
	trace->info.format = TRACE_DAT;
	good = start_child(trace, dat, error);
	close(dat);
	return good;
}

/* Its status, as waitpid() tells it; -1 = it was waited for already. */
static int wait_child(struct trace *trace)
{
	int status = -1;

	if (!trace->child)
		return -1;
	while (waitpid(trace->child, &status, 0) == -1 && errno == EINTR)
		;
	trace->child = 0;
	return status;
}

/* The lines ended without saying so. */
static enum trace_read fail_child(struct trace *trace, GError **error)
{
	int status = wait_child(trace);

	trace->line++;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		trace_fail(trace, error,
			"the trace.dat is damaged: trace-cmd's library never ends, here or later");
	else
		trace_fail(trace, error,
			"the trace.dat is damaged or broken off: trace-cmd's library fails, here "
			"or later");
	return READ_END;
}

/* "# ignored COUNT NAME", "# end"; others are as in text. */
static bool read_own(struct trace *trace, const char *line, enum trace_read *read)
{
	const char *at = scan_text(line, "# ignored ");
	uint64_t count;

	*read = READ_NOTHING;
	if (at) {
		at = number_scan(at, &count);
		if (at && *at == ' ')
			trace_ignore(trace, at + 1, count);
		return true;
	}
	if (strcmp(line, "# end") != 0)
		return false;
	wait_child(trace);
	*read = READ_END;
	return true;
}

static enum trace_read read_line(
	struct trace *trace, char *line, struct trace_event *event, GError **error)
{
	const char *at = scan_text(line, "! ");
	enum trace_read read;

	if (at) {
		trace->line++;
		trace_fail(trace, error, "%s", at);
		return READ_END;
	}
	if (*line == '#')
		return read_own(trace, line, &read) ? read
		                                    : text_read_line(trace, line, event, error);
	at = number_scan(line, &trace->line);
	if (!at || *at != ' ')
		return fail_child(trace, error);
	return text_read_line(trace, line + (at + 1 - line), event, error);
}

static enum trace_read next(struct trace *trace, struct trace_event *event, GError **error)
{
	size_t length;
	char *line;

	if (!trace->started && !start(trace, error))
		return READ_END;
	trace->started = true;
	line = bytes_line(trace->bytes, &length, NULL);
	if (!line)
		return fail_child(trace, error);
	return read_line(trace, line, event, error);
}

static void close_child(struct trace *trace)
{
	if (trace->child)
		kill(trace->child, SIGKILL);
	wait_child(trace);
	text_close(trace);
}

const struct trace_reader trace_reader_dat = { next, close_child };
