/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/halves-private.h"

#include <assert.h>

enum {
	HALF_MOST = 1 << 18, /* answers, about 40 MiB; with as many, all are forgotten */
	MMS_MOST = 1 << 18,
	/* where the parts of question.who begin */
	WHO_USERS = 19,
	WHO_ALIVE = 24,
	WHO_CPU = 32,
	WHO_TASK = 40,
	WHO_KIND = 48,
};

/* What is known of a task by its pc. */
enum {
	TASK_IS = 1, /* there is one */
	TASK_IS_USER = 2,
	TASK_HAS_NO_PLACE = 4,
	TASK_MAY_BEGIN = 8, /* a fork, an exit, … if one is left */
	TASK_GOES_ON = 16,  /* on its CPU, with a step that no question is posed for */
};

bool halves_can(const struct pack_layout *layout)
{
	return !layout->config.any_cpu_order && !layout->config.any_task_order && !layout->floats &&
	       !layout->views && layout->cpus_at <= 64;
}

static uint8_t traits_of(const struct pack_layout *layout, enum machine_pc pc)
{
	unsigned traits = pc == PC_FREE ? 0 : TASK_IS;

	if (pack_is_user(pc) && traits)
		traits |= TASK_IS_USER;
	if (!pack_has_place(layout, pc) && traits)
		traits |= TASK_HAS_NO_PLACE;
	if (pc == PC_USER)
		traits |= TASK_MAY_BEGIN;
	else if (pc == PC_SHOWS || pc == PC_VSHOWS || pc == PC_EXEC || pc == PC_EXEC_TO_FAIL)
		traits |= TASK_GOES_ON;
	return (uint8_t)traits;
}

struct halves *halves_new(struct local *local)
{
	struct halves *halves = g_new0(struct halves, 1);

	halves->local = local;
	halves->layout = local->parts->layout;
	assert(halves_can(halves->layout));
	dictionary_init(&halves->mms, 1, MMS_MOST);
	halves->answers = g_array_new(FALSE, TRUE, sizeof(struct half_answer));
	halves->left_edits = g_new0(struct edit, LEFT_EDITS);
	halves->moves = !halves->layout->partners && !halves->layout->passes;
	halves_forget(halves);
	for (unsigned code = 0; code < G_N_ELEMENTS(halves->traits); code++)
		halves->traits[code] =
			traits_of(halves->layout, (enum machine_pc)halves->layout->pc_of[code]);
	return halves;
}

void halves_free(struct halves *halves)
{
	if (!halves)
		return;
	dictionary_clear(&halves->mms);
	g_array_free(halves->answers, TRUE);
	g_free(halves->slots);
	g_free(halves->left_edits);
	g_free(halves);
}

/* Fields */

static void read_cpu(const struct pack_layout *layout, struct left_side *side, unsigned cpu)
{
	uint32_t field = (uint32_t)pack_get(side->words,
		layout->cpus_at + cpu * layout->cpu_field_bits, layout->cpu_field_bits);
	uint8_t phase = (uint8_t)(field & pack_mask(PACK_PHASE_BITS));

	side->cpu[cpu] = field;
	side->phase[cpu] = phase;
	side->curr[cpu] = NO_TASK;
	if (phase != PHASE_IDLES && phase != PHASE_BETWEEN) {
		side->curr[cpu] = (uint8_t)(field >> layout->cpu_bits);
		side->runs |= (uint16_t)(1u << side->curr[cpu]);
	}
	if (phase != PHASE_IDLES && phase != PHASE_RUNS)
		side->busy |= (uint16_t)(1u << cpu);
	side->spins |= phase >= PHASE_SPINS;
}

/* What may still happen. */
static void read_left_to_happen(const struct pack_layout *layout, struct left_side *side)
{
	unsigned at = layout->left_at;

	side->may_begin = layout->config.may_all_exit;
	side->may_begin_rare = false;
	for (unsigned i = 0; i < layout->ops_count; i++) {
		unsigned op = layout->ops[i];
		bool *may = op == MACHINE_FORKS || op == MACHINE_EXITS ? &side->may_begin
		                                                       : &side->may_begin_rare;

		*may |= pack_get(side->words, at, layout->left_bits[op]) != 0;
		at += layout->left_bits[op];
	}
}

