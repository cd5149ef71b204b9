/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/changes.h"

#include <inttypes.h>

#include "sim/machine/describe.h"
#include "sim/machine/step-text.h"

static void add_change(GString *text, uint32_t mm, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void add_change(GString *text, uint32_t mm, const char *format, ...)
{
	va_list arguments;

	g_string_append(text, text->len > 0 ? "; " : "");
	if (mm > 0)
		g_string_append_printf(text, "mm%" PRIu32 " ", mm);
	va_start(arguments, format);
	g_string_append_vprintf(text, format, arguments);
	va_end(arguments);
}

static void add_number_change(
	GString *text, uint32_t mm, const char *name, uint32_t before, uint32_t after)
{
	if (before != after)
		add_change(text, mm, "%s %" PRIu32 " -> %" PRIu32, name, before, after);
}

static void add_word_change(GString *text, uint32_t mm, const char *name, uint32_t index,
	cid_word before, cid_word after)
{
	char from[DESCRIBE_WORD_MAX], to[DESCRIBE_WORD_MAX];

	if (before != after)
		add_change(text, mm, "%s%" PRIu32 " %s -> %s", name, index,
			describe_word(before, from), describe_word(after, to));
}

static void add_bits(GString *text, uint32_t mm, uint64_t bits, const char *what)
{
	for (; bits; bits &= bits - 1)
		add_change(text, mm, "CID %d is %s", __builtin_ctzll(bits), what);
}

static void add_mm_changes(
	GString *text, const struct pair *pair, const struct model *before, uint32_t mm)
{
	const struct model_mm *old = model_mm_const(before, mm);
	const struct model_mm *new = model_mm_const(pair->model, mm);

	if (!old->live || !new->live)
		return;
	if (old->mode != new->mode)
		add_change(text, mm, "mode %s -> %s", step_mode_to_string(old->mode),
			step_mode_to_string(new->mode));
	add_number_change(text, mm, "users", old->users, new->users);
	add_number_change(text, mm, "max_cids", old->max_cids, new->max_cids);
	add_number_change(text, mm, "pcpu_thrs", old->pcpu_thrs, new->pcpu_thrs);
	add_bits(text, mm, new->pool & ~old->pool, "taken");
	add_bits(text, mm, old->pool & ~new->pool, "free");
	if (new->faults & ~old->faults)
		add_change(text, mm, "a bit is cleared that must not be");
	for (uint32_t cpu = 0; cpu < pair->shape.cpus; cpu++)
		add_word_change(text, mm, "CPU", cpu, model_word(before, old, cpu),
			model_word(pair->model, new, cpu));
}

/* A task that was not there had no number. */
static cid_word word_before(const struct model *before, uint32_t task)
{
	const struct model_task *t = model_task_const(before, task);

	return t->has_mm ? (cid_word)t->cid : CID_UNSET;
}

char *changes_between(const struct pair *pair, const struct model *before)
{
	GString *text = g_string_new(NULL);

	g_assert(before->size == pair->model->size);
	for (uint32_t mm = 0; mm < pair->shape.mms_max; mm++)
		add_mm_changes(text, pair, before, mm);
	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		if (pair->tasks[task].life != LIFE_NONE)
			add_word_change(text, 0, "T", task, word_before(before, task),
				model_task_const(pair->model, task)->cid);
	}
	return g_string_free(text, FALSE);
}
