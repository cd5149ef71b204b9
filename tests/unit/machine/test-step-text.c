/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "model/state.h"
#include "sim/base/prng.h"
#include "sim/machine/step-text.h"
#include "tests/lib/suite.h"

enum { CPUS = 4, TASKS = 6, STEPS = 20000, MUTATIONS = 20000, NONE = UINT8_MAX };

static const struct {
	const char *text;
	struct explore_step step;
} samples[] = {
	{ "out 1", { VERB_OUT, 1, NONE, NONE, SEES_PRESENT, 0 } },
	{ "out 1 sees cpu+t", { VERB_OUT, 1, NONE, NONE, MODE_PER_CPU | MODE_TRANSIT, 0 } },
	{ "in 1 T2", { VERB_IN, 1, 2, NONE, SEES_PRESENT, 0 } },
	{ "in 3 T0 sees task", { VERB_IN, 3, 0, NONE, 0, 0 } },
	{ "leave 2", { VERB_LEAVE, 2, NONE, NONE, SEES_PRESENT, 0 } },
	{ "leave 2 sees cpu", { VERB_LEAVE, 2, NONE, NONE, MODE_PER_CPU, 0 } },
	{ "enter 0 T5", { VERB_ENTER, 0, 5, NONE, SEES_PRESENT, 0 } },
	{ "enter 0 T5 sees task+t", { VERB_ENTER, 0, 5, NONE, MODE_TRANSIT, 0 } },
	{ "enter 0 idle", { VERB_ENTER, 0, NONE, NONE, SEES_PRESENT, 0 } },
	{ "retry 3", { VERB_RETRY, 3, NONE, NONE, SEES_PRESENT, 0 } },
	{ "give-up 3", { VERB_GIVE_UP, 3, NONE, NONE, SEES_PRESENT, 0 } },
	{ "migrate T2 3", { VERB_MIGRATE, 3, 2, NONE, SEES_PRESENT, 0 } },
	{ "fork T0 T3", { VERB_FORK, NONE, 0, 3, SEES_PRESENT, 0 } },
	{ "clone-vm T0 T3", { VERB_CLONE_VM, NONE, 0, 3, SEES_PRESENT, 0 } },
	{ "vfork T0 T3", { VERB_VFORK, NONE, 0, 3, SEES_PRESENT, 0 } },
	{ "show T0", { VERB_SHOW, NONE, 0, NONE, SEES_PRESENT, 0 } },
	{ "walk", { VERB_WALK, NONE, NONE, NONE, SEES_PRESENT, 0 } },
	{ "walk 2", { VERB_WALK, 2, NONE, NONE, SEES_PRESENT, 0 } },
	{ "walk T2", { VERB_WALK, NONE, 2, NONE, SEES_PRESENT, 0 } },
	{ "complete", { VERB_COMPLETE, NONE, NONE, NONE, SEES_PRESENT, 0 } },
	{ "fork-retry", { VERB_FORK_RETRY, NONE, NONE, NONE, SEES_PRESENT, 0 } },
	{ "fork-give-up", { VERB_FORK_GIVE_UP, NONE, NONE, NONE, SEES_PRESENT, 0 } },
	{ "exit T1", { VERB_EXIT, NONE, 1, NONE, SEES_PRESENT, 0 } },
	{ "exec T1", { VERB_EXEC, NONE, 1, NONE, SEES_PRESENT, 0 } },
	{ "failed-exec T1", { VERB_FAILED_EXEC, NONE, 1, NONE, SEES_PRESENT, 0 } },
	{ "exec-end T1", { VERB_EXEC_END, NONE, 1, NONE, SEES_PRESENT, 0 } },
	{ "affinity T1", { VERB_AFFINITY, NONE, 1, NONE, SEES_PRESENT, 0 } },
	{ "work", { VERB_WORK, NONE, NONE, NONE, SEES_PRESENT, 0 } },
};

static void assert_same(
	const struct explore_step *a, const struct explore_step *b, const char *text)
{
	ck_assert_msg(a->verb == b->verb && a->cpu == b->cpu && a->task == b->task &&
			      a->child == b->child && a->sees == b->sees && a->stuck == b->stuck,
		"'%s': verb %u %u, cpu %u %u, task %u %u, child %u %u, sees %u %u, stuck %u %u",
		text, a->verb, b->verb, a->cpu, b->cpu, a->task, b->task, a->child, b->child,
		a->sees, b->sees, a->stuck, b->stuck);
}

