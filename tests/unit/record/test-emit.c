/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/record/emit.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/* An emitter with two accounts, at 50 ns, whose sink keeps the last record of each kind. */
static struct {
	struct scenario *scenario;
	struct recorder *recorder;
	struct emitter emit;
	struct record_stay stay;
	unsigned stays, switches;
	struct record_switch last_switch;
	GString *log; /* wake-ups, forks, ... as text */
} b;

static void see_stay(void *context, const struct record_stay *stay)
{
	(void)context;
	b.stay = *stay;
	b.stays++;
}

static void see_switch(void *context, const struct record_switch *record)
{
	(void)context;
	b.last_switch = *record;
	b.switches++;
	g_string_append_printf(b.log, "%s>%s ", record->prev->name, record->next->name);
}

static void see_wakeup(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	(void)context;
	g_string_append_printf(b.log, "%u wakeup%s of %s by %s, %u %u ", (unsigned)time_ns,
		is_new ? "_new" : "", woken->name, running->name, on_cpu, target_cpu);
}

static void see_fork(void *context, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	(void)context;
	g_string_append_printf(
		b.log, "%u fork %s %s on %u ", (unsigned)time_ns, parent->name, child->name, cpu);
}

static void see_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	(void)context;
	g_string_append_printf(b.log, "%u exit %s on %u ", (unsigned)time_ns, task->name, cpu);
}

static void see_migration(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	(void)context;
	g_string_append_printf(b.log, "%u migrate %s by %s on %u, %u %u ", (unsigned)time_ns,
		task->name, running->name, on_cpu, from, to);
}

static void see_note(void *context, const struct record_note *note)
{
	(void)context;
	g_string_append_printf(b.log, "%s: %s by %s ", note->event, note->text, note->task->name);
}

static const struct record_sink all = {
	.stay = see_stay,
	.sched_switch = see_switch,
	.sched_wakeup = see_wakeup,
	.sched_fork = see_fork,
	.sched_exit = see_exit,
	.sched_migrate = see_migration,
	.note = see_note,
};

static uint32_t pid_of(void *context, uint32_t task)
{
	(void)context;
	return 100 + task;
}

static struct record_task name_of(void *context, uint32_t task)
{
	struct record_task name = { .pid = task == TASK_NONE ? 0 : pid_of(context, task) };

	g_snprintf(name.name, sizeof(name.name), "t%u", name.pid);
	return name;
}

static void start(void)
{
	b.scenario = sim_parse("[machine]\ncpus = 2\n[mm app]\n");
	b.recorder = recorder_new(b.scenario, &all, 1, pid_of, NULL);
	recorder_add_account(b.recorder, g_strdup("app"), 0, 0);
	b.recorder->now_ns = 50;
	b.emit = (struct emitter){ b.recorder, name_of, NULL };
	b.log = g_string_new(NULL);
}

static void stop(void)
{
	g_string_free(b.log, TRUE);
	recorder_free(b.recorder);
	scenario_free(b.scenario);
}

SUITE(.before = start, .after = stop);

TEST(a_stay_ends_now)
{
	emit_stay(&b.emit, 1, 107, 0, 20, 3);
	ck_assert_uint_eq(b.stays, 1);
	ck_assert_uint_eq(b.stay.cpu, 1);
	ck_assert_uint_eq(b.stay.pid, 107);
	ck_assert_uint_eq(b.stay.start_ns, 20);
	ck_assert_uint_eq(b.stay.end_ns, 50);
	ck_assert_uint_eq(b.stay.cid, 3);
}

TEST_SIGNAL(a_stay_does_not_begin_after_now, SIGABRT)
{
	emit_stay(&b.emit, 1, 107, 0, 51, 3);
}

TEST_SIGNAL(a_stay_is_of_an_account_there_is, SIGABRT)
{
	emit_stay(&b.emit, 1, 107, 1, 20, 3);
}

TEST(a_switch_has_both_sides)
{
	struct emit_side idle = { TASK_NONE, ACCOUNT_NONE, 0 }, task = { 4, 0, 2 };

	emit_switched(&b.emit);
	emit_switch(&b.emit, 1, &idle, PREV_RUNNABLE, &task, 2 | CID_ONCPU, true);
	emit_switched(&b.emit);
	emit_switch(&b.emit, 1, &task, PREV_DEAD, &idle, 0, false);
	ck_assert_str_eq(b.log->str, "t0>t104 t104>t0 ");
	ck_assert_uint_eq(emit_totals(&b.emit)->switches, 2);
	ck_assert_uint_eq(b.last_switch.time_ns, 50);
	ck_assert_uint_eq(b.last_switch.prev_state, PREV_DEAD);
	ck_assert_uint_eq(b.last_switch.prev_account, 0);
	ck_assert_uint_eq(b.last_switch.prev_word, 2);
	ck_assert_uint_eq(b.last_switch.next_account, ACCOUNT_NONE);
}

