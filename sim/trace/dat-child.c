/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* setitimer */
#include "sim/trace/dat-child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "sim/base/confine.h"
#include "sim/trace/dat-print.h"
#include "sim/trace/reader.h"
#include "sim/trace/scan.h"

enum {
	BUFFERS_MAX = 256, /* instances of one file that are read */
	STUCK_S = 10,      /* processor time, without a record read */
	WATCH_RECORDS = 1024,
};

/* Exported by all versions of the library so far, but not declared by its header. Without them the
 * times are taken for nanoseconds. */
extern const char *tracecmd_get_trace_clock(struct tracecmd_input *handle) __attribute__((weak));
extern const char *tracecmd_get_uname(struct tracecmd_input *handle) __attribute__((weak));
extern const char *tracecmd_get_cpustats(struct tracecmd_input *handle) __attribute__((weak));

/* What one CPU wrote to one buffer. */
struct stream {
	struct tracecmd_input *handle;
	int cpu;
	struct tep_record *record; /* the next one; NULL = there are no more */
};

struct child {
	struct output *out;
	struct tracecmd_input *handles[BUFFERS_MAX];
	int handles_count;
	GArray *streams; /* struct stream */
	struct dat_print *print;
};

static void child_finish(struct child *child) G_GNUC_NORETURN;
static void child_fail(struct child *child, const char *text) G_GNUC_NORETURN;

/* Without exit(): what the parent has in its buffers is not ours to write. */
static void child_finish(struct child *child)
{
	output_flush(child->out);
	_exit(child->out->error ? DAT_CHILD_FAILED : 0);
}

static void child_fail(struct child *child, const char *text)
{
	g_assert(!strchr(text, '\n'));
	output_text(child->out, "! ");
	output_text(child->out, text);
	output_char(child->out, '\n');
	child_finish(child);
}

/* The library has failed. It does not say why, but errno does if it was the system; 0 before it
 * began. */
static void check_system(void)
{
	if (errno == ENOMEM || errno == EIO)
		_exit(DAT_CHILD_FAILED);
}

static void watch(void)
{
	const struct itimerval timer = { .it_value = { .tv_sec = STUCK_S } };

	setitimer(ITIMER_PROF, &timer, NULL);
}

/* The libraries print what they think of a file; only our message is to be seen. What a file makes
 * them do beyond reading it is refused before its first byte is read. */
