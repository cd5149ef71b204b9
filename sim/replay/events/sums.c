/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"

struct sum {
	const char *key;
	uint64_t value;
};

static void compare(struct tables *tables, const struct trace_event *event, const struct sum *sums,
	size_t count)
{
	g_assert(event->text);
	for (size_t i = 0; i < count; i++) {
		uint64_t said = UINT64_MAX;

		if (!trace_field_number(event->text, sums[i].key, &said) || said != sums[i].value)
			process_impossible(tables, NULL, event,
				"%s are %" G_GUINT64_FORMAT " by the lines before", sums[i].key,
				sums[i].value);
	}
}

/* Mms that are there, and their users. False: some of them are not known. */
static bool count_alive(const struct tables *tables, uint64_t *mms, uint64_t *users)
{
	bool all = true;

	*mms = *users = 0;
	for (guint slot = 0; slot < tables->all->len; slot++) {
		const struct process *process = tables->all->pdata[slot];

		if (!process)
			continue;
		++*mms;
		if (process_is_unknown(process))
			all = false;
		else
			*users += model_mm_const(&states_first(&process->mm->states)->model, 0)
			                  ->users;
	}
	return all;
}

/* @users: UINT64_MAX = not known. */
static void compare_all(struct tables *tables, const struct trace_event *event,
	const struct record_result *totals, uint64_t mms, uint64_t users)
{
	const struct sum sums[] = {
		{ "switches", totals->switches },
		{ "migrations", totals->migrations },
		{ "wakeups", totals->wakeups },
		{ "forks", totals->forks },
		{ "exits", totals->exits },
		{ "execs", totals->execs },
		{ "affinity_changes", totals->affinity_changes },
		{ "tasks_max", totals->tasks_max },
		{ "idle_ns", totals->idle_ns },
		{ "tasks", tables->tasks_alive },
		{ "mms", mms },
		{ "users", users },
	};

	compare(tables, event, sums, G_N_ELEMENTS(sums) - (users == UINT64_MAX));
}

void on_totals(struct tables *tables, const struct trace_event *event)
{
	const struct record_result *totals = tables->replay->recorder->result;
	uint64_t mms, users;
	bool all = count_alive(tables, &mms, &users);

	g_assert(tables->stepwise && !tables->ended);
	records_stays(tables);
	tables->ended = true;
	compare_all(tables, event, totals, mms, all ? users : UINT64_MAX);
}