TEST_SIGNAL(who_spins_in_get_has_an_mm, SIGABRT)
{
	struct emit_side idle = { TASK_NONE, ACCOUNT_NONE, 0 }, kworker = { 4, ACCOUNT_NONE, 0 };

	emit_switch(&b.emit, 1, &idle, PREV_RUNNABLE, &kworker, 0, true);
}

TEST(idle_time_is_summed)
{
	emit_idle(&b.emit, 50);
	emit_idle(&b.emit, 20);
	emit_idle(&b.emit, 45);
	ck_assert_uint_eq(emit_totals(&b.emit)->idle_ns, 35);
}

TEST(a_changed_cid_is_counted_for_the_task_and_for_the_cpu_in_one_mm)
{
	struct record_account account = { 0 };
	struct emit_seen cpu = { EMIT_NO_MM, 0 };

	ck_assert_uint_eq(emit_show_cid(&account, CID_UNSET, &cpu, 7, 3), 3);
	ck_assert_uint_eq(account.task_cid_changes, 1); /* it had none */
	ck_assert_uint_eq(account.cpu_cid_changes, 0);
	ck_assert_uint_eq(emit_show_cid(&account, 3, &cpu, 7, 3 | CID_TRANSIT), 3);
	ck_assert_uint_eq(account.task_cid_changes, 1);
	/* another task there, with the CID that it has had before */
	ck_assert_uint_eq(emit_show_cid(&account, 4, &cpu, 7, 4 | CID_ONCPU), 4);
	ck_assert_uint_eq(account.task_cid_changes, 1);
	ck_assert_uint_eq(account.cpu_cid_changes, 1);
	/* one of another mm: nobody can compare */
	ck_assert_uint_eq(emit_show_cid(&account, 5, &cpu, 8, 5), 5);
	ck_assert_uint_eq(account.cpu_cid_changes, 1);
	ck_assert_uint_eq(emit_show_cid(&account, 5, &cpu, 8, CID_UNSET), CID_UNSET);
	ck_assert_uint_eq(account.cpu_cid_changes, 2);
}

TEST(events_are_counted_and_logged)
{
	emit_wakeup(&b.emit, 1, TASK_NONE, 2, false);
	emit_wakeup(&b.emit, 0, 3, 2, true);
	emit_fork(&b.emit, 1, 2, 3);
	emit_exit(&b.emit, 1, 3);
	emit_migration(&b.emit, 5, 2, 0, 1);
	emit_exec(&b.emit, 1, 2, true, 3 | CID_ONCPU);
	ck_assert_str_eq(b.log->str, "50 wakeup of t102 by t0, 1 1 "
				     "50 wakeup_new of t102 by t103, 0 0 "
				     "50 fork t102 t103 on 1 50 exit t103 on 1 "
				     "50 migrate t102 by t105 on 1, 0 1 "
				     "exec: pid=102 failed=1 cid=0x40000003 by t102 ");
	g_string_truncate(b.log, 0);
	emit_end(&b.emit, TASK_NONE, " users=1");
	ck_assert_str_eq(b.log->str,
		"end: events=0 switches=0 migrations=1 wakeups=2 forks=1 exits=1 execs=1 "
		"affinity_changes=0 tasks_max=0 idle_ns=0 users=1 by t0 ");
}

TEST(without_a_sink_events_are_only_counted)
{
	b.recorder->sink = NULL;
	b.emit.name = NULL;
	ck_assert(!emit_logs(&b.emit));
	ck_assert(!emit_has_stays(&b.emit));
	emit_stay(&b.emit, 1, 107, 0, 20, 3);
	emit_wakeup(&b.emit, 1, TASK_NONE, 2, false);
	emit_fork(&b.emit, 1, 2, 3);
	emit_exit(&b.emit, 1, 3);
	emit_exec(&b.emit, 1, 2, true, 3);
	emit_migration(&b.emit, 5, 2, 0, 1);
	emit_end(&b.emit, TASK_NONE, "");
	ck_assert_uint_eq(emit_totals(&b.emit)->wakeups, 1);
	ck_assert_uint_eq(emit_totals(&b.emit)->forks, 1);
	ck_assert_uint_eq(emit_totals(&b.emit)->exits, 1);
	ck_assert_uint_eq(emit_totals(&b.emit)->execs, 1);
	ck_assert_uint_eq(emit_totals(&b.emit)->migrations, 1);
	ck_assert_uint_eq(b.log->len, 0);
}

TEST_SIGNAL(a_driver_that_logs_has_names, SIGABRT)
{
	b.emit.name = NULL;
	emit_exit(&b.emit, 1, 3);
}

TEST_SIGNAL(a_migration_goes_to_another_cpu, SIGABRT)
{
	emit_migration(&b.emit, 5, 2, 1, 1);
}

TEST_SIGNAL(the_idle_task_does_not_exit, SIGABRT)
{
	emit_exit(&b.emit, 1, TASK_NONE);
}

TEST_SIGNAL(a_cpu_is_not_idle_from_after_now, SIGABRT)
{
	emit_idle(&b.emit, 51);
}
