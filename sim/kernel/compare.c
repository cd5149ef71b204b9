/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/compare.h"

#include "sim/machine/describe.h"
#include "sim/machine/step-text.h"

static uint32_t kernel_mode(uint8_t mode)
{
	return (mode & MODE_PER_CPU ? CID_KERNEL_ONCPU : 0) |
	       (mode & MODE_TRANSIT ? CID_KERNEL_TRANSIT : 0);
}

/* While its lock is held, update_deferred may be on its way. */
static bool deferred_equal(
	const struct pair *pair, uint32_t mm, const struct model_mm *m, const struct code_mm *view)
{
	return !view->update_deferred == !m->update_deferred || !pair->code->is_free(CODE_LOCK, mm);
}

static bool words_equal(
	const struct pair *pair, const struct model_mm *m, const struct code_mm *view)
{
	const cid_word *words = model_words(pair->model, m);

	for (uint32_t cpu = 0; cpu < pair->shape.cpus; cpu++) {
		if (cid_to_kernel(words[cpu]) != view->word[cpu])
			return false;
	}
	return true;
}

static bool mm_equal(const struct pair *pair, uint32_t mm, const struct model_mm *m)
{
	struct code_mm view;

	pair->code->view_mm(mm, pair->shape.cpus, &view);
	return view.mode == kernel_mode(m->mode) && view.users == m->users &&
	       view.max_cids == m->max_cids && view.pcpu_thrs == m->pcpu_thrs &&
	       view.nr_cpus_allowed == m->allowed_count && view.allowed == m->allowed &&
	       view.pool == m->pool && words_equal(pair, m, &view) &&
	       deferred_equal(pair, mm, m, &view);
}

static bool task_equal(const struct pair *pair, uint32_t task)
{
	const struct model_task *t = model_task_const(pair->model, task);
	struct code_task view;

	pair->code->view_task(task, &view);
	return view.word == cid_to_kernel(t->cid) && !view.active == !t->active &&
	       view.shown == cid_number(t->cid);
}

static bool faults_equal(const struct pair *pair)
{
	const struct code_faults *faults = pair->code->faults;

	return faults->range.count == pair->drops.range &&
	       faults->clear.count == pair->drops.clear && faults->warn.count == 0;
}

bool compare_equal(const struct pair *pair)
{
	for (uint32_t mm = 0; mm < pair->shape.mms_max; mm++) {
		const struct model_mm *m = model_mm_const(pair->model, mm);

		if (m->live && !mm_equal(pair, mm, m))
			return false;
	}
	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		if (pair->tasks[task].life != LIFE_NONE && !task_equal(pair, task))
			return false;
	}
	return faults_equal(pair);
}

/* Counted */

static uint32_t count_in_mm(const struct pair *pair, uint32_t mm, const struct model_mm *m)
{
	const cid_word *words = model_words(pair->model, m);
	struct code_mm view;
	uint32_t count = 0;

	pair->code->view_mm(mm, pair->shape.cpus, &view);
	count += view.mode != kernel_mode(m->mode);
	count += view.users != m->users;
	count += view.max_cids != m->max_cids;
	count += view.pcpu_thrs != m->pcpu_thrs;
	count += view.nr_cpus_allowed != m->allowed_count;
	count += !deferred_equal(pair, mm, m, &view);
	for (uint32_t cpu = 0; cpu < pair->shape.cpus; cpu++)
		count += cid_to_kernel(words[cpu]) != view.word[cpu];
	return count + (uint32_t)__builtin_popcountll(view.pool ^ m->pool) +
	       (uint32_t)__builtin_popcountll(view.allowed ^ m->allowed);
}

uint32_t compare_count(const struct pair *pair)
{
	uint32_t count = !faults_equal(pair);

	for (uint32_t mm = 0; mm < pair->shape.mms_max; mm++) {
		const struct model_mm *m = model_mm_const(pair->model, mm);

		if (m->live)
			count += count_in_mm(pair, mm, m);
	}
	for (uint32_t task = 0; task < pair->shape.tasks_max; task++)
		count += pair->tasks[task].life != LIFE_NONE && !task_equal(pair, task);
	return count;
}

/* In words */

/* A difference; the two are "the code" and "the model", or "A" and "B". */
struct words {
	GString *text;
	const char *code, *model;
};

static void add_word(const struct words *words, uint32_t word)
{
	char buffer[DESCRIBE_WORD_MAX];

	if (cid_to_kernel(cid_from_kernel(word)) == word)
		g_string_append(words->text, describe_word(cid_from_kernel(word), buffer));
	else
		g_string_append_printf(words->text, "0x%x", word);
}

static void add_words(const struct words *words, uint32_t code, cid_word model)
{
	g_string_append(words->text, "has ");
	add_word(words, code);
	g_string_append_printf(words->text, ", in %s ", words->model);
	add_word(words, cid_to_kernel(model));
}

