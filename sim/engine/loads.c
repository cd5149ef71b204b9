/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/loads.h"

#include <assert.h>
#include <glib.h>

/* Sets of at most SET_SCAN_MAX CPUs are scanned. For a larger set the lists are searched, and the
 * set is scanned only after LIST_SCAN_MAX CPUs that are not in it. */
enum { SET_SCAN_MAX = 64, LIST_SCAN_MAX = 64 };

struct loads *loads_new(uint32_t cpus_count)
{
	struct loads *loads = g_new0(struct loads, 1);
	uint32_t words = (cpus_count + 63) / 64;

	assert(cpus_count > 0);
	loads->cpus_count = cpus_count;
	loads->next = g_new0(uint32_t, cpus_count);
	loads->prev = g_new0(uint32_t, cpus_count);
	loads->load = g_new(uint32_t, cpus_count);
	for (uint32_t cpu = 0; cpu < cpus_count; cpu++)
		loads->load[cpu] = LOADS_NONE;
	loads->idle = g_new0(uint64_t, words);
	loads->idle_summary = g_new0(uint64_t, (words + 63) / 64);
	return loads;
}

void loads_free(struct loads *loads)
{
	if (!loads)
		return;
	g_free(loads->head);
	g_free(loads->next);
	g_free(loads->prev);
	g_free(loads->load);
	g_free(loads->idle);
	g_free(loads->idle_summary);
	g_free(loads);
}

static void mark_idle(struct loads *loads, uint32_t cpu, bool idle)
{
	uint64_t bit = UINT64_C(1) << cpu % 64;
	uint32_t word = cpu / 64;

	if (idle) {
		loads->idle[word] |= bit;
		loads->idle_summary[word / 64] |= UINT64_C(1) << word % 64;
		return;
	}
	loads->idle[word] &= ~bit;
	if (!loads->idle[word])
		loads->idle_summary[word / 64] &= ~(UINT64_C(1) << word % 64);
}

static void reserve_level(struct loads *loads, uint32_t load)
{
	uint32_t levels = MAX(loads->levels, 16);

	if (load < loads->levels)
		return;
	while (levels <= load)
		levels *= 2;
	loads->head = g_renew(uint32_t, loads->head, levels);
	for (uint32_t i = loads->levels; i < levels; i++)
		loads->head[i] = LOADS_NONE;
	loads->levels = levels;
}

static void link_cpu(struct loads *loads, uint32_t cpu, uint32_t load)
{
	uint32_t head;

	reserve_level(loads, load);
	head = loads->head[load];
	loads->load[cpu] = load;
	loads->prev[cpu] = LOADS_NONE;
	loads->next[cpu] = head;
	if (head != LOADS_NONE)
		loads->prev[head] = cpu;
	loads->head[load] = cpu;
	if (load == 0)
		mark_idle(loads, cpu, true);
}

static void unlink_cpu(struct loads *loads, uint32_t cpu)
{
	uint32_t prev = loads->prev[cpu], next = loads->next[cpu], load = loads->load[cpu];

	if (prev != LOADS_NONE)
		loads->next[prev] = next;
	else
		loads->head[load] = next;
	if (next != LOADS_NONE)
		loads->prev[next] = prev;
	if (load == 0)
		mark_idle(loads, cpu, false);
}

void loads_add(struct loads *loads, uint32_t cpu, uint32_t load)
{
	assert(cpu < loads->cpus_count && loads->load[cpu] == LOADS_NONE);
	link_cpu(loads, cpu, load);
	if (loads->online++ == 0) {
		loads->lowest = loads->highest = load;
		return;
	}
	loads->lowest = MIN(loads->lowest, load);
	loads->highest = MAX(loads->highest, load);
}

/* After a CPU has left a level: rare ways to leave may open a gap of many levels. */
static void close_gaps(struct loads *loads)
{
	if (loads->online == 0)
		return;
	while (loads->head[loads->lowest] == LOADS_NONE)
		loads->lowest++;
	while (loads->head[loads->highest] == LOADS_NONE)
		loads->highest--;
}

void loads_remove(struct loads *loads, uint32_t cpu)
{
	assert(cpu < loads->cpus_count && loads->load[cpu] != LOADS_NONE);
	unlink_cpu(loads, cpu);
	loads->load[cpu] = LOADS_NONE;
	loads->online--;
	close_gaps(loads);
}

void loads_up(struct loads *loads, uint32_t cpu)
{
	uint32_t load = loads->load[cpu] + 1;

	assert(load != 0); /* the CPU is there: LOADS_NONE + 1 is 0 */
	unlink_cpu(loads, cpu);
	link_cpu(loads, cpu, load);
	loads->highest = MAX(loads->highest, load);
	close_gaps(loads);
}

