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
		bool names_task = kind == ASK_ENTER || kind == ASK_MIGRATE;

		if (question->kind == kind && question->cpu == step->cpu &&
			(!names_task ||
				question->task ==
					(step->task == STEP_TASK_NONE ? NO_TASK : step->task)))
			return question;
	}
	g_error("no question is posed for a step: a defect of cidsim");
}

static bool is_missing(void *context, const struct explore_step *step)
{
	struct halves *halves = context;
	int kind = kind_of((enum step_verb)step->verb);

	return kind >= 0 && question_of(halves, step, (enum question_kind)kind)->answer == 0;
}

/* Put the @bits at @at of a half, which are @field, into the words of @edit. */
static struct half_edit edit_of(unsigned at, unsigned bits, uint64_t field)
{
	unsigned shift = at % 64;

	return (struct half_edit){
		.differ = { field << shift, shift + bits > 64 ? field >> (64 - shift) : 0 },
		.word = (uint8_t)(at / 64),
	};
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

/* What @step has changed, by the packed state @key after it. HALF_EVERYWHERE: more than it may. */
static uint32_t answer_of(struct halves *halves, const struct question *question,
	const struct explore_step *step, const struct machine *next, const uint32_t *key)
{
	const struct pack_layout *layout = halves->layout;
	const uint64_t *before = halves->local->expander.contents.key;
	const unsigned words = (layout->words + 1) / 2, task_bits = layout->task_field_bits;
	unsigned cpu_at = layout->cpus_at + question->cpu * layout->cpu_field_bits;
	unsigned task_at = question->task == NO_TASK ? 0 : question->task * task_bits;
	uint64_t after[PACK_WORDS_MAX / 2 + 1] = { 0 }, mm, cpu, task = 0, rest = 0;
	struct half_answer answer = { .verb = step->verb };

	pack_words(layout, key, after);
	mm = pack_get(after, 0, layout->mm_bits) ^ pack_get(before, 0, layout->mm_bits);
	cpu = pack_get(after, cpu_at, layout->cpu_field_bits) ^
	      pack_get(before, cpu_at, layout->cpu_field_bits);
	if (question->task != NO_TASK)
		task = pack_get(after, layout->tasks_at + task_at, task_bits) ^
		       pack_get(before, layout->tasks_at + task_at, task_bits);
	/* Nothing else differs. */
	after[0] ^= mm;
	halves_edit(after, edit_of(cpu_at, layout->cpu_field_bits, cpu));
	halves_edit(after, edit_of(layout->tasks_at + task_at, task_bits, task));
	for (unsigned i = 0; i < words; i++)
		rest |= after[i] ^ before[i];
	if (rest)
		return HALF_EVERYWHERE;
	answer.mm = mm;
	answer.cpu = edit_of(cpu_at, layout->cpu_field_bits, cpu);
	answer.task = edit_of(task_at, task_bits, task);
	answer.left = mm || cpu;
	answer.right = task != 0;
	/* The mode and the phase are the same: nobody else holds the wrong way round now (I5). */
	answer.judged = !(mm & pack_mask(PACK_MODE_BITS + PACK_MM_PHASE_BITS)) &&
	                breaks_nothing(halves, question,
				halves->view->left->cpu[question->cpu] ^ (uint32_t)cpu,
				question->task == NO_TASK
					? 0
					: halves->view->task[question->task] ^ (uint32_t)task,
				next);
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
	bool missing[MACHINE_STEPS_MAX];

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
