/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <stdlib.h>

#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/switch.h"
#include "model/walk.h"
#include "sim/record/recorder.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/* A recorder next to a model of two CPUs with one mm, stepped by hand. */
struct bench {
	struct scenario *scenario;
	struct model *model;
	struct recorder *recorder;
};

static uint32_t pid_of(void *context, uint32_t task)
{
	(void)context;
	return 100 + task;
}

static struct bench *begin(void)
{
	struct model_config config = { .protocol = revision_current()->protocol,
		.cpus_count = 2,
		.nr_cpu_ids = 2,
		.tasks_count = 4,
		.mms_count = 1,
		.extents_count = 1 };
	struct bench *b = g_new0(struct bench, 1);

	b->scenario = sim_parse("[machine]\ncpus = 2\n[mm app]\n");
	b->model = model_init(calloc(1, model_size(&config)), &config);
	b->recorder = recorder_new(b->scenario, NULL, 1, pid_of, NULL);
	mm_create(b->model, 0, NULL);
	recorder_mm_begin(
		b->recorder, b->model, 0, recorder_add_account(b->recorder, g_strdup("app"), 0, 0));
	return b;
}

/* @parent on CPU 0 forks @child, at @time_ns. */
static void fork_at(struct bench *b, uint64_t time_ns, uint32_t parent, uint32_t child)
{
	b->recorder->now_ns = time_ns;
	task_create(b->model, child, 0, 0, 0);
	task_show(b->model, child);
	model_cpu(b->model, 0)->curr = parent;
	fork_begin(b->model, 0, parent, child, recorder_observer(b->recorder, 0));
	recorder_mm_update(b->recorder, b->model, 0);
}

static void exit_at(struct bench *b, uint64_t time_ns, uint32_t task)
{
	b->recorder->now_ns = time_ns;
	exit_begin(b->model, 0, task, recorder_observer(b->recorder, 0));
	recorder_mm_update(b->recorder, b->model, 0);
}

static void walk_at(struct bench *b, uint64_t time_ns)
{
	b->recorder->now_ns = time_ns;
	walk_step(b->model, 0, recorder_observer(b->recorder, 0));
	recorder_mm_update(b->recorder, b->model, 0);
}

static struct record_result *end_at(struct bench *b, uint64_t time_ns)
{
	b->recorder->now_ns = time_ns;
	return recorder_finish(b->recorder, b->model);
}

static void done(struct bench *b, struct record_result *result)
{
	record_result_free(result);
	recorder_free(b->recorder);
	free(b->model);
	scenario_free(b->scenario);
	g_free(b);
}

/* 1 user for 100 ns, 2 for 200 ns, 1 for 100 ns: 600 / 400 = 1.5. No users before 50 ns. */
TEST(means_are_weighted_by_time_with_users)
{
	struct bench *b = begin();
	struct record_result *result;
	const struct record_account *account;

	fork_at(b, 50, 0, 0);
	fork_at(b, 150, 0, 1);
	exit_at(b, 350, 1);
	result = end_at(b, 450);
	account = result->accounts->pdata[0];
	ck_assert_uint_eq(account->lived_ns, 400);
	ck_assert_uint_eq(record_gauge_mean_milli(&account->taken, account->lived_ns), 1500);
	ck_assert_uint_eq(record_gauge_mean_milli(&account->span, account->lived_ns), 1500);
	ck_assert_uint_eq(record_gauge_mean_milli(&account->optimum, account->lived_ns), 1500);
	ck_assert_uint_eq(account->taken.max, 2);
	ck_assert_uint_eq(account->users_max, 2);
	ck_assert_uint_eq(account->allowed_to_stay, 2); /* with one CPU the second user flips */
	ck_assert_uint_eq(account->percpu.sum_low, 0);
	ck_assert_uint_eq(result->end_ns, 450);
	done(b, result);
}

/* The third user of two CPUs flips at 100 ns; two steps, the initiator off its CPU in between. */
TEST(a_window_has_its_length_steps_and_the_time_its_initiator_was_off_its_cpu)
{
	struct bench *b = begin();
	struct record_result *result;
	const struct record_account *account;
	const struct record_window *window;

	fork_at(b, 0, 0, 0);
	fork_at(b, 0, 0, 1);
	fork_at(b, 100, 0, 2);
	walk_at(b, 130);
	b->recorder->now_ns = 140;
	recorder_initiator_out(b->recorder, 0);
	b->recorder->now_ns = 190;
	recorder_initiator_in(b->recorder, 0);
	walk_at(b, 200);
	recorder_spun(b->recorder, 0, 25);
	b->recorder->now_ns = 230;
	window_complete(b->model, 0, recorder_observer(b->recorder, 0));
	recorder_mm_update(b->recorder, b->model, 0);
	result = end_at(b, 500);
	account = result->accounts->pdata[0];
	ck_assert_uint_eq(result->windows->len, 1);
	window = &g_array_index(result->windows, struct record_window, 0);
	ck_assert_uint_eq(window->opened.time_ns, 100);
	ck_assert_uint_eq(window->opened.users, 3);
	ck_assert_uint_eq(window->opened.pid, 100);
	ck_assert_uint_eq(window->close_ns, 230);
	ck_assert_uint_eq(window->steps, 2);
	ck_assert_uint_eq(window->dropped, 1);
	ck_assert_uint_eq(window->preempted_ns, 50);
	ck_assert_uint_eq(window->spin_ns, 25);
	ck_assert_uint_eq(account->windows.max, 130);
	ck_assert_uint_eq(account->transit.sum_low, 130);
	ck_assert_uint_eq(account->percpu.sum_low, 400);
	ck_assert_uint_eq(account->enter_users.min, 3);
	ck_assert_uint_eq(account->formula_enter, 3);
	ck_assert_uint_eq(account->windows_open, 0);
	done(b, result);
}