static void read_left(struct halves *halves, uint32_t number, struct left_side *side)
{
	const struct pack_layout *layout = halves->layout;
	enum mm_phase phase;

	side->number = number;
	side->words = dictionary_value(&halves->local->parts->of[PART_LEFT], number);
	side->mm = pack_get(side->words, 0, layout->cpus_at);
	side->mm_number = dictionary_number(&halves->mms, &side->mm);
	phase = (enum mm_phase)(side->mm >> PACK_MODE_BITS & pack_mask(PACK_MM_PHASE_BITS));
	side->is_idle = phase == PHASE_IDLE;
	side->spins = phase == PHASE_GET_LOCKED || phase == PHASE_GET_MUTEX;
	read_left_to_happen(layout, side);
	side->busy = side->runs = 0;
	for (unsigned cpu = 0; cpu < layout->config.cpus_count; cpu++)
		read_cpu(layout, side, cpu);
}

static void read_right(const struct halves *halves, struct half_view *view)
{
	const struct pack_layout *layout = halves->layout;

	view->users = view->alive = view->placeless = 0;
	for (unsigned task = 0; task < layout->config.tasks_max; task++) {
		unsigned traits;

		view->task[task] = (uint32_t)pack_get(
			view->tasks, task * layout->task_field_bits, layout->task_field_bits);
		traits = halves->traits[view->task[task] & pack_mask(layout->pc_bits)];
		view->users += (traits & TASK_IS_USER) != 0;
		view->alive += (traits & TASK_IS) != 0;
		view->placeless += (traits & TASK_HAS_NO_PLACE) != 0;
	}
	view->asks_all = view->placeless > 1 || view->left->mm_number == 0;
}

/* Questions */

static void pose(struct halves *halves, const struct half_view *view, enum question_kind kind,
	unsigned cpu, unsigned task)
{
	struct question *question = &halves->questions[halves->questions_count++];

	g_assert(halves->questions_count - view->first <= MACHINE_STEPS_MAX);
	question->who =
		(uint64_t)cpu << WHO_CPU | (uint64_t)task << WHO_TASK | (uint64_t)kind << WHO_KIND;
	question->fields = task == NO_TASK ? 0 : (uint64_t)view->task[task] << 32;
	/* To the queue of a CPU that is free a task can go, whatever is there. */
	if (kind != ASK_MIGRATE) {
		question->who |= view->left->mm_number | (uint64_t)view->users << WHO_USERS;
		question->fields |= view->left->cpu[cpu];
	}
	if (kind >= ASK_FORK) /* all tasks have a place on the list, see is_rare() */
		question->who |= (uint64_t)view->alive << WHO_ALIVE;
	question->kind = (uint8_t)kind;
	question->cpu = (uint8_t)cpu;
	question->task = (uint8_t)task;
	halves_seek(halves, question);
}

/* Of a task that sits in a queue. */
static void pose_of_task(struct halves *halves, const struct half_view *view, unsigned task)
{
	const struct pack_layout *layout = halves->layout;
	unsigned where = (view->task[task] >> (layout->task_field_bits - layout->where_bits)) - 1u;
	bool is_free = !(view->left->busy >> where & 1);

	g_assert(where < layout->config.cpus_count);
	for (unsigned cpu = 0; cpu < layout->config.cpus_count; cpu++) {
		if (view->left->phase[cpu] == PHASE_BETWEEN && (is_free || cpu == where))
			pose(halves, view, ASK_ENTER, cpu, task);
		if (is_free && cpu != where && !(view->left->busy >> cpu & 1))
			pose(halves, view, ASK_MIGRATE, cpu, task);
	}
}

/* Is there a step of the task that runs on @cpu that no question can be posed for? */
static bool is_rare(const struct halves *halves, const struct half_view *view, unsigned cpu)
{
	const struct left_side *left = view->left;
	unsigned traits;

	if (left->phase[cpu] != PHASE_RUNS)
		return false;
	traits = halves->traits[view->task[left->curr[cpu]] & pack_mask(halves->layout->pc_bits)];
	if (!(traits & TASK_MAY_BEGIN))
		return traits & TASK_GOES_ON;
	/* A second task without a place: who is first depends on both. */
	return left->may_begin_rare || (left->may_begin && (!halves->moves || view->placeless > 0));
}

