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

/* In words */

static void add_word(GString *text, uint32_t word)
{
	char buffer[DESCRIBE_WORD_MAX];

	if (cid_to_kernel(cid_from_kernel(word)) == word)
		g_string_append(text, describe_word(cid_from_kernel(word), buffer));
	else
		g_string_append_printf(text, "0x%x", word);
}

static void add_words(GString *text, uint32_t code, cid_word model)
{
	g_string_append(text, "has ");
	add_word(text, code);
	g_string_append(text, ", in the model ");
	add_word(text, cid_to_kernel(model));
}

static bool describe_number(GString *text, const char *name, uint32_t code, uint32_t model)
{
	if (code != model)
		g_string_append_printf(text, "%s is %u, in the model %u", name, code, model);
	return code != model;
}

static bool describe_numbers(GString *text, const struct model_mm *m, const struct code_mm *view)
{
	return describe_number(text, "users", view->users, m->users) ||
	       describe_number(text, "max_cids", view->max_cids, m->max_cids) ||
	       describe_number(text, "pcpu_thrs", view->pcpu_thrs, m->pcpu_thrs) ||
	       describe_number(text, "nr_cpus_allowed", view->nr_cpus_allowed, m->allowed_count) ||
	       describe_number(
		       text, "update_deferred", !!view->update_deferred, m->update_deferred);
}

static void add_mode(GString *text, uint32_t mode)
{
	uint32_t known = CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT;

	if (mode & ~known)
		g_string_append_printf(text, "0x%x", mode);
	else
		g_string_append(
			text, step_mode_to_string(
				      (uint8_t)((mode & CID_KERNEL_ONCPU ? MODE_PER_CPU : 0) |
						(mode & CID_KERNEL_TRANSIT ? MODE_TRANSIT : 0))));
}

static bool describe_mode(GString *text, const struct model_mm *m, const struct code_mm *view)
{
	if (view->mode == kernel_mode(m->mode))
		return false;
	g_string_append(text, "the mode is ");
	add_mode(text, view->mode);
	g_string_append(text, ", in the model ");
	add_mode(text, kernel_mode(m->mode));
	return true;
}

static bool describe_bits(GString *text, const char *what, uint64_t code, uint64_t model)
{
	uint64_t bits = code ^ model;

	if (!bits)
		return false;
	g_string_append_printf(text, "%s %d is %s, not in the model", what, __builtin_ctzll(bits),
		code >> __builtin_ctzll(bits) & 1 ? "set" : "clear");
	return true;
}

static bool describe_one_mm(GString *text, const struct pair *pair, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(pair->model, mm);
	const cid_word *words;
	struct code_mm view;

	if (!m->live)
		return false;
	pair->code->view_mm(mm, pair->shape.cpus, &view);
	if (describe_mode(text, m, &view) || describe_numbers(text, m, &view))
		return true;
	words = model_words(pair->model, m);
	for (uint32_t cpu = 0; cpu < pair->shape.cpus; cpu++) {
		if (cid_to_kernel(words[cpu]) == view.word[cpu])
			continue;
		g_string_append_printf(text, "CPU%u ", cpu);
		add_words(text, view.word[cpu], words[cpu]);
		return true;
	}
	return describe_bits(text, "bit", view.pool, m->pool) ||
	       describe_bits(text, "allowed CPU", view.allowed, m->allowed);
}

static bool describe_task(GString *text, const struct pair *pair, uint32_t task)
{
	const struct model_task *t = model_task_const(pair->model, task);
	struct code_task view;

	if (pair->tasks[task].life == LIFE_NONE || task_equal(pair, task))
		return false;
	pair->code->view_task(task, &view);
	g_string_append_printf(text, "T%u ", task);
	if (view.word != cid_to_kernel(t->cid))
		add_words(text, view.word, t->cid);
	else if (!view.active != !t->active)
		g_string_append(text, view.active ? "is active, not in the model"
						  : "is not active, but is in the model");
	else
		g_string_append_printf(text, "shows user space 0x%x, in the model 0x%x", view.shown,
			cid_number(t->cid));
	return true;
}

static void describe_faults(GString *text, const struct pair *pair)
{
	const struct code_faults *faults = pair->code->faults;

	if (faults->warn.count > 0)
		g_string_append(text, "the code warns");
	else if (faults->range.count > pair->drops.range)
		g_string_append_printf(text,
			"bit 0x%x, outside of the pool, is set or cleared, not in the model",
			faults->range.bit);
	else if (faults->clear.count > pair->drops.clear)
		g_string_append_printf(text,
			"bit %u is cleared though it is clear, not in the model",
			faults->clear.bit);
	else
		g_string_append(text, "the model clears a bit that it must not, the code does not");
}

void compare_describe(const struct pair *pair, GString *text)
{
	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		if (describe_task(text, pair, task))
			return;
	}
	for (uint32_t mm = 0; mm < pair->shape.mms_max; mm++) {
		if (describe_one_mm(text, pair, mm))
			return;
	}
	if (!faults_equal(pair))
		describe_faults(text, pair);
}
