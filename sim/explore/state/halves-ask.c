/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/halves-private.h"

#include "model/check.h"

/* Answers by the model. */

/* The kind of question that is posed for @verb; -1: none is. */
static int kind_of(enum step_verb verb)
{
	switch (verb) {
	case VERB_LEAVE:
		return ASK_LEAVE;
	case VERB_ENTER:
		return ASK_ENTER;
	case VERB_RETRY:
		return ASK_RETRY;
	case VERB_GIVE_UP:
		return ASK_GIVE_UP;
	case VERB_MIGRATE:
		return ASK_MIGRATE;
	case VERB_FORK:
		return ASK_FORK;
	case VERB_EXIT:
		return ASK_EXIT;
	default:
		return -1;
	}
}

/* The question of the view that @step, of kind @kind, is an answer to. */
static struct question *question_of(
	struct halves *halves, const struct explore_step *step, enum question_kind kind)
{
	for (unsigned i = halves->view->first; i < halves->view->end; i++) {
		struct question *question = &halves->questions[i];
		unsigned task = step->task == STEP_TASK_NONE ? NO_TASK : step->task;
		bool same_cpu = kind >= ASK_FORK || question->cpu == step->cpu;
		bool same_task = kind < ASK_ENTER || question->task == task;

		if (question->kind == kind && same_cpu && same_task)
			return question;
	}
	g_error("no question is posed for a step: a defect of cidsim");
}

static bool is_missing(void *context, const struct explore_step *step)
{
	struct halves *halves = context;
	int kind = kind_of((enum step_verb)step->verb);

	if (kind < 0 || (kind >= ASK_FORK && halves->view->asks_rare))
		return false;
	return question_of(halves, step, (enum question_kind)kind)->answer == 0;
}

/* Does @next, by a step of the view in which the fields of the CPU of @question and of its task
 * become @cpu and @task, break nothing, in each state in which the question is posed? As for what
 * is cut sorted, see local.h. */
static bool breaks_nothing(const struct halves *halves, const struct question *question,
	uint32_t cpu, uint32_t task, const struct machine *next)
{
	const struct half_view *view = halves->view;
	unsigned phase = cpu & pack_mask(PACK_PHASE_BITS);

	if (!halves->local->judges || !(view->id & PARTS_JUDGED) || !view->all_hold ||
		view->left->spins || view->users == 0 || phase >= PHASE_SPINS)
		return false;
	/* A task that sits in a queue runs nowhere else: who runs now is the task in question. */
	if (question->kind != ASK_MIGRATE && phase == PHASE_RUNS &&
		!parts_holds(halves->layout, cpu, task))
		return false;
	return machine_check(next) == 0;
}

/* Take the field of @bits at @at out of @words. Returns it as an edit. */
static struct half_edit take_edit(uint64_t *words, unsigned at, unsigned bits)
{
	struct half_edit edit = halves_edit_of(at, bits, pack_get(words, at, bits));

	halves_edit(words, edit);
	return edit;
}

/* What @step has changed, by the packed state @key after it. HALF_EVERYWHERE: more than it may. */
static uint32_t answer_of(struct halves *halves, const struct question *question,
	const struct explore_step *step, const struct machine *next, const uint32_t *key)
{
	const struct pack_layout *layout = halves->layout;
	const struct half_view *view = halves->view;
	unsigned cpu_at = layout->cpus_at + question->cpu * layout->cpu_field_bits;
	unsigned task_bits = layout->task_field_bits, task = question->task;
	struct half_answer answer = { .verb = step->verb, .renames = question->kind >= ASK_FORK };
	uint64_t left[DICTIONARY_WORDS_MAX + 1], right[DICTIONARY_WORDS_MAX + 1], after, rest = 0;
	uint32_t cpu_field, task_field = 0;
	struct parts_cut cut;

	parts_cut_begin(halves->local->parts, key, &cut);
	memcpy(left, view->left->words, halves_words(halves, PART_LEFT) * sizeof(*left));
	memcpy(right, view->tasks, halves_words(halves, PART_RIGHT) * sizeof(*right));
	if (answer.renames) {
		halves_rename(layout, view, halves_move(view, question), left, right);
		task = halves_renamed(halves_move(view, question), task);
	}
	for (unsigned i = 0; i < halves_words(halves, PART_LEFT); i++)
		left[i] ^= cut.left[i];
	for (unsigned i = 0; i < halves_words(halves, PART_RIGHT); i++)
		right[i] ^= cut.right[i];
	cpu_field = (uint32_t)pack_get(cut.left, cpu_at, layout->cpu_field_bits);
	answer.cpu = take_edit(left, cpu_at, layout->cpu_field_bits);
	answer.mm = take_edit(left, 0, layout->cpus_at).differ[0];
	if (task != NO_TASK) {
		task_field = (uint32_t)pack_get(cut.right, task * task_bits, task_bits);
		answer.task = take_edit(right, task * task_bits, task_bits);
	}
	if (question->kind == ASK_FORK)
		answer.child = take_edit(right, 0, task_bits);
	for (unsigned i = 0; i < halves_words(halves, PART_LEFT); i++)
		rest |= left[i];
	for (unsigned i = 0; i < halves_words(halves, PART_RIGHT); i++)
		rest |= right[i];
	if (rest)
		return HALF_EVERYWHERE;
	answer.left = answer.mm || answer.cpu.differ[0] || answer.cpu.differ[1];
	answer.right = answer.task.differ[0] || answer.task.differ[1];
	after = view->left->mm ^ answer.mm;
	answer.judged = pack_keeps_order(view->left->mm, after) &&
	                breaks_nothing(halves, question, cpu_field, task_field, next);
	g_array_append_val(halves->answers, answer);
	return halves->answers->len - 1;
}

static void on_missing(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct halves *halves = context;
	struct question *question =
		question_of(halves, step, (enum question_kind)kind_of((enum step_verb)step->verb));

	question->answer = answer_of(halves, question, step, next, key);
}

void halves_fill(struct halves *halves, struct half_view *view)
{
	bool missing[MACHINE_STEPS_MAX] = { false };

	halves->view = view;
	for (unsigned i = view->first; i < view->end; i++)
		missing[i - view->first] = halves->questions[i].answer == 0;
	local_machine(halves->local, view->id);
	expander_some_steps(&halves->local->expander, is_missing, on_missing, halves);
	for (unsigned i = view->first; i < view->end; i++) {
		struct question *question = &halves->questions[i];

		if (!missing[i - view->first])
			continue;
		if (question->answer == 0)
			question->answer = HALF_NONE;
		halves_keep(halves, question);
	}
	if (halves_find(halves, view) > 0)
		g_assert_not_reached();
}
