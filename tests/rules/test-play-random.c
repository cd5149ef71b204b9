/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Played steps at random: what the model lists is taken, nonsense is refused. */

#include <stdlib.h>

#include "sim/play/play.h"
#include "tests/lib/machines.h"
#include "tests/lib/play-text.h"
#include "tests/lib/suite.h"

enum { WALKS = 40, STEPS = 80, NONSENSE = 3000 };

SUITE(.timeout = 120);

/* A scenario of random steps that can be taken. */
static char *random_scenario(struct prng *prng, const char *revision, bool weak)
{
	struct machine_config config = machines_busy_config(revision, 3, 3, 6);
	struct machine machine;
	GString *text = g_string_new(NULL);

	config.weak = weak;
	config.group[2] = 1;
	g_string_printf(text,
		"[machine]\ncpus = 3\n[protocol]\nrevision = %s\n[explore]\ntasks = 2+1\n"
		"tasks-max = 6\nforks = 3\nclone-vms = 3\nvforks = 3\nexits = 3\nexecs = 3\n"
		"failed-execs = 3\nmemory = %s\n[steps]\n",
		revision, weak ? "weak" : "strong");
	machine_start(&machine, &config);
	for (unsigned n = 1; n <= STEPS; n++) {
		struct explore_step step;
		char buffer[STEP_TEXT_MAX];

		if (!machines_take_random(&machine, &config, prng, &step))
			break;
		step_print(&step, buffer);
		g_string_append_printf(text, "%u = %s\n", n, buffer);
	}
	return g_string_free(text, FALSE);
}

static void assert_consistent(const struct play_text *played)
{
	const struct record_result *result = played->result;
	uint64_t steps = played->scenario->steps_count;

	ck_assert_uint_eq(result->events, steps);
	ck_assert_uint_eq(result->end_ns, (steps + 1) * PLAY_STEP_NS);
	ck_assert_uint_le(play_text_account(played)->lived_ns, result->end_ns);
	ck_assert_uint_le(result->idle_ns, 3 * result->end_ns);
	ck_assert_uint_le(result->exits + result->execs, result->forks + 3 + 3);
	ck_assert_uint_le(play_text_account(played)->span.max, 3);
	ck_assert_uint_eq(play_text_account(played)->to_percpu + play_text_account(played)->to_task,
		play_text_account(played)->windows.count + play_text_account(played)->windows_open);
}

/* What is listed is taken, in revisions with whatever flags, and twice the same. */
TEST_RANGE(random_steps_play, 0, 7)
{
	static const char *const revisions[] = { "v1", "v3", "v3", "6.19", "7.0-vfork", "7.1",
		"bounded-get" };
	struct prng prng = { .key = prng_key(1, (uint64_t)_i) };

	for (int i = 0; i < WALKS; i++) {
		char *text = random_scenario(&prng, revisions[_i], _i == 2);
		struct play_text played = play_text_run(text), again = play_text_run(text);

		if (played.result->input_error)
			ck_abort_msg("%s in\n%s", played.result->input_error, text);
		assert_consistent(&played);
		ck_assert_uint_eq(played.result->digest, again.result->digest);
		ck_assert_str_eq(played.log->str, again.log->str);
		play_text_free(&played);
		play_text_free(&again);
		g_free(text);
	}
}

static void random_step(struct prng *prng, struct explore_step *step)
{
	char buffer[STEP_TEXT_MAX];
	char *message;

	*step = (struct explore_step){
		.verb = (uint8_t)prng_below(prng, VERB_COUNT),
		.cpu = (uint8_t)prng_below(prng, 2),
		.task = (uint8_t)prng_below(prng, 4),
		.child = (uint8_t)prng_below(prng, 4),
		.sees = prng_below(prng, 3) == 0 ? (uint8_t)prng_below(prng, 4) : SEES_PRESENT,
	};
	if (prng_below(prng, 2) == 0 && step->verb == VERB_WALK)
		step->cpu = step->task = UINT8_MAX;
	step_print(step, buffer);
	message = step_read(buffer, 2, 4, step);
	ck_assert_msg(message == NULL, "'%s': %s", buffer, message);
}

/* Whatever the steps, they are taken or refused. Those that are refused go, so that it gets far. */
TEST_RANGE(nonsense_is_refused, 0, 20)
{
	static const char *const revisions[] = { "v3", "7.1" };
	char *head = g_strdup_printf(
		"[machine]\ncpus=2\n[protocol]\nrevision=%s\n[explore]\ntasks-max=4\nforks=9\n"
		"clone-vms=9\nvforks=9\nexits=3\nexecs=2\nfailed-execs=9\nallowed=0\n"
		"affinities=2\nmemory=weak\n[steps]\n",
		revisions[_i % 2]);
	struct prng prng = { .key = prng_key(2, (uint64_t)_i) };
	struct scenario *scenario = sim_parse(head);
	unsigned taken = 0, refused = 0;

	scenario->steps = g_new0(struct scenario_step, NONSENSE);
	for (int i = 0; i < NONSENSE && taken < 200; i++) {
		struct play *play;
		struct record_result *result;

		random_step(&prng, &scenario->steps[taken].step);
		scenario->steps_count = taken + 1;
		play = play_new(scenario);
		result = play_run(play);
		taken += !result->input_error;
		refused += result->input_error != NULL;
		record_result_free(result);
		play_free(play);
	}
	ck_assert_uint_gt(taken, 4);
	ck_assert_uint_gt(refused, 50);
	scenario_free(scenario);
	g_free(head);
}
