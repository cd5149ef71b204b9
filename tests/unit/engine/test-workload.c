/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/behave.h"
#include "sim/engine/workload.h"

#include <signal.h>

#include "sim/engine/tasks.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* What a task does next in user space: what it was asked, in the order of asking; else what its
 * kind does. Who can be asked; and what teams hear of those who come and go. */

static uint32_t task; /* runs on CPU 0, in user space */

static void start(void)
{
	parts_start();
	task = parts_user();
}

SUITE(.before = start, .after = parts_stop);

static struct sim_task *t(void)
{
	return sim_task(parts_engine, task);
}

static void ask(struct request request)
{
	request.unit = parts_engine->units.first[UNIT_GROUP];
	request.number = INDEX_NONE;
	workload_ask(parts_engine, task, t()->pid, &request, 12);
}

static const struct {
	struct request request;
	enum task_op op;
	bool fails;
	enum scenario_fork_kind kind;
} verbs[] = {
	{ { .verb = ACT_FORK, .count = 2 }, OP_FORK, false, FORK_THREAD },
	{ { .verb = ACT_CLONE_VM, .count = 1 }, OP_FORK, false, FORK_CLONE_VM },
	{ { .verb = ACT_VFORK, .count = 1 }, OP_FORK, false, FORK_VFORK },
	{ { .verb = ACT_FORK_PROCESS, .count = 1 }, OP_FORK, false, FORK_THREAD },
	{ { .verb = ACT_FAILED_FORK }, OP_FORK, true, FORK_THREAD },
	{ { .verb = ACT_EXEC }, OP_EXEC_LEAVE, false, 0 },
	{ { .verb = ACT_FAILED_EXEC }, OP_EXEC_LEAVE, true, 0 },
};

TEST_ROWS(what_a_task_is_asked_it_does_next, verbs)
{
	ask(verbs[_i].request);
	ck_assert(t()->asked);
	ck_assert(task_is_interrupted(t()));
	ck_assert_int_eq(userspace_scenario.next(parts_engine, task), ADVANCE_RUNS);
	ck_assert(!t()->asked);
	ck_assert_int_eq(t()->op, verbs[_i].op);
	ck_assert_int_eq(op_of(parts_engine, t())->fails, verbs[_i].fails);
	ck_assert_int_eq(op_of(parts_engine, t())->kind, verbs[_i].kind);
	ck_assert_uint_eq(op_of(parts_engine, t())->count, verbs[_i].request.count);
	ck_assert_int_eq(
		op_of(parts_engine, t())->new_process, verbs[_i].request.verb == ACT_FORK_PROCESS);
}

/* A burst is drawn when its task gets a CPU. What is asked before it begins comes first, as if
 * nothing had been drawn; what is asked later, interrupts it. */
TEST(what_is_asked_during_the_switch_comes_before_the_burst)
{
	struct behaviour behaviour = { .run = { .kind = SAMPLE_UNIFORM, .a = 500, .b = 900 },
		.loops = SCENARIO_FOREVER };
	struct sim_cpu *c = sim_cpu(parts_engine, 0);

	unit_of(parts_engine, t())->behaviour = &behaviour;
	for (unsigned late = 0; late < 2; late++) {
		t()->begun = t()->fresh = 1;
		t()->draws = 7;
		task_set_due(t(), 0);
		c->run_start_ns = parts_engine->now_ns + 100;
		c->drawn = userspace_scenario.draw_burst(parts_engine, task);
		ck_assert(c->drawn);
		ck_assert_uint_eq(t()->draws, 8);
		ck_assert_uint_ge(task_due(t()), 500);
		parts_engine->now_ns += late ? 101 : 100;
		ask((struct request){ .verb = ACT_YIELD });
		ck_assert_uint_eq(t()->fresh, !late);
		ck_assert_uint_eq(t()->draws, late ? 8 : 7);
		ck_assert_uint_eq(task_due(t()) > 0, late);
		ck_assert(!userspace_scenario.draw_burst(parts_engine, task)); /* it is asked */
		ck_assert_int_eq(userspace_scenario.next(parts_engine, task), ADVANCE_RUNS);
	}
}

TEST(a_child_that_will_not_be_has_the_name_of_its_parent)
{
	const struct request request = { .verb = ACT_FAILED_FORK, .unit = t()->unit + 1 };

	workload_ask(parts_engine, task, t()->pid, &request, 12);
	ck_assert_int_eq(userspace_scenario.next(parts_engine, task), ADVANCE_RUNS);
	ck_assert_uint_eq(op_of(parts_engine, t())->unit, t()->unit);
}