static void pose_of_cpu(struct halves *halves, struct half_view *view, unsigned cpu)
{
	const struct left_side *left = view->left;
	unsigned curr = left->curr[cpu], traits;

	switch (left->phase[cpu]) {
	case PHASE_RUNS:
		traits = halves->traits[view->task[curr] & pack_mask(halves->layout->pc_bits)];
		if (traits & TASK_MAY_BEGIN && left->may_begin && !view->asks_rare) {
			pose(halves, view, ASK_FORK, cpu, curr);
			pose(halves, view, ASK_EXIT, cpu, curr);
		}
		view->all_hold &= parts_holds(halves->layout, left->cpu[cpu], view->task[curr]);
		pose(halves, view, ASK_LEAVE, cpu, curr);
		break;
	case PHASE_IDLES:
		pose(halves, view, ASK_LEAVE, cpu, curr);
		break;
	case PHASE_BETWEEN:
		pose(halves, view, ASK_ENTER, cpu, curr);
		break;
	default: /* it spins */
		pose(halves, view, ASK_RETRY, cpu, curr);
		pose(halves, view, ASK_GIVE_UP, cpu, curr);
	}
}

static void open_view(struct halves *halves, struct half_view *view, const struct left_side *before)
{
	struct parts *parts = halves->local->parts;
	uint32_t left = parts_left(view->id);

	if (!before || before->number != left) {
		struct left_side *side = &halves->sides[view - halves->views];

		read_left(halves, left, side);
		view->left = side;
	} else {
		view->left = before;
	}
	view->right = parts_right(view->id);
	view->tasks = dictionary_value(&parts->of[PART_RIGHT], view->right);
	read_right(halves, view);
	view->first = halves->questions_count;
	view->all_hold = true;
	view->asks_rare = !view->left->is_idle || halves->layout->affinities;
	for (unsigned cpu = 0; cpu < halves->layout->config.cpus_count; cpu++)
		view->asks_rare |= is_rare(halves, view, cpu);
	for (unsigned cpu = 0; !view->asks_all && cpu < halves->layout->config.cpus_count; cpu++)
		pose_of_cpu(halves, view, cpu);
	for (unsigned task = 0; !view->asks_all && task < halves->layout->config.tasks_max;
		task++) {
		if (view->task[task] && !(view->left->runs >> task & 1))
			pose_of_task(halves, view, task);
	}
	view->end = halves->questions_count;
}

/* Using */

/* @half with the change @edit, and its first word with @first, too, is wanted. */
static inline struct wanted *want(struct halves *halves, unsigned part, const uint64_t *half,
	uint64_t first, const struct half_edit *edit)
{
	struct local *local = halves->local;
	struct wanted *wanted = &local->wanted[local->wanted_count++];
	struct dictionary *all = &local->parts->of[part];
	uint64_t *words = wanted->change.words;

	wanted->edit = &halves->none;
	wanted->change.all = all;
	for (unsigned i = 0; i < all->words; i++)
		words[i] = half[i];
	words[0] ^= first;
	halves_edit(words, *edit);
	wanted->change.hash = dictionary_seek(all, words);
	return wanted;
}

static inline void change_left(struct halves *halves, const struct half_view *view, uint32_t number,
	const struct half_answer *answer, struct successor *successor)
{
	uint64_t key = (uint64_t)view->left->number << 32 | number;
	struct edit *edit = &halves->left_edits[hash_word(0, key) >> 20 & (LEFT_EDITS - 1)];
	struct wanted *wanted;

	successor->cpus = edit->key == key ? edit->result : 0;
	if (successor->cpus)
		return;
	successor->cpus_wanted = (uint16_t)halves->local->wanted_count;
	wanted = want(halves, PART_LEFT, view->left->words, answer->mm, &answer->cpu);
	wanted->edit = edit;
	wanted->key = key;
	wanted->comes = 0;
}

/* Right halves are as different as the states of a level that are neighbours: to keep edits of them
 * does not pay. */
static inline void change_right(struct halves *halves, const struct half_view *view,
	const struct half_answer *answer, struct successor *successor)
{
	successor->floats = 0;
	successor->floats_wanted = (uint16_t)halves->local->wanted_count;
	want(halves, PART_RIGHT, view->tasks, 0, &answer->task);
}

/* Tasks get other numbers: both halves change. */
static void change_both(struct halves *halves, const struct half_view *view,
	const struct question *question, const struct half_answer *answer,
	struct successor *successor)
{
	uint64_t left[DICTIONARY_WORDS_MAX + 1], right[DICTIONARY_WORDS_MAX + 1];

