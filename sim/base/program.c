/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _POSIX_C_SOURCE 200809L /* kill() */
#include "sim/base/program.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/failure.h"

enum { TICK_MS = 50, CHUNK = 64 << 10, PRINTED_MAX = 16 << 20 };

/* A program at work. */
struct work {
	struct program *program;
	GSubprocess *process;
	GCancellable *end; /* of talking with it */
	GString *printed[2];
	unsigned pending; /* what is not over: its process, its pipes */
	bool too_much;
	GError *fault;
};

/* One of its outputs. */
struct listening {
	struct work *work;
	GInputStream *pipe;
	GString *printed;
};

/* What fails because it is ended is no failure; nor what it does not read: its status says why. */
static void over(struct work *work, GError *fault)
{
	work->pending--;
	if (fault && !work->fault && !g_cancellable_is_cancelled(work->end) &&
		!g_error_matches(fault, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
		work->fault = g_steal_pointer(&fault);
	g_clear_error(&fault);
}

static void on_end(GObject *process, GAsyncResult *result, gpointer data)
{
	GError *fault = NULL;

	g_subprocess_wait_finish(G_SUBPROCESS(process), result, &fault);
	over(data, fault);
}

static void on_written(GObject *pipe, GAsyncResult *result, gpointer data)
{
	GError *fault = NULL;

	if (g_output_stream_write_all_finish(G_OUTPUT_STREAM(pipe), result, NULL, &fault))
		g_output_stream_close(G_OUTPUT_STREAM(pipe), NULL, &fault);
	over(data, fault);
}

static void listen(struct listening *listening);

static void on_read(GObject *pipe, GAsyncResult *result, gpointer data)
{
	struct listening *listening = data;
	struct work *work = listening->work;
	GError *fault = NULL;
	GBytes *bytes = g_input_stream_read_bytes_finish(G_INPUT_STREAM(pipe), result, &fault);

	if (!bytes || g_bytes_get_size(bytes) == 0) {
		over(work, fault);
		g_free(listening);
	} else {
		g_string_append_len(listening->printed, g_bytes_get_data(bytes, NULL),
			(gssize)g_bytes_get_size(bytes));
		work->too_much |= listening->printed->len > PRINTED_MAX;
		listen(listening);
	}
	if (bytes)
		g_bytes_unref(bytes);
}

static void listen(struct listening *listening)
{
	g_input_stream_read_bytes_async(listening->pipe, CHUNK, G_PRIORITY_DEFAULT,
		listening->work->end, on_read, listening);
}

static void begin_to_talk(struct work *work)
{
	GInputStream *const pipes[] = { g_subprocess_get_stdout_pipe(work->process),
		g_subprocess_get_stderr_pipe(work->process) };
	GOutputStream *to = g_subprocess_get_stdin_pipe(work->process);

	work->pending = 1;
	g_subprocess_wait_async(work->process, NULL, on_end, work);
	if (to) {
		const char *text = work->program->input ? work->program->input : "";

		work->pending++;
		/* Needs no thread, as g_output_stream_splice_async() would. */
		g_output_stream_write_all_async(to, text, strlen(text), G_PRIORITY_DEFAULT,
			work->end, on_written, work);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(pipes); i++) {
		struct listening *listening;

		if (!pipes[i])
			continue;
		listening = g_new(struct listening, 1);
		*listening = (struct listening){ work, pipes[i], work->printed[i] };
		work->pending++;
		listen(listening);
	}
}

static gboolean on_tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

static void end_process(const struct work *work)
{
	const char *pid = g_subprocess_get_identifier(work->process);

	if (pid && work->program->has_group)
		kill(-(pid_t)strtol(pid, NULL, 10), SIGKILL);
	else
		g_subprocess_force_exit(work->process);
}

static enum program_end why_to_end(const struct work *work, gint64 until_us)
{
	const struct program *program = work->program;

	if (work->fault || work->too_much)
		return PROGRAM_FAILED;
	if (program->stop && program->stop(program->context))
		return PROGRAM_STOPPED;
	return g_get_monotonic_time() > until_us ? PROGRAM_TOO_LONG : PROGRAM_ENDED;
}

/* What a child of a program that was ended still has open is not waited for. */
static enum program_end await(struct work *work, GMainContext *context)
{
	gint64 until_us = g_get_monotonic_time() + (gint64)work->program->seconds * G_USEC_PER_SEC;
	enum program_end end = PROGRAM_ENDED;

	while (work->pending > 0) {
		g_main_context_iteration(context, TRUE);
		if (work->pending == 0 || end != PROGRAM_ENDED)
			continue;
		end = why_to_end(work, until_us);
		if (end != PROGRAM_ENDED) {
			end_process(work);
			g_cancellable_cancel(work->end);
		}
	}
	return work->fault ? PROGRAM_FAILED : end;
}

static enum program_end communicate(struct work *work)
{
	GMainContext *context = g_main_context_new();
	GSource *tick = g_timeout_source_new(TICK_MS);
	enum program_end end;

	g_main_context_push_thread_default(context);
	g_source_set_callback(tick, on_tick, NULL, NULL);
	g_source_attach(tick, context);
	begin_to_talk(work);
	end = await(work, context);
	g_source_destroy(tick);
	g_source_unref(tick);
	g_main_context_pop_thread_default(context);
	g_main_context_unref(context);
	return end;
}

/* What was printed, as one string: bytes that would end it are question marks. */
static char *joined(GString *const *printed)
{
	for (unsigned k = 0; k < 2; k++) {
		for (gsize i = 0; i < printed[k]->len; i++) {
			if (printed[k]->str[i] == '\0')
				printed[k]->str[i] = '?';
		}
	}
	return g_strconcat(printed[0]->str, printed[1]->str, NULL);
}

enum program_end program_run(struct program *program, GError **error)
{
	struct work work = { .program = program,
		.end = g_cancellable_new(),
		.printed = { g_string_new(NULL), g_string_new(NULL) } };
	enum program_end end = PROGRAM_FAILED;

	work.process = g_subprocess_launcher_spawnv(
		program->launcher, (const gchar *const *)program->words, &work.fault);
	g_clear_object(&program->launcher);
	if (work.process)
		end = communicate(&work);
	if (work.fault)
		g_propagate_error(error, work.fault);
	else if (end == PROGRAM_FAILED)
		failure_environment(error, "it prints more than %d MiB", PRINTED_MAX >> 20);
	program->printed = joined(work.printed);
	program->good = end == PROGRAM_ENDED && g_subprocess_get_successful(work.process);
	g_string_free(work.printed[0], TRUE);
	g_string_free(work.printed[1], TRUE);
	g_clear_object(&work.process);
	g_object_unref(work.end);
	return end;
}