static bool describe_number(
	const struct words *words, const char *name, uint32_t code, uint32_t model)
{
	if (code != model)
		g_string_append_printf(
			words->text, "%s is %u, in %s %u", name, code, words->model, model);
	return code != model;
}

static bool describe_numbers(
	const struct words *words, const struct model_mm *m, const struct code_mm *view)
{
	return describe_number(words, "users", view->users, m->users) ||
	       describe_number(words, "max_cids", view->max_cids, m->max_cids) ||
	       describe_number(words, "pcpu_thrs", view->pcpu_thrs, m->pcpu_thrs) ||
	       describe_number(words, "nr_cpus_allowed", view->nr_cpus_allowed, m->allowed_count) ||
	       describe_number(
		       words, "update_deferred", !!view->update_deferred, m->update_deferred);
}

static void add_mode(const struct words *words, uint32_t mode)
{
	uint32_t known = CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT;

	if (mode & ~known)
		g_string_append_printf(words->text, "0x%x", mode);
	else
		g_string_append(words->text,
			step_mode_to_string(
				(uint8_t)((mode & CID_KERNEL_ONCPU ? MODE_PER_CPU : 0) |
					  (mode & CID_KERNEL_TRANSIT ? MODE_TRANSIT : 0))));
}

static bool describe_mode(
	const struct words *words, const struct model_mm *m, const struct code_mm *view)
{
	if (view->mode == kernel_mode(m->mode))
		return false;
	g_string_append(words->text, "the mode is ");
	add_mode(words, view->mode);
	g_string_append_printf(words->text, ", in %s ", words->model);
	add_mode(words, kernel_mode(m->mode));
	return true;
}

static bool describe_bits(
	const struct words *words, const char *what, uint64_t code, uint64_t model)
{
	uint64_t bits = code ^ model;

	if (!bits)
		return false;
	g_string_append_printf(words->text, "%s %d is %s, not in %s", what, __builtin_ctzll(bits),
		code >> __builtin_ctzll(bits) & 1 ? "set" : "clear", words->model);
	return true;
}

static bool describe_cpus(const struct words *words, const struct pair *pair,
	const struct model_mm *m, const struct code_mm *view)
{
	const cid_word *model = model_words(pair->model, m);

	for (uint32_t cpu = 0; cpu < pair->shape.cpus; cpu++) {
		if (cid_to_kernel(model[cpu]) == view->word[cpu])
			continue;
		g_string_append_printf(words->text, "CPU%u ", cpu);
		add_words(words, view->word[cpu], model[cpu]);
		return true;
	}
	return false;
}

static bool describe_one_mm(const struct words *words, const struct pair *pair, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(pair->model, mm);
	struct code_mm view;

	if (!m->live)
		return false;
	pair->code->view_mm(mm, pair->shape.cpus, &view);
	return describe_mode(words, m, &view) || describe_numbers(words, m, &view) ||
	       describe_cpus(words, pair, m, &view) ||
	       describe_bits(words, "bit", view.pool, m->pool) ||
	       describe_bits(words, "allowed CPU", view.allowed, m->allowed);
}

static bool describe_task(const struct words *words, const struct pair *pair, uint32_t task)
{
	const struct model_task *t = model_task_const(pair->model, task);
	struct code_task view;

	if (pair->tasks[task].life == LIFE_NONE || task_equal(pair, task))
		return false;
	pair->code->view_task(task, &view);
	g_string_append_printf(words->text, "T%u ", task);
	if (view.word != cid_to_kernel(t->cid))
		add_words(words, view.word, t->cid);
	else if (!view.active != !t->active)
		g_string_append_printf(words->text,
			view.active ? "is active, not in %s" : "is not active, but is in %s",
			words->model);
	else
		g_string_append_printf(words->text, "shows user space 0x%x, in %s 0x%x", view.shown,
			words->model, cid_number(t->cid));
	return true;
}

static void describe_faults(const struct words *words, const struct pair *pair)
{
	const struct code_faults *faults = pair->code->faults;

	if (faults->warn.count > 0)
		g_string_append_printf(words->text, "%s warns", words->code);
	else if (faults->range.count > pair->drops.range)
		g_string_append_printf(words->text,
			"bit 0x%x, outside of the pool, is set or cleared, not in %s",
			faults->range.bit, words->model);
	else if (faults->clear.count > pair->drops.clear)
		g_string_append_printf(words->text,
			"bit %u is cleared though it is clear, not in %s", faults->clear.bit,
			words->model);
	else
		g_string_append_printf(words->text, "%s clears a bit that it must not, %s does not",
			words->model, words->code);
}

void compare_describe(const struct pair *pair, GString *text)
{
	bool trees = pair->partner == PARTNER_CODE;
	const struct words words = { text, trees ? "A" : "the code", trees ? "B" : "the model" };

	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		if (describe_task(&words, pair, task))
			return;
	}
	for (uint32_t mm = 0; mm < pair->shape.mms_max; mm++) {
		if (describe_one_mm(&words, pair, mm))
			return;
	}
	if (!faults_equal(pair))
		describe_faults(&words, pair);
}
