/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/pair.h"

#include <stdarg.h>

struct pair *pair_new(const struct code *code, enum partner partner, const struct code *other)
{
	const struct model_config config = { .protocol = revision_current()->protocol,
		.cpus_count = CODE_CPUS_MAX,
		.nr_cpu_ids = CODE_CPUS_MAX,
		.tasks_count = CODE_TASKS_MAX,
		.mms_count = CODE_MMS_MAX,
		.extents_count = CODE_MMS_MAX,
		.extents_always = true };
	struct pair *pair = g_new0(struct pair, 1);

	g_assert((partner == PARTNER_CODE) == (other != NULL));
	pair->code = code;
	pair->other = other;
	pair->partner = partner;
	pair->model = g_malloc0(model_size(&config));
	pair->saved = g_malloc0(model_size(&config));
	return pair;
}

void pair_free(struct pair *pair)
{
	g_free(pair->model);
	g_free(pair->saved);
	g_free(pair);
}

void pair_differs(struct pair *pair, const struct code_at *at, const char *format, ...)
{
	struct difference *difference = &pair->difference;
	va_list arguments;

	if (difference->found)
		return;
	difference->found = true;
	va_start(arguments, format);
	g_vsnprintf(difference->what, sizeof(difference->what), format, arguments);
	va_end(arguments);
	if (!at || !at->file)
		return;
	g_strlcpy(difference->file, at->file, sizeof(difference->file));
	difference->line = at->line;
}

bool pair_is_free(const struct pair *pair, enum code_stop lock, uint32_t of)
{
	return pair->code->is_free(lock, of) && (!pair->other || pair->other->is_free(lock, of));
}

bool pair_has_mm(const struct pair *pair, uint32_t mm)
{
	return mm < pair->shape.mms_max && model_mm_const(pair->model, mm)->live;
}

bool pair_executes(const struct pair *pair, uint32_t task)
{
	return model_is_running(pair->model, task) &&
	       !pair->operations[ACTOR_CPU + model_task_const(pair->model, task)->cpu].busy;
}