TEST(a_window_that_the_end_of_the_run_cuts_off_is_counted_as_open)
{
	struct bench *b = begin();
	struct record_result *result;
	const struct record_account *account;

	fork_at(b, 0, 0, 0);
	fork_at(b, 0, 0, 1);
	fork_at(b, 100, 0, 2);
	result = end_at(b, 300);
	account = result->accounts->pdata[0];
	ck_assert_uint_eq(account->windows_open, 1);
	ck_assert_uint_eq(account->windows.count, 0);
	ck_assert_uint_eq(account->transit.sum_low, 200);
	done(b, result);
}

static void on_sample(void *context, const struct record_sample *sample)
{
	g_string_append_printf(
		context, "%" G_GUINT64_FORMAT ":%u ", sample->time_ns, sample->users);
}

TEST(an_mm_that_begins_with_users_has_a_sample_at_once)
{
	struct bench *b = begin();
	GString *samples = g_string_new(NULL);
	const struct record_sink sink = { .context = samples, .sample = on_sample };
	struct record_result *result;

	fork_at(b, 50, 0, 0);
	fork_at(b, 50, 0, 1);
	b->recorder->now_ns = 70;
	b->recorder->sink = &sink;
	recorder_mm_begin(b->recorder, b->model, 0, 0);
	exit_at(b, 90, 1);
	result = end_at(b, 100);
	ck_assert_str_eq(samples->str, "70:2 90:1 ");
	g_string_free(samples, TRUE);
	done(b, result);
}

TEST(only_the_first_violations_are_kept_but_all_are_counted)
{
	struct bench *b = begin();
	struct record_result *result;

	for (int i = 0; i < 30; i++)
		recorder_violation(b->recorder, "I1", 0, g_strdup("text"));
	result = end_at(b, 0);
	ck_assert_uint_eq(result->violations_count, 30);
	ck_assert_uint_eq(result->violations->len, 20);
	done(b, result);
}

TEST_SIGNAL(a_run_is_finished_once, SIGABRT)
{
	struct bench *b = begin();

	end_at(b, 100);
	end_at(b, 200);
}

TEST_SIGNAL(an_mm_that_has_ended_has_no_account, SIGABRT)
{
	struct bench *b = begin();

	recorder_mm_end(b->recorder, b->model, 0);
	recorder_spun(b->recorder, 0, 0);
}

TEST_SIGNAL(an_mm_ends_once, SIGABRT)
{
	struct bench *b = begin();

	recorder_mm_end(b->recorder, b->model, 0);
	recorder_mm_end(b->recorder, b->model, 0);
}

TEST_SIGNAL(no_spin_began_before_the_run, SIGABRT)
{
	struct bench *b = begin();

	b->recorder->now_ns = 4;
	recorder_spun(b->recorder, 0, 5);
}

/* In each: an account whose numbers contradict each other. */

static void flips_without_users(struct record_account *account)
{
	account->to_percpu++;
}

static void users_without_flips(struct record_account *account)
{
	record_range_add(&account->leave_users, 1);
}

static void windows_without_flips(struct record_account *account)
{
	record_histogram_add(&account->windows, 7);
}

static void longest_window_beyond_the_sum(struct record_account *account)
{
	account->windows.max = 1;
}

static void more_taken_than_the_span(struct record_account *account)
{
	account->taken.max = account->span.max + 1;
}

static void longer_per_cpu_than_it_lived(struct record_account *account)
{
	account->percpu.sum_low = 101; /* it lives for 100 */
}

static void longer_in_windows_than_it_lived(struct record_account *account)
{
	account->transit.sum_low = 101;
}

static void more_on_the_fast_path_than_switches(struct record_account *account)
{
	account->observer.count[OBSERVE_FAST_PATH]++;
}

static void more_moved_than_visited(struct record_account *account)
{
	account->observer.count[OBSERVE_WALK_MOVED]++;
}

static void gave_up_without_a_spin(struct record_account *account)
{
	account->gave_up++;
}

static void (*const spoilers[])(struct record_account *) = { flips_without_users,
	users_without_flips, windows_without_flips, longest_window_beyond_the_sum,
	more_taken_than_the_span, longer_per_cpu_than_it_lived, longer_in_windows_than_it_lived,
	more_on_the_fast_path_than_switches, more_moved_than_visited, gave_up_without_a_spin };

TEST_SIGNAL_ROWS(numbers_that_contradict_each_other_do_not_leave_the_recorder, spoilers, SIGABRT)
{
	struct bench *b = begin();

	fork_at(b, 0, 0, 0);
	spoilers[_i](recorder_account(b->recorder, 0));
	end_at(b, 100);
}