static struct explore_step must_read(const char *text)
{
	struct explore_step step;
	char *message;

	memset(&step, 0x5a, sizeof(step));
	message = step_read(text, CPUS, TASKS, &step);
	ck_assert_msg(message == NULL, "'%s': %s", text, message);
	return step;
}

TEST_ROWS(each_verb_is_read_and_printed, samples)
{
	struct explore_step step = must_read(samples[_i].text);
	char buffer[STEP_TEXT_MAX];

	assert_same(&step, &samples[_i].step, samples[_i].text);
	step_print(&samples[_i].step, buffer);
	ck_assert_str_eq(buffer, samples[_i].text);
}

TEST(every_verb_has_a_sample)
{
	bool seen[VERB_COUNT] = { false };

	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
		seen[samples[i].step.verb] = true;
	for (int verb = 0; verb < VERB_COUNT; verb++)
		ck_assert_msg(seen[verb], "%s", step_verb_to_string((enum step_verb)verb));
}

/* A step like @sample with other numbers: what the verb has not, stays away. */
static struct explore_step vary(struct prng *prng, const struct explore_step *sample)
{
	struct explore_step step = *sample;

	if (step.cpu != STEP_CPU_NONE)
		step.cpu = (uint8_t)prng_below(prng, STEP_CPU_NONE);
	if (step.task != STEP_TASK_NONE)
		step.task = (uint8_t)prng_below(prng, STEP_TASK_NONE);
	if (step.child != STEP_TASK_NONE)
		step.child = (uint8_t)prng_below(prng, STEP_TASK_NONE);
	if (step.sees != SEES_PRESENT)
		step.sees = (uint8_t)prng_below(prng, 4);
	return step;
}

TEST(what_is_printed_is_read_again)
{
	struct prng prng = { .key = prng_key(7, 0) };

	for (int i = 0; i < STEPS; i++) {
		size_t sample = prng_below(&prng, G_N_ELEMENTS(samples));
		struct explore_step step = vary(&prng, &samples[sample].step), read;
		char buffer[STEP_TEXT_MAX];
		char *message;

		step_print(&step, buffer);
		message = step_read(buffer, STEP_CPU_NONE, STEP_TASK_NONE, &read);
		ck_assert_msg(message == NULL, "'%s': %s", buffer, message);
		assert_same(&read, &step, buffer);
	}
}

TEST(who_is_stuck_is_not_written)
{
	struct explore_step step = { VERB_IN, 1, 2, NONE, SEES_PRESENT, 0x30 };
	char buffer[STEP_TEXT_MAX];

	step_print(&step, buffer);
	ck_assert_str_eq(buffer, "in 1 T2");
}

TEST(blanks_around_words_mean_nothing)
{
	struct explore_step step = must_read("  in\t1   T2  sees\t cpu ");
	const struct explore_step expected = { VERB_IN, 1, 2, NONE, MODE_PER_CPU, 0 };

	assert_same(&step, &expected, "in 1 T2 sees cpu");
}

