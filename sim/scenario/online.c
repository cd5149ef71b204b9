/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

/* Which CPUs are online while the actions go by: no mask may lack an online CPU when a task
 * starts with it or sets it (the kernel refuses that), and one CPU must stay. */

/* A task that starts with a mask of its own. */
struct start {
	uint64_t time_ns;
	const struct cpu_set *cpus;
	struct place place;
};

static uint32_t words_of(const struct loader *loader)
{
	g_assert(loader->cpus_known);
	return (loader->scenario->cpus_count + 63) / 64;
}

static uint64_t word_of(const struct loader *loader, const struct cpu_set *set, uint32_t i)
{
	uint32_t rest = loader->scenario->cpus_count - i * 64;

	g_assert(i < words_of(loader));
	if (set->words)
		return set->words[i];
	return rest >= 64 ? UINT64_MAX : (UINT64_C(1) << rest) - 1;
}

static bool is_online(const struct loader *loader, const struct cpu_set *set)
{
	g_assert(loader->online);
	for (uint32_t i = 0; i < words_of(loader); i++)
		if ((word_of(loader, set, i) & loader->online[i]) != 0)
			return true;
	return false;
}

static int compare_starts(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return (x->place.line > y->place.line) - (x->place.line < y->place.line);
}

static void add_start(struct loader *loader, enum group_kind kind, guint i, uint64_t time_ns,
	const struct cpu_set *cpus)
{
	struct start start = {
		.time_ns = time_ns,
		.cpus = cpus,
		.place = head_get(loader, kind, i)->group->place,
	};

	g_assert(cpus->count > 0);
	/* All possible CPUs always have one online. */
	if (cpus->words)
		g_array_append_val(loader->starts, start);
}

void online_begin(struct loader *loader)
{
	const struct scenario *scenario = loader->scenario;

	g_assert(!loader->starts && !loader->online);
	loader->starts = g_array_new(FALSE, FALSE, sizeof(struct start));
	if (!loader->cpus_known)
		return;
	loader->online = g_new0(uint64_t, words_of(loader));
	for (uint32_t i = 0; i < words_of(loader); i++)
		loader->online[i] = word_of(loader, &scenario->online, i);
	for (uint32_t i = 0; i < scenario->mms_count; i++)
		if (scenario->mms[i].count > 0)
			add_start(loader, GROUP_MM, i, scenario->mms[i].start_ns,
				&scenario->mms[i].cpus);
	for (uint32_t i = 0; i < scenario->groups_count; i++)
		if (scenario->groups[i].count > 0)
			add_start(loader, GROUP_TASKS, i, scenario->groups[i].start_ns,
				&scenario->groups[i].cpus);
	for (uint32_t i = 0; i < scenario->ramps_count; i++)
		add_start(loader, GROUP_RAMP, i, scenario->ramps[i].start_ns,
			&scenario->ramps[i].cpus);
	g_array_sort(loader->starts, compare_starts);
}

void online_pass(struct loader *loader, uint64_t time_ns)
{
	g_assert(loader->starts && loader->starts_done <= loader->starts->len);
	for (; loader->starts_done < loader->starts->len; loader->starts_done++) {
		const struct start *start =
			&g_array_index(loader->starts, struct start, loader->starts_done);

		if (start->time_ns >= time_ns)
			return;
		if (!is_online(loader, start->cpus))
			faults_add(loader->faults, start->place,
				"none of its CPUs is online when it starts");
	}
}

void online_end(struct loader *loader)
{
	online_pass(loader, UINT64_MAX);
	g_array_free(loader->starts, TRUE);
	g_free(loader->online);
	loader->starts = NULL;
	loader->online = NULL;
}

char *online_affinity(struct loader *loader, const struct cpu_set *cpus)
{
	g_assert(cpus->count > 0 || !loader->cpus_known);
	if (!loader->online || is_online(loader, cpus))
		return NULL;
	return g_strdup("none of these CPUs is online at that time");
}

char *online_change(struct loader *loader, const struct cpu_set *cpus, bool on)
{
	uint64_t left = 0;

	if (!loader->online)
		return NULL;
	for (uint32_t i = 0; i < words_of(loader); i++) {
		if (on)
			loader->online[i] |= word_of(loader, cpus, i);
		else
			left |= loader->online[i] & ~word_of(loader, cpus, i);
	}
	if (on)
		return NULL;
	if (left == 0)
		return g_strdup("no CPU would be left online");
	for (uint32_t i = 0; i < words_of(loader); i++)
		loader->online[i] &= ~word_of(loader, cpus, i);
	g_assert(left > 0);
	return NULL;
}
