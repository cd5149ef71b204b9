/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include <check.h>

#include "tests/lib/simulate.h"

void sim_on_switch(void *context, const struct record_switch *fact)
{
	g_string_append_printf(context, "%" G_GUINT64_FORMAT " cpu%u %u>%u\n", fact->time_ns,
		fact->cpu, fact->prev->pid, fact->next->pid);
}

void sim_on_fork(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *parent,
	const struct record_task *child)
{
	g_string_append_printf(context, "%" G_GUINT64_FORMAT " cpu%u fork %u %u\n", time_ns, cpu,
		parent->pid, child->pid);
}

void sim_on_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	g_string_append_printf(
		context, "%" G_GUINT64_FORMAT " cpu%u exit %u\n", time_ns, cpu, task->pid);
}

void sim_on_move(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	(void)running;
	g_string_append_printf(context, "%" G_GUINT64_FORMAT " cpu%u move %u %u>%u\n", time_ns,
		on_cpu, task->pid, from, to);
}

void sim_on_note(void *context, const struct record_note *note)
{
	g_string_append_printf(context, "%" G_GUINT64_FORMAT " cpu%u %s %s\n", note->time_ns,
		note->cpu, note->event, note->text);
}

struct scenario *sim_parse(const char *text)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse("test", text, strlen(text), NULL, errors);

	if (!scenario)
		ck_abort_msg("%s\nin\n%s", (char *)errors->pdata[0], text);
	return scenario;
}

void sim_run(struct simulation *simulation, const char *text)
{
	GString *log = g_string_new(NULL);
	const struct record_sink sink = {
		.context = log,
		.sched_switch = sim_on_switch,
		.sched_wakeup = NULL,
		.sched_fork = sim_on_fork,
		.sched_exit = sim_on_exit,
		.sched_migrate = sim_on_move,
		.note = sim_on_note,
	};

	simulation->scenario = sim_parse(text);
	simulation->engine = engine_new(simulation->scenario);
	simulation->log = log;
	engine_set_sink(simulation->engine, &sink);
	simulation->result = engine_run(simulation->engine);
}

void sim_free(struct simulation *simulation)
{
	record_result_free(simulation->result);
	engine_free(simulation->engine);
	scenario_free(simulation->scenario);
	g_string_free(simulation->log, TRUE);
}

const struct record_account *sim_account(const struct simulation *simulation, const char *name)
{
	const GPtrArray *accounts = simulation->result->accounts;

	for (guint i = 0; i < accounts->len; i++) {
		const struct record_account *account = accounts->pdata[i];

		if (strcmp(account->name, name) == 0)
			return account;
	}
	ck_abort_msg("no account '%s'", name);
	return NULL;
}

const char *sim_find(const char *from, const char *line)
{
	size_t length = strlen(line);

	for (; *from; from = strchr(from, '\n') + 1) {
		if (strncmp(from, line, length) == 0 &&
			(from[length] == '\n' || from[length] == ' '))
			return from;
	}
	return NULL;
}

void sim_assert_lines(const struct simulation *simulation, const char *lines)
{
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	const char *at = simulation->log->str;

	for (char **line = each; *line; line++) {
		if (!**line)
			continue;
		at = sim_find(at, *line);
		if (!at)
			ck_abort_msg("no line '%s', or not in this order, in\n%s", *line,
				simulation->log->str);
		at = strchr(at, '\n') + 1;
	}
}
