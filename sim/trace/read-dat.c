/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* fork, kill */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/input.h"
#include "sim/trace/dat-child.h"
#include "sim/trace/scan.h"
#include "sim/trace/text.h"

/*
 * A trace.dat: lines of text from the process that reads it, see dat-child.h.
 *
 *     DAT_UNREAD --- start_reading() ---> DAT_READING --- "# end", "! TEXT", no line ---> DAT_ENDED
 *         |                                                                          ^
 *         +--- no copy, no pipe, no process -----------------------------------------+
 *
 * Who owns which descriptor:
 *
 *     the trace's file   bytes until start_reading(), which closes it
 *     its seekable copy  the reader, which reads it if the child fails; the child has its own one
 *     the pipe           reading end: bytes from start_reading() on; writing end: the child
 *
 * The child has no other descriptors, and can ask nothing of the system but to read and to write:
 * see confine.h.
 */
enum dat_state { DAT_UNREAD, DAT_READING, DAT_ENDED };

struct dat {
	enum dat_state state;
	pid_t child; /* 0 = there is none, or it was waited for */
	int file;    /* the trace.dat, once it is read; -1 = not yet */
	struct text_reader *text;
};

/* A small file can inflate to terabytes. */
#define COPY_MAX (UINT64_C(1) << 30)

enum { READ_SIZE = 1 << 16 };

static bool fail_system(const char *what, GError **error)
{
	g_assert(errno > 0);
	g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s", what,
		g_strerror(errno));
	return false;
}

/* Returns the reading end of the pipe; -1 and @error. */
static int start_child(struct dat *dat, int file, GError **error)
{
	int ends[2];

	g_assert(file >= 0 && dat->child == 0);
	if (pipe(ends) == -1) {
		fail_system("no pipe", error);
		return -1;
	}
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	dat->child = fork();
	if (dat->child == 0) {
		close(ends[0]);
		dat_child_run(file, ends[1]);
	}
	close(ends[1]);
	if (dat->child > 0)
		return ends[0];
	dat->child = 0;
	fail_system("no process to read it", error);
	close(ends[0]);
	return -1;
}

static bool start_reading(struct trace *trace, struct dat *dat, GError **error)
{
	int file = bytes_seekable(trace->bytes, COPY_MAX, error), lines;

	g_assert(dat->state == DAT_UNREAD && !dat->child);
	dat->state = DAT_ENDED;
	if (file == -1)
		return false;
	bytes_close(trace->bytes);
	trace->bytes = NULL;
	dat->file = file;
	lines = start_child(dat, file, error);
	if (lines == -1)
		return false;
	trace->bytes = bytes_new(lines);
	trace->unit = "record";
	trace->line = 0;
	trace->info.format = TRACE_DAT;
	dat->state = DAT_READING;
	return true;
}

/* Its status, as waitpid() gives it. Where the child has not ended by itself it could wait for ever
 * for its lines to be read. */
static int end_child(struct dat *dat)
{
	int status = 0;

	g_assert(dat->child > 0);
	kill(dat->child, SIGKILL);
	while (waitpid(dat->child, &status, 0) == -1 && errno == EINTR)
		;
	dat->child = 0;
	return status;
}

/* What cannot be read is no damage: the library does not tell one from the other. Returns false if
 * all bytes can be read; else true, and sets @error. */
static bool fail_to_read(const struct dat *dat, GError **error)
{
	g_autofree char *buffer = g_malloc(READ_SIZE);
	ssize_t got = 1;

	if (lseek(dat->file, 0, SEEK_SET) == 0) {
		while (got > 0)
			got = input_read(dat->file, buffer, READ_SIZE);
	}
	if (got == 0)
		return false;
	input_set_error(error, errno);
	return true;
}

/* The lines ended without saying so, or are none of the child's. */
static enum trace_read fail_child(struct trace *trace, struct dat *dat, GError **error)
{
	int status = end_child(dat);

	g_assert(dat->state == DAT_READING);
	dat->state = DAT_ENDED;
	trace->line++;
	if (fail_to_read(dat, error))
		return READ_END;
	if (WIFEXITED(status) && WEXITSTATUS(status) == DAT_CHILD_FAILED)
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
			"the process that reads it has failed: a read or write error, or no "
			"memory (a damaged file can need any amount)");
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		trace_fail(trace, error,
			"the trace.dat is damaged: trace-cmd's library never ends, here or later");
	else
		trace_fail(trace, error,
			"the trace.dat is damaged or cut off: trace-cmd's library fails, here "
			"or later");
	return READ_END;
}

/* "# ignored COUNT NAME" */
static void read_ignored(struct trace *trace, const char *at)
{
	uint64_t count;

	at = number_scan(at, &count);
	if (at && *at == ' ')
		trace_ignore(trace, at + 1, count);
}

/* A line of the child; its own kinds are those of dat-child.h. */
static enum trace_read take_child_line(
	struct trace *trace, struct dat *dat, char *line, struct trace_event *event, GError **error)
{
	const char *fault = scan_text(line, "! "), *ignored = scan_text(line, "# ignored "), *at;

	g_assert(dat->state == DAT_READING && dat->text);
	if (fault) {
		dat->state = DAT_ENDED;
		trace->line++;
		if (!fail_to_read(dat, error))
			trace_fail(trace, error, "%s", fault);
		return READ_END;
	}
	if (ignored) {
		read_ignored(trace, ignored);
		return READ_NOTHING;
	}
	if (strcmp(line, "# end") == 0) {
		dat->state = DAT_ENDED;
		return READ_END;
	}
	if (*line == '#')
		return text_reader_line(dat->text, line, event, error);
	at = number_scan(line, &trace->line);
	if (!at || *at != ' ')
		return fail_child(trace, dat, error);
	return text_reader_line(dat->text, line + (at + 1 - line), event, error);
}

static enum trace_read next_record(struct trace *trace, struct trace_event *event, GError **error)
{
	struct dat *dat = trace->state;
	g_autoptr(GError) fault = NULL;
	size_t length;
	char *line;

	if (!dat) {
		dat = trace->state = g_new0(struct dat, 1);
		dat->file = -1;
		dat->text = text_reader_new(trace);
	}
	if (dat->state == DAT_UNREAD && !start_reading(trace, dat, error))
		return READ_END;
	g_assert(dat->state == DAT_READING && dat->child > 0);
	line = bytes_line(trace->bytes, &length, &fault);
	if (line)
		return take_child_line(trace, dat, line, event, error);
	if (!fault || fault->domain != G_FILE_ERROR)
		return fail_child(trace, dat, error);
	dat->state = DAT_ENDED;
	g_propagate_error(error, g_steal_pointer(&fault));
	return READ_END;
}

static void close_dat(struct trace *trace)
{
	struct dat *dat = trace->state;

	if (!dat)
		return;
	if (dat->child)
		end_child(dat);
	if (dat->file >= 0)
		close(dat->file);
	text_reader_free(dat->text);
	g_free(dat);
}

const struct trace_reader trace_reader_dat = { next_record, close_dat };
