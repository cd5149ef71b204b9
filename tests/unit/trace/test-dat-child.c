/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* fork */
#include "sim/trace/dat-child.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

/* All that the child writes about the @length bytes; *@status is how it ended. */
static GString *child_of(const char *bytes, size_t length, int *status)
{
	GString *text = g_string_new(NULL);
	char buffer[4096];
	ssize_t got;
	int file, ends[2];
	pid_t pid;

	trace_text_write(trace_path(), bytes, length);
	file = open(trace_path(), O_RDONLY);
	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		dat_child_run(file, ends[1]);
	}
	close(ends[1]);
	close(file);
	while ((got = read(ends[0], buffer, sizeof(buffer))) > 0)
		g_string_append_len(text, buffer, got);
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, status, 0), pid);
	return text;
}

SUITE(.before = trace_events_start, .after = trace_events_stop);

TEST(a_trace_is_its_header_its_records_and_an_end)
{
	GString *bytes = trace_text_read(TRACE_SAMPLE_DAT), *text;
	int status;

	text = child_of(bytes->str, bytes->len, &status);
	ck_assert_int_eq(status, 0);
	ck_assert(g_str_has_prefix(text->str, "# kernel 7.3.4+deb13-cloud-amd64\n# possible 4\n"));
	ck_assert(g_str_has_suffix(text->str, "\n# end\n"));
	ck_assert_ptr_nonnull(strstr(text->str, "\n1         workload-255 [1] 3: ex:"));
	g_string_free(text, TRUE);
	g_string_free(bytes, TRUE);
}

TEST(what_is_no_trace_is_one_line)
{
	int status;
	GString *text = child_of("\x17\x08\x44tracing", 10, &status);

	ck_assert_int_eq(status, 0);
	ck_assert_str_eq(text->str, "! trace-cmd's library cannot read this trace.dat: it is "
				    "damaged, cut off or of a newer trace-cmd\n");
	g_string_free(text, TRUE);
}

/* It ends when nobody reads any more. */
TEST(a_child_without_a_reader_ends)
{
	GString *bytes = trace_text_read(TRACE_SAMPLE_DAT);
	int file, ends[2], status;
	pid_t pid;

	trace_text_write(trace_path(), bytes->str, bytes->len);
	file = open(trace_path(), O_RDONLY);
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	pid = fork();
	if (pid == 0)
		dat_child_run(file, ends[1]);
	close(ends[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
	close(file);
	g_string_free(bytes, TRUE);
}