TEST(it_exits_sleeps_waits_and_yields_when_asked)
{
	ask((struct request){ .verb = ACT_YIELD });
	ask((struct request){ .verb = ACT_SLEEP, .sleep_ns = 40 });
	ask((struct request){ .verb = ACT_SLEEP, .sleep_ns = SCENARIO_FOREVER });
	ask((struct request){ .verb = ACT_EXIT });
	ck_assert_int_eq(userspace_scenario.next(parts_engine, task), ADVANCE_RUNS);
	ck_assert(sim_cpu(parts_engine, 0)->resched);
	ck_assert_uint_gt(task_due(t()), 0); /* else it would not be preempted, but go on */
	ck_assert_int_eq(userspace_scenario.next(parts_engine, task), ADVANCE_LEAVES);
	ck_assert_uint_eq(t()->state, TASK_SLEEPS);
	ck_assert_uint_eq(task_due(t()), 40);
	t()->state = TASK_RUNS;
	ck_assert_int_eq(userspace_scenario.next(parts_engine, task), ADVANCE_LEAVES);
	ck_assert_uint_eq(t()->state, TASK_WAITS);
	t()->state = TASK_RUNS;
	ck_assert_int_eq(userspace_scenario.next(parts_engine, task), ADVANCE_RUNS);
	ck_assert_uint_eq(t()->op, OP_EXIT);
	ck_assert(!t()->asked);
}

TEST(who_is_to_leave_its_team_exits_before_all_that_it_was_asked)
{
	ask((struct request){ .verb = ACT_EXEC });
	t()->leaves = 1;
	userspace_scenario.next(parts_engine, task);
	ck_assert_uint_eq(t()->op, OP_EXIT);
	ck_assert(t()->asked);
}

TEST(one_that_sleeps_is_woken_for_what_it_is_asked_and_one_in_the_kernel_is_not)
{
	uint32_t other = parts_task();
	const struct request request = { .verb = ACT_EXIT };

	workload_ask(parts_engine, other, sim_task(parts_engine, other)->pid, &request, 1);
	ck_assert_uint_eq(sim_task(parts_engine, other)->state, TASK_SLEEPS);
	ck_assert_uint_eq(
		task_due(sim_task(parts_engine, other)), parts_engine->scenario->costs.wakeup_ns);
	other = parts_task();
	sim_task(parts_engine, other)->stage = STAGE_RETURN;
	workload_ask(parts_engine, other, sim_task(parts_engine, other)->pid, &request, 1);
	ck_assert_uint_eq(sim_task(parts_engine, other)->state, TASK_WAITS);
	ck_assert(sim_task(parts_engine, other)->asked);
}

/* In each: why the task is not there any more. */

static void another_pid(void)
{
	t()->pid++;
}

static void free_place(void)
{
	t()->state = TASK_FREE;
}

static void dying(void)
{
	t()->state = TASK_DIES;
}

static void exiting(void)
{
	t()->op = OP_EXIT;
}

static void leaving(void)
{
	t()->leaves = 1;
}

static void never_there(void)
{
	task = TASK_NONE;
}

static void (*const gones[])(
	void) = { another_pid, free_place, dying, exiting, leaving, never_there };

TEST_ROWS(who_is_not_there_or_on_its_way_out_cannot_be_asked, gones)
{
	const struct request request = { .verb = ACT_EXIT };
	uint32_t pid = t()->pid;

	ck_assert(workload_is_alive(parts_engine, task, pid));
	gones[_i]();
	ck_assert(!workload_is_alive(parts_engine, task, pid));
	workload_ask(parts_engine, task, pid, &request, 12);
	ck_assert_ptr_nonnull(parts_engine->end.input_error);
	ck_assert(g_str_has_prefix(parts_engine->end.input_error->str, "12: "));
	ck_assert(parts_engine->end.ended);
	ck_assert_str_eq(parts_engine->end.why, "bad action");
}

TEST(the_first_of_several_faults_is_kept)
{
	workload_fail(parts_engine, 3, "one");
	workload_fail(parts_engine, 4, "two");
	ck_assert_str_eq(parts_engine->end.input_error->str, "3: one");
}