static const struct {
	const char *text, *message;
} wrong[] = {
	{ "inn 1 T2",
		"unknown step 'inn', did you mean 'in', written like in CPU TASK [sees MODE]?" },
	{ "walc", "unknown step 'walc', did you mean 'walk', written like walk, walk CPU or walk "
		  "TASK?" },
	{ "faild-exec T1", "unknown step 'faild-exec', did you mean 'failed-exec', written like "
			   "failed-exec TASK?" },
	{ "Out 1", "unknown step 'Out', did you mean 'out', written like out CPU [sees MODE]?" },
	{ "schedule", "unknown step 'schedule', the steps are out, in, leave, enter, retry, "
		      "give-up, migrate, fork, clone-vm, vfork, show, walk, complete, fork-retry, "
		      "fork-give-up, exit, exec, failed-exec, exec-end, affinity, work" },
	{ "in 1", "'in 1' is not written like in CPU TASK [sees MODE]" },
	{ "in 1 T2 T3", "'in 1 T2 T3' is not written like in CPU TASK [sees MODE]" },
	{ "in T2 1", "'T2' is not a CPU such as 1, the step is written like in CPU TASK [sees "
		     "MODE]" },
	{ "in 1 2", "'2' is not a task such as T2, the step is written like in CPU TASK [sees "
		    "MODE]" },
	{ "in 1 idle", "'idle' is not a task such as T2, the step is written like in CPU TASK "
		       "[sees MODE]" },
	{ "enter 1", "'enter 1' is not written like enter CPU TASK or enter CPU idle [sees MODE]" },
	{ "migrate 1 T2", "'1' is not a task such as T2, the step is written like migrate TASK "
			  "CPU" },
	{ "migrate T2 -1", "'-1' is not a CPU such as 1, the step is written like migrate TASK "
			   "CPU" },
	{ "walk x", "'x' is not a CPU such as 1, the step is written like walk, walk CPU or walk "
		    "TASK" },
	{ "walk 1 T2", "'walk 1 T2' is not written like walk, walk CPU or walk TASK" },
	{ "complete 1", "'complete 1' is not written like complete" },
	{ "work T1", "'work T1' is not written like work" },
	{ "out 4", "CPU 4 is not one of the possible CPUs, the last is 3" },
	{ "out 99999999999999999999",
		"'99999999999999999999' is not a CPU such as 1, the step is written like out CPU "
		"[sees MODE]" },
	{ "exit T6", "there is no task T6, the last is T5" },
	{ "fork T0 T255", "there is no task T255, the last is T5" },
	{ "exit T", "'T' is not a task such as T2, the step is written like exit TASK" },
	{ "exit t1", "'t1' is not a task such as T2, the step is written like exit TASK" },
	{ "out 1 sees", "'out 1 sees' is not written like out CPU [sees MODE]" },
	{ "out 1 sees cpu t", "'out 1 sees cpu t' is not written like out CPU [sees MODE]" },
	{ "out 1 see cpu", "'out 1 see cpu' is not written like out CPU [sees MODE]" },
	{ "out 1 sees per-cpu",
		"'per-cpu' is not a mode to be seen, write task, task+t, cpu or cpu+t" },
	{ "exit T1 sees cpu", "'exit T1 sees cpu' is not written like exit TASK" },
	{ "walk sees cpu",
		"'sees' is not a CPU such as 1, the step is written like walk, walk CPU or walk "
		"TASK" },
};

TEST_ROWS(a_bad_step_is_refused_with_its_correct_form, wrong)
{
	struct explore_step step = { .verb = VERB_WORK };
	char *message = step_read(wrong[_i].text, CPUS, TASKS, &step);

	ck_assert_ptr_nonnull(message);
	ck_assert_str_eq(message, wrong[_i].message);
	ck_assert_int_eq(step.verb, VERB_WORK);
	g_free(message);
}

TEST(nothing_at_all_is_no_step)
{
	struct explore_step step;
	char *message = step_read(" \t", CPUS, TASKS, &step);

	ck_assert_ptr_nonnull(message);
	ck_assert(g_str_has_prefix(message, "unknown step '', the steps are out, in"));
	g_free(message);
}

/* Bytes of good steps changed at random: read or refused, and what is read is in range. */
TEST(damaged_steps_do_no_harm)
{
	struct prng prng = { .key = prng_key(11, 0) };

	for (int i = 0; i < MUTATIONS; i++) {
		char *text = g_strdup(samples[prng_below(&prng, G_N_ELEMENTS(samples))].text);
		size_t length = strlen(text);
		struct explore_step step;
		char *message;

		for (unsigned n = 0; n <= prng_below(&prng, 3); n++)
			text[prng_below(&prng, length)] = (char)(1 + prng_below(&prng, 255));
		message = step_read(text, CPUS, TASKS, &step);
		if (message == NULL) {
			ck_assert(step.cpu < CPUS || step.cpu == STEP_CPU_NONE);
			ck_assert(step.task < TASKS || step.task == STEP_TASK_NONE);
			ck_assert(step.child < TASKS || step.child == STEP_TASK_NONE);
		}
		g_free(message);
		g_free(text);
	}
}