void loads_down(struct loads *loads, uint32_t cpu)
{
	uint32_t load = loads->load[cpu] - 1;

	assert(loads->load[cpu] > 0);
	unlink_cpu(loads, cpu);
	link_cpu(loads, cpu, load);
	loads->lowest = MIN(loads->lowest, load);
	close_gaps(loads);
}

static uint32_t first_idle(const struct loads *loads)
{
	uint32_t words = (loads->cpus_count + 63) / 64;

	for (uint32_t i = 0; i < (words + 63) / 64; i++) {
		if (!loads->idle_summary[i])
			continue;
		uint32_t word = i * 64 + (uint32_t)__builtin_ctzll(loads->idle_summary[i]);

		return word * 64 + (uint32_t)__builtin_ctzll(loads->idle[word]);
	}
	return LOADS_NONE;
}

uint32_t loads_idle(const struct loads *loads, const struct cpu_set *set)
{
	if (!set || !set->words)
		return first_idle(loads);
	for (uint32_t word = 0; word < (loads->cpus_count + 63) / 64; word++) {
		uint64_t both = loads->idle[word] & set->words[word];

		if (both)
			return word * 64 + (uint32_t)__builtin_ctzll(both);
	}
	return LOADS_NONE;
}

static uint32_t least_by_set(const struct loads *loads, const struct cpu_set *set)
{
	uint32_t best = LOADS_NONE;

	for (uint32_t word = 0; word < (loads->cpus_count + 63) / 64; word++) {
		for (uint64_t bits = set->words[word]; bits; bits &= bits - 1) {
			uint32_t cpu = word * 64 + (uint32_t)__builtin_ctzll(bits);

			if (loads->load[cpu] != LOADS_NONE &&
				(best == LOADS_NONE || loads->load[cpu] < loads->load[best]))
				best = cpu;
		}
	}
	return best;
}

static uint32_t least_by_list(const struct loads *loads, const struct cpu_set *set)
{
	uint32_t looked = 0;

	for (uint32_t load = loads->lowest; load <= loads->highest; load++) {
		for (uint32_t cpu = loads->head[load]; cpu != LOADS_NONE; cpu = loads->next[cpu]) {
			if (cpu_set_has(set, cpu))
				return cpu;
			if (++looked == LIST_SCAN_MAX)
				return least_by_set(loads, set);
		}
	}
	return LOADS_NONE;
}

uint32_t loads_least(const struct loads *loads, const struct cpu_set *set)
{
	if (loads->online == 0)
		return LOADS_NONE;
	if (!set || !set->words)
		return loads->head[loads->lowest];
	return set->count <= SET_SCAN_MAX ? least_by_set(loads, set) : least_by_list(loads, set);
}

uint32_t loads_most(const struct loads *loads)
{
	return loads->online ? loads->head[loads->highest] : LOADS_NONE;
}

uint32_t loads_after(const struct loads *loads, uint32_t cpu)
{
	uint32_t load = loads->load[cpu];

	assert(load <= loads->highest);
	if (loads->next[cpu] != LOADS_NONE)
		return loads->next[cpu];
	while (load > loads->lowest) {
		if (loads->head[--load] != LOADS_NONE)
			return loads->head[load];
	}
	return LOADS_NONE;
}

static void assert_idle(const struct loads *loads, uint32_t cpu)
{
	uint32_t word = cpu / 64;

	assert((loads->idle[word] >> cpu % 64 & 1) == (loads->load[cpu] == 0));
	assert((loads->idle_summary[word / 64] >> word % 64 & 1) == (loads->idle[word] != 0));
}

void loads_assert(const struct loads *loads)
{
	uint32_t online = 0, listed = 0;

	for (uint32_t cpu = 0; cpu < loads->cpus_count; cpu++) {
		online += loads->load[cpu] != LOADS_NONE;
		assert_idle(loads, cpu);
	}
	for (uint32_t load = 0; load < loads->levels; load++) {
		uint32_t prev = LOADS_NONE;

		for (uint32_t cpu = loads->head[load]; cpu != LOADS_NONE; cpu = loads->next[cpu]) {
			assert(loads->load[cpu] == load && loads->prev[cpu] == prev);
			assert(load >= loads->lowest && load <= loads->highest);
			prev = cpu;
			listed++;
		}
	}
	assert(online == loads->online && listed == online);
	assert(online == 0 || (loads->head[loads->lowest] != LOADS_NONE &&
				      loads->head[loads->highest] != LOADS_NONE));
}
