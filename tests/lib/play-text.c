/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <check.h>

#include "sim/play/play.h"
#include "tests/lib/play-text.h"
#include "tests/lib/simulate.h"

static void on_stay(void *context, const struct record_stay *stay)
{
	struct play_text *played = context;

	g_string_append_printf(played->stays,
		"%u %u %u %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "\n", stay->cpu, stay->pid,
		stay->cid, stay->start_ns, stay->end_ns);
}

static void on_sample(void *context, const struct record_sample *sample)
{
	struct play_text *played = context;

	g_string_append_printf(played->samples, "%" G_GUINT64_FORMAT " %u/%u/%u\n", sample->time_ns,
		sample->users, sample->taken, sample->mode);
}

static void on_switch(void *context, const struct record_switch *fact)
{
	static const char states[] = {
		[PREV_RUNNABLE] = 'R', [PREV_SLEEPS] = 'S', [PREV_BLOCKED] = 'D', [PREV_DEAD] = 'X'
	};
	struct play_text *played = context;

	sim_on_switch(played->log, fact);
	if (fact->prev->pid != 0)
		g_string_append_printf(played->log, "%" G_GUINT64_FORMAT " off %u %c\n",
			fact->time_ns, fact->prev->pid, states[fact->prev_state]);
	if (fact->next->pid != 0)
		g_string_append_printf(played->log, "%" G_GUINT64_FORMAT " on %s %u/%u\n",
			fact->time_ns, fact->next->name, fact->next->pid, fact->next->group_pid);
}

static void on_wakeup(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	(void)running;
	(void)target_cpu;
	g_string_append_printf(((struct play_text *)context)->log,
		"%" G_GUINT64_FORMAT " cpu%u %s %u\n", time_ns, on_cpu, is_new ? "new" : "wake",
		woken->pid);
}

static void on_fork(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *parent,
	const struct record_task *child)
{
	sim_on_fork(((struct play_text *)context)->log, time_ns, cpu, parent, child);
}

static void on_exit_of(
	void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	sim_on_exit(((struct play_text *)context)->log, time_ns, cpu, task);
}

static void on_move(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	sim_on_move(((struct play_text *)context)->log, time_ns, on_cpu, running, task, from, to);
}

static void on_note(void *context, const struct record_note *note)
{
	sim_on_note(((struct play_text *)context)->log, note);
}

struct play_text play_text_run_scenario(struct scenario *scenario)
{
	struct play_text played = {
		.scenario = scenario,
		.log = g_string_new(NULL),
		.stays = g_string_new(NULL),
		.samples = g_string_new(NULL),
	};
	const struct record_sink sink = {
		.context = &played,
		.sample = on_sample,
		.stay = on_stay,
		.sched_switch = on_switch,
		.sched_wakeup = on_wakeup,
		.sched_fork = on_fork,
		.sched_exit = on_exit_of,
		.sched_migrate = on_move,
		.note = on_note,
	};
	struct play *play = play_new(scenario);

	play_set_sink(play, &sink);
	played.result = play_run(play);
	play_free(play);
	return played;
}

struct play_text play_text_run(const char *text)
{
	return play_text_run_scenario(sim_parse(text));
}

void play_text_free(struct play_text *played)
{
	record_result_free(played->result);
	scenario_free(played->scenario);
	g_string_free(played->log, TRUE);
	g_string_free(played->stays, TRUE);
	g_string_free(played->samples, TRUE);
}

const struct record_violation *play_text_violation(const struct play_text *played, guint i)
{
	ck_assert_uint_gt(played->result->violations->len, i);
	return played->result->violations->pdata[i];
}

const struct record_account *play_text_account(const struct play_text *played)
{
	ck_assert_uint_eq(played->result->accounts->len, 1);
	return played->result->accounts->pdata[0];
}