static const struct {
	uint64_t scenario;
	uint32_t loops;
} loops[] = { { 0, 0 }, { 5, 5 }, { SCENARIO_FOREVER, LOOPS_FOREVER },
	{ UINT64_C(1) << 40,
		LOOPS_FOREVER - 1 } }; /* as many as can be counted, but not for ever */

TEST_ROWS(a_task_has_the_loops_of_its_unit, loops)
{
	struct behaviour behaviour = { .loops = loops[_i].scenario };

	unit_of(parts_engine, t())->behaviour = &behaviour;
	behave_begin(parts_engine, task);
	ck_assert_uint_eq(extra_of(parts_engine, t())->loops, loops[_i].loops);
}

/* The task, leader of a team of @kind, has forked; returns the child, a member. */
static uint32_t member_of(enum team_kind kind, uint32_t *index)
{
	uint32_t child = parts_task();

	*index = teams_new(&parts_engine->teams, kind, task);
	teams_at(&parts_engine->teams, *index)->threads =
		g_array_new(FALSE, FALSE, sizeof(uint32_t));
	teams_at(&parts_engine->teams, *index)->threads_max = 1;
	tasks_extra(&parts_engine->tasks, sim_task(parts_engine, child))->team = *index;
	tasks_extra(&parts_engine->tasks, t())->op_index =
		ops_new(&parts_engine->ops, &(struct op){ .child = child, .number = INDEX_NONE });
	userspace_scenario.forked(parts_engine, task, child);
	return child;
}

TEST(a_first_task_knows_its_threads_until_they_go)
{
	uint32_t index, child = member_of(TEAM_MAIN, &index);
	const struct team *team = teams_at(&parts_engine->teams, index);

	ck_assert_uint_eq(team->refs, 2);
	ck_assert_uint_eq(team->threads->len, 1);
	ck_assert_uint_eq(g_array_index(team->threads, uint32_t, 0), child);
	userspace_scenario.gone(parts_engine, child);
	ck_assert_uint_eq(team->refs, 1);
	ck_assert_uint_eq(team->threads->len, 0);
	ck_assert_uint_eq(extra_of(parts_engine, sim_task(parts_engine, child))->team, INDEX_NONE);
	userspace_scenario.gone(parts_engine, child); /* of no team: nothing */
	ck_assert_uint_eq(team->refs, 1);
}

TEST(the_leader_wakes_up_when_the_last_that_was_asked_to_leave_is_gone)
{
	uint32_t index, child = member_of(TEAM_MAIN, &index);
	struct team *team = teams_at(&parts_engine->teams, index);

	team->leaving = 1;
	sim_task(parts_engine, child)->leaves = 1;
	t()->state = TASK_WAITS;
	userspace_scenario.gone(parts_engine, child);
	ck_assert_uint_eq(t()->state, TASK_SLEEPS);
	ck_assert_uint_eq(team->leaving, 0);
}

TEST(a_pool_counts_who_was_made_and_who_is_gone_and_wakes_its_leader_at_the_last)
{
	uint32_t index, child = member_of(TEAM_POOL, &index);
	const struct team *team = teams_at(&parts_engine->teams, index);

	ck_assert_uint_eq(team->made, 1);
	t()->state = TASK_WAITS;
	userspace_scenario.gone(parts_engine, child);
	ck_assert_uint_eq(team->gone, 1);
	ck_assert_uint_eq(t()->state, TASK_SLEEPS);
}

TEST(a_team_whose_leader_goes_stays_for_its_members)
{
	uint32_t index, child = member_of(TEAM_MAIN, &index);

	tasks_extra(&parts_engine->tasks, t())->team = index;
	userspace_scenario.gone(parts_engine, task);
	ck_assert_uint_eq(teams_at(&parts_engine->teams, index)->leader, TASK_NONE);
	ck_assert_uint_eq(teams_at(&parts_engine->teams, index)->refs, 1);
	userspace_scenario.gone(parts_engine, child);
	ck_assert_uint_eq(teams_at(&parts_engine->teams, index)->refs, 0);
}

TEST_SIGNAL(a_child_that_runs_already_was_not_just_forked, SIGABRT)
{
	userspace_scenario.forked(parts_engine, task, parts_task_awake());
}

TEST_SIGNAL(a_parent_that_does_not_wait_is_not_let_go, SIGABRT)
{
	uint32_t child = parts_task();

	tasks_extra(&parts_engine->tasks, sim_task(parts_engine, child))->team =
		teams_new(&parts_engine->teams, TEAM_VFORK, task);
	userspace_scenario.vfork_done(parts_engine, child);
}
