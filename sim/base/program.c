/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _POSIX_C_SOURCE 200809L /* kill() */
#include "sim/base/program.h"

#include <signal.h>
#include <stdlib.h>

enum { TICK_MS = 50 };

/* A program at work. */
struct work {
	struct program *program;
	GSubprocess *process;
	GError *fault;
	bool over;
};

static void on_end(GObject *process, GAsyncResult *result, gpointer data)
{
	struct work *work = data;
	char *out = NULL, *err = NULL;

	g_subprocess_communicate_utf8_finish(
		G_SUBPROCESS(process), result, &out, &err, &work->fault);
	work->program->printed = g_strconcat(out ? out : "", err ? err : "", NULL);
	g_free(out);
	g_free(err);
	work->over = true;
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

static enum program_end await(struct work *work, GMainContext *context)
{
	const struct program *program = work->program;
	gint64 until_us = g_get_monotonic_time() + (gint64)program->seconds * G_USEC_PER_SEC;
	enum program_end end = PROGRAM_ENDED;

	while (!work->over) {
		g_main_context_iteration(context, TRUE);
		if (work->over || end != PROGRAM_ENDED)
			continue;
		if (program->stop(program->context))
			end = PROGRAM_STOPPED;
		else if (g_get_monotonic_time() > until_us)
			end = PROGRAM_TOO_LONG;
		if (end != PROGRAM_ENDED)
			end_process(work);
	}
	return end;
}

static enum program_end communicate(struct work *work)
{
	GMainContext *context = g_main_context_new();
	GSource *tick = g_timeout_source_new(TICK_MS);
	enum program_end end;

	g_main_context_push_thread_default(context);
	g_source_set_callback(tick, on_tick, NULL, NULL);
	g_source_attach(tick, context);
	g_subprocess_communicate_utf8_async(
		work->process, work->program->input, NULL, on_end, work);
	end = await(work, context);
	g_source_destroy(tick);
	g_source_unref(tick);
	g_main_context_pop_thread_default(context);
	g_main_context_unref(context);
	return end;
}

enum program_end program_run(struct program *program, GError **error)
{
	struct work work = { .program = program };
	enum program_end end = PROGRAM_FAILED;

	program->printed = NULL;
	program->good = false;
	work.process = g_subprocess_launcher_spawnv(
		program->launcher, (const gchar *const *)program->words, &work.fault);
	g_clear_object(&program->launcher);
	if (work.process)
		end = communicate(&work);
	if (work.fault) {
		/* A program that ends early does not read all of its input: its status says why. */
		if (!work.process ||
			!g_error_matches(work.fault, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
			end = end == PROGRAM_ENDED ? PROGRAM_FAILED : end;
		if (end == PROGRAM_FAILED)
			g_propagate_error(error, work.fault);
		else
			g_error_free(work.fault);
	}
	program->good = end == PROGRAM_ENDED && g_subprocess_get_successful(work.process);
	g_clear_object(&work.process);
	return end;
}