static void limit(int *dat, int *text)
{
	if (!confine_descriptors(*dat, *text))
		_exit(1);
	*dat = 3;
	*text = 4;
	confine(0);
	signal(SIGPROF, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	watch();
	confine_calls(0);
}

static void open_buffers(struct child *child, int dat)
{
	struct tracecmd_input *top;
	int instances;

	g_assert(child->handles_count == 0);
	errno = 0;
	top = tracecmd_open_fd(
		dat, TRACECMD_FL_LOAD_NO_PLUGINS | TRACECMD_FL_LOAD_NO_SYSTEM_PLUGINS);
	if (!top)
		check_system();
	if (!top)
		child_fail(child,
			"trace-cmd's library cannot read this trace.dat: it is damaged, cut "
			"off or of a newer trace-cmd");
	child->handles[child->handles_count++] = top;
	instances = MIN(tracecmd_buffer_instances(top), BUFFERS_MAX - 1);
	for (int i = 0; i < instances; i++) {
		struct tracecmd_input *handle = tracecmd_buffer_instance_handle(top, i);

		if (!handle)
			child_fail(child, "a buffer of this trace.dat cannot be read");
		child->handles[child->handles_count++] = handle;
	}
	g_assert(child->handles_count <= BUFFERS_MAX);
}

/* The next record; NULL: there are no more. */
static struct tep_record *next_record(const struct stream *stream)
{
	struct tep_record *record;

	errno = 0;
	record = tracecmd_read_data(stream->handle, stream->cpu);
	if (!record)
		check_system();
	return record;
}

static void open_streams(struct child *child)
{
	g_assert(child->handles_count > 0 && !child->streams);
	child->streams = g_array_new(FALSE, FALSE, sizeof(struct stream));
	for (int i = 0; i < child->handles_count; i++) {
		int cpus = tep_get_cpus(tracecmd_get_tep(child->handles[i]));

		if (cpus < 0 || cpus > TRACE_CPUS_MAX)
			child_fail(child, "has more than 8192 CPUs, expected at most as many");
		for (int cpu = 0; cpu < cpus; cpu++) {
			struct stream stream = { child->handles[i], cpu, NULL };

			stream.record = next_record(&stream);
			if (stream.record)
				g_array_append_val(child->streams, stream);
		}
	}
}

/* The clock that is used is the one in brackets. */
static bool clock_counts(const struct child *child)
{
	for (int i = 0; tracecmd_get_trace_clock && i < child->handles_count; i++) {
		const char *clock = tracecmd_get_trace_clock(child->handles[i]);

		if (clock && (strstr(clock, "[counter]") || strcmp(clock, "counter") == 0))
			return true;
	}
	return false;
}

/* "Linux HOST 7.2.13 x86_64" */
static void put_kernel(struct child *child)
{
	const char *uname = tracecmd_get_uname ? tracecmd_get_uname(child->handles[0]) : NULL;
	char **words = g_strsplit(uname ? uname : "", " ", 4);

	g_assert(child->handles_count > 0);
	if (g_strv_length(words) >= 3) {
		g_strdelimit(words[2], "\t\r\n\v\f", '?');
		output_text(child->out, "# kernel ");
		output_text(child->out, words[2]);
		output_char(child->out, '\n');
	}
	g_strfreev(words);
}

/* Lines such as "overrun: 12" of all CPUs. */
static void put_lost_totals(struct child *child)
{
	const char *stats = tracecmd_get_cpustats ? tracecmd_get_cpustats(child->handles[0]) : NULL;
	char **lines = g_strsplit(stats ? stats : "", "\n", -1);

	g_assert(child->handles_count > 0);
	for (char **line = lines; *line; line++) {
		g_strdelimit(*line, "\t\r\v\f", '?');
		if (!scan_text(*line, "overrun: ") && !scan_text(*line, "dropped events: "))
			continue;
		output_text(child->out, "# ");
		output_text(child->out, *line);
		output_char(child->out, '\n');
	}
	g_strfreev(lines);
}

/* By time; at the same time, in the order of buffers and CPUs. */
static struct stream *earliest(struct child *child)
{
	struct stream *best = NULL;

	for (guint i = 0; i < child->streams->len; i++) {
		struct stream *stream = &g_array_index(child->streams, struct stream, i);

		if (stream->record && (!best || stream->record->ts < best->record->ts))
			best = stream;
	}
	return best;
}

static void put_records(struct child *child)
{
	struct stream *stream;
	uint64_t number = 0;

	g_assert(child->print);
	while ((stream = earliest(child)) != NULL) {
		struct tep_record *record = stream->record;

		dat_print_record(child->print, record, ++number);
		tracecmd_free_record(record);
		stream->record = next_record(stream);
		if (number % WATCH_RECORDS == 0)
			watch();
	}
}

void dat_child_run(int dat, int text)
{
	struct child child = { 0 };
	struct tep_handle *tep;

	g_assert(dat >= 0 && text >= 0 && dat != text);
	limit(&dat, &text);
	child.out = output_on_descriptor(text, "pipe");
	open_buffers(&child, dat);
	tep = tracecmd_get_tep(child.handles[0]);
	put_kernel(&child);
	output_text(child.out, "# possible ");
	output_number(child.out, (uint64_t)MAX(tep_get_cpus(tep), 1));
	output_char(child.out, '\n');
	put_lost_totals(&child);
	open_streams(&child);
	child.print = dat_print_new(child.out, tep, clock_counts(&child));
	put_records(&child);
	dat_print_ignored(child.print);
	dat_print_free(child.print);
	output_text(child.out, "# end\n");
	child_finish(&child);
}