	halves_rename(halves->layout, view, halves_move(view, question), left, right);
	halves_edit(right, answer->child);
	successor->cpus = successor->floats = 0;
	successor->cpus_wanted = (uint16_t)halves->local->wanted_count;
	want(halves, PART_LEFT, left, answer->mm, &answer->cpu);
	successor->floats_wanted = (uint16_t)halves->local->wanted_count;
	want(halves, PART_RIGHT, right, 0, &answer->task);
}

static void take_answers(struct halves *halves, struct half_view *view)
{
	struct local *local = halves->local;
	bool clean = view->id & PARTS_JUDGED && view->all_hold && !view->left->spins;

	view->next = local->next_count;
	for (unsigned i = view->first; !view->asks_all && i < view->end; i++) {
		uint32_t number = halves->questions[i].answer;
		const struct half_answer *answer;
		struct successor *successor;

		if (number == HALF_NONE)
			continue;
		answer = &g_array_index(halves->answers, struct half_answer, number);
		successor = &local->next[local->next_count++];
		successor->verb = answer->verb;
		successor->judged = answer->judged && clean;
		successor->cpus = view->left->number;
		successor->floats = view->right;
		if (answer->renames) {
			change_both(halves, view, &halves->questions[i], answer, successor);
			continue;
		}
		if (answer->left)
			change_left(halves, view, number, answer, successor);
		if (answer->right)
			change_right(halves, view, answer, successor);
	}
	view->next_end = local->next_count;
}

static unsigned give(
	const struct halves *halves, const struct half_view *view, local_sink sink, void *context)
{
	const struct local *local = halves->local;

	for (unsigned i = view->next; i < view->next_end; i++) {
		const struct successor *successor = &local->next[i];
		state_id next = parts_join_halves(successor->cpus, successor->floats);

		sink(context, (enum step_verb)successor->verb,
			next | (successor->judged ? PARTS_JUDGED : 0));
	}
	return view->next_end - view->next;
}

static void join_successors(struct halves *halves, const struct half_view *view)
{
	struct local *local = halves->local;

	for (unsigned i = view->next; i < view->next_end; i++) {
		if (!local_join(local, &local->next[i]))
			g_error("no memory");
	}
}

static unsigned give_all(
	struct halves *halves, struct half_view *view, local_sink sink, void *context)
{
	unsigned steps = give(halves, view, sink, context);

	if (view->asks_rare)
		steps += local_ask_rare(halves->local, view->id, sink, context);
	return steps;
}

/* Do the kept answers say what the model says? */
static void audit(struct halves *halves, struct half_view *view)
{
	uint64_t kept = 0, model = 0;

	give_all(halves, view, local_add_up, &kept);
	local_ask(halves->local, view->id, local_add_up, &model);
	local_compare(halves->local, view->id, kept, model);
}

/* Read ahead what open_view() will read. */
static void seek(const struct parts *parts, state_id id)
{
	__builtin_prefetch(dictionary_value(&parts->of[PART_LEFT], parts_left(id)));
	__builtin_prefetch(dictionary_value(&parts->of[PART_RIGHT], parts_right(id)));
}

uint64_t halves_steps(
	struct halves *halves, const state_id *ids, unsigned count, local_sink sink, void *context)
{
	struct half_view *views = halves->views;
	struct local *local = halves->local;
	uint64_t steps = 0;

	g_assert(count <= HALVES_VIEWS);
	if (halves->used + HALVES_VIEWS * MACHINE_STEPS_MAX > HALF_MOST)
		halves_forget(halves);
	halves->questions_count = local->next_count = local->wanted_count = 0;
	for (unsigned i = 0; i < count; i++)
		seek(local->parts, ids[i]);
	for (unsigned i = 0; i < count; i++) {
		views[i].id = ids[i];
		open_view(halves, &views[i], i > 0 ? views[i - 1].left : NULL);
	}
	for (unsigned i = 0; i < count; i++) {
		if (halves_find(halves, &views[i]) > 0)
			halves_fill(halves, &views[i]);
	}
	for (unsigned i = 0; i < count; i++)
		take_answers(halves, &views[i]);
	local_make_wanted(local);
	for (unsigned i = 0; i < count; i++) {
		if (views[i].asks_all) {
			steps += local_ask(local, ids[i], sink, context);
			continue;
		}
		join_successors(halves, &views[i]);
		if (local->kept++ % AUDIT == 0)
			audit(halves, &views[i]);
		steps += give_all(halves, &views[i], sink, context);
	}
	return steps;
}
