/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-filter.h"

#include "sim/trace/reader.h"

struct text_filter {
	bool switching[TRACE_CPUS_MAX]; /* by CPU id: a switch began there and did not end */
	GHashTable *inside;             /* set of pids, which are inside a fork, exit or the work */
	GHashTable *mms;                /* set of uint64_t, addresses of mms of forks and exits */
};

struct text_filter *text_filter_new(void)
{
	struct text_filter *filter = g_new0(struct text_filter, 1);

	filter->inside = g_hash_table_new(NULL, NULL);
	filter->mms = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	return filter;
}

void text_filter_free(struct text_filter *filter)
{
	g_hash_table_destroy(filter->inside);
	g_hash_table_destroy(filter->mms);
	g_free(filter);
}

/* The address of an mm that has no users any more may become that of another one. */
static void learn_mm(struct text_filter *filter, const struct trace_mm *mm)
{
	if (!mm->address)
		return;
	if (mm->known && mm->users == 0)
		g_hash_table_remove(filter->mms, &mm->address);
	else if (!g_hash_table_contains(filter->mms, &mm->address))
		g_hash_table_add(filter->mms, g_memdup2(&mm->address, sizeof(mm->address)));
}

bool text_filter_keeps(struct text_filter *filter, const struct trace_event *event)
{
	gpointer pid = GUINT_TO_POINTER(event->pid);
	bool keeps;

	g_assert(event->cpu < TRACE_CPUS_MAX);
	switch ((int)event->kind) {
	case TRACE_SWITCH:
		filter->switching[event->cpu] = true;
		return true;
	case TRACE_SWITCHED:
		keeps = filter->switching[event->cpu];
		filter->switching[event->cpu] = false;
		return keeps;
	case TRACE_FORK:
	case TRACE_EXIT:
	case TRACE_WORK:
		g_hash_table_add(filter->inside, pid);
		learn_mm(filter, &event->mm);
		return true;
	case TRACE_FORK_END:
	case TRACE_EXIT_END:
		g_hash_table_remove(filter->inside, pid);
		learn_mm(filter, &event->mm);
		return true;
	case TRACE_DECIDE:
	case TRACE_DECIDE_END:
	case TRACE_CPU_WALK:
	case TRACE_CPU_WALK_END:
		return g_hash_table_contains(filter->inside, pid) ||
		       g_hash_table_contains(filter->mms, &event->mm.address);
	case TRACE_KINDS:
		return false;
	default:
		return true;
	}
}
