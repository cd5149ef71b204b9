/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/random-scenario.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "sim/base/prng.h"
#include "sim/scenario/scenario.h"

enum { GROUPS_MAX = 6, MMS_MAX = 3, MEMBERS_MAX = 32, CPUS_MAX = 100 };

struct group {
	uint32_t mm, members; /* members at the start: count x processes */
	bool forever;
	bool gone[MEMBERS_MAX];
};

struct generator {
	struct prng prng;
	GString *text;
	uint32_t cpus;
	uint16_t ids[CPUS_MAX];
	bool online[CPUS_MAX];
	uint32_t time_us;
	uint32_t mms, processes[MMS_MAX], groups;
	int crowd[MMS_MAX]; /* 0: none, 1: a ramp, 2: a pool */
	struct group group[GROUPS_MAX];
	bool main_gone[MMS_MAX][4];
	unsigned faults;
};

static uint32_t below(struct generator *g, uint32_t n)
{
	return (uint32_t)prng_below(&g->prng, n);
}

static uint32_t between(struct generator *g, uint32_t low, uint32_t high)
{
	return low + below(g, high - low + 1);
}

static bool chance(struct generator *g, uint32_t percent)
{
	return below(g, 100) < percent;
}

static void line(struct generator *g, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void line(struct generator *g, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(g->text, format, args);
	va_end(args);
	g_string_append_c(g->text, '\n');
}

/* A list of CPUs, one of them online. */
static void add_cpus(struct generator *g, bool online)
{
	uint32_t must = below(g, g->cpus), count = 0;
	uint32_t percent = between(g, 5, 90);

	while (online && !g->online[must])
		must = (must + 1) % g->cpus;
	for (uint32_t cpu = 0; cpu < g->cpus; cpu++) {
		if (cpu == must || chance(g, percent))
			g_string_append_printf(g->text, "%s%u", count++ ? "," : "", g->ids[cpu]);
	}
	g_string_append_c(g->text, '\n');
}

static void add_machine(struct generator *g)
{
	uint32_t kind = below(g, 10), id = 0;

	g->cpus = kind < 9 ? between(g, 1, 8) : between(g, 65, CPUS_MAX);
	g_string_append(g->text, "[machine]\ncpus = ");
	for (uint32_t cpu = 0; cpu < g->cpus; cpu++) {
		id += cpu > 0 || kind < 3 ? 1 + (kind < 3 ? below(g, 4) : 0) : 0;
		g->ids[cpu] = (uint16_t)id;
		g->online[cpu] = true;
		g_string_append_printf(g->text, "%u,", id);
	}
	g_string_truncate(g->text, g->text->len - 1);
	if (g->cpus == 1)
		g_string_append_printf(g->text, "-%u", id);
	g_string_append_c(g->text, '\n');
	if (!chance(g, 25))
		return;
	g_string_append(g->text, "online = ");
	for (uint32_t cpu = 0, count = 0; cpu < g->cpus; cpu++) {
		g->online[cpu] = cpu == g->cpus - 1 || chance(g, 60);
		if (g->online[cpu])
			g_string_append_printf(g->text, "%s%u", count++ ? "," : "", g->ids[cpu]);
	}
	g_string_append_c(g->text, '\n');
}

static void add_costs(struct generator *g)
{
	static const char *const keys[] = { "switch", "wakeup", "fork", "exit", "exec", "decision",
		"walk-task", "walk-cpu", "complete", "affinity" };
	static const char *const values[] = { "0ns", "0ns", "1ns", "100ns", "1us", "3us", "20us",
		"50us", "300us", "1500us" };
	uint32_t dearest = between(g, 1, G_N_ELEMENTS(values));

	line(g, "[cost]");
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		line(g, "%s = %s", keys[i], values[below(g, dearest)]);
}

static void add_sched(struct generator *g)
{
	static const char *const slices[] = { "1us", "2us", "10us", "50us", "300us", "3ms" };

	line(g, "[sched]\nslice = %s", slices[below(g, G_N_ELEMENTS(slices))]);
	line(g, "placement = %s", chance(g, 50) ? "idle" : "previous");
	line(g, "wakeup-preemption = %s", chance(g, 50) ? "on" : "off");
	line(g, "idle-pull = %s", chance(g, 50) ? "on" : "off");
}

static void add_duration(struct generator *g, const char *key, bool zero)
{
	uint32_t a = zero && chance(g, 30) ? 0 : between(g, 1, 200), b = a + between(g, 1, 300);

	switch (below(g, 5)) {
	case 0:
		line(g, "%s = uniform(%uus,%uus)", key, a, b);
		break;
	case 1:
		line(g, "%s = exp(%uus)", key, MAX(a, 1));
		break;
	case 2:
		line(g, "%s = bimodal(%uus,%uus,10%%)", key, a, b);
		break;
	case 3:
		line(g, "%s = %uns", key, a);
		break;
	default:
		line(g, "%s = %uus", key, a);
		break;
	}
}

static void add_mm(struct generator *g, uint32_t mm)
{
	g->processes[mm] = chance(g, 70) ? 1 : between(g, 2, 4);
	g->crowd[mm] = chance(g, 50) ? 0 : (int)between(g, 1, 2);
	line(g, "[mm m%u]\ncount = %u", mm, g->processes[mm]);
	if (chance(g, 40)) {
		g_string_append(g->text, "cpus = ");
		add_cpus(g, true);
	}
	if (g->crowd[mm] == 0 && chance(g, 60)) {
		add_duration(g, "run", false);
		add_duration(g, "sleep", true);
	}
}

static void add_group(struct generator *g, uint32_t index)
{
	static const char *const kinds[] = { "thread", "thread", "clone-vm", "vfork" };
	struct group *group = &g->group[index];
	uint32_t count = index < 2 ? 0 : between(g, 0, 8), kind = below(g, G_N_ELEMENTS(kinds));

	/* The first two are for the actions fork, clone-vm and vfork; a vfork's child must go. */
	group->forever = index >= 2 && kind != 3 && chance(g, 80);
	group->mm = below(g, g->mms);
	group->members = count * g->processes[group->mm];
	line(g, "[tasks g%u]\nmm = m%u\ncount = %u\nkind = %s", index, group->mm, count,
		kinds[kind]);
	if (chance(g, 30)) {
		g_string_append(g->text, "cpus = ");
		add_cpus(g, true);
	}
	add_duration(g, "run", false);
	add_duration(g, "sleep", true);
	if (!group->forever)
		line(g, "loops = %u", between(g, 1, 5));
}

static void add_crowd(struct generator *g, uint32_t mm)
{
	uint32_t from = between(g, 1, 3);

	if (g->crowd[mm] == 1) {
		line(g, "[ramp r%u]\nmm = m%u\nfrom = %u\nto = %u\nstep = %u", mm, mm, from,
			from + between(g, 1, 12), between(g, 1, 5));
		line(g, "dwell = %uus\ncycles = forever", between(g, 1, 300));
	} else {
		line(g, "[pool p%u]\nmm = m%u\npools = %u\nthreads = %u", mm, mm, between(g, 1, 4),
			between(g, 1, 5));
	}
	add_duration(g, "run", false);
	add_duration(g, "sleep", true);
}

/* A task of @mm that probably exists; false if the dice found none. */
static bool find_task(struct generator *g, uint32_t mm, char *name, size_t size, bool leaves)
{
	uint32_t index = below(g, g->groups + 1), process = below(g, g->processes[mm]), member;
	struct group *group = &g->group[index];

	if (index == g->groups) {
		if (g->main_gone[mm][process])
			return false;
		g_snprintf(name, size, "m%u/%u", mm, process);
		g->main_gone[mm][process] = leaves;
		return true;
	}
	if (group->mm != mm || !group->forever || group->members == 0)
		return false;
	member = below(g, group->members);
	if (group->gone[member])
		return false;
	group->gone[member] = leaves;
	g_snprintf(name, size, "g%u/%u", index, member);
	return true;
}

static bool add_fork(struct generator *g, const char *verb)
{
	uint32_t index = below(g, MIN(g->groups, 2)), mm = g->group[index].mm;
	char task[32];

	if (!find_task(g, mm, task, sizeof(task), false))
		return false;
	line(g, "%s = g%u*%u by %s", verb, index, between(g, 1, 4), task);
	return true;
}

static bool add_fork_process(struct generator *g)
{
	char task[32];

	if (!find_task(g, below(g, g->mms), task, sizeof(task), false))
		return false;
	line(g, "fork-process = m%u*%u by %s", below(g, g->mms), between(g, 1, 3), task);
	return true;
}

static bool add_task_action(struct generator *g, const char *verb)
{
	bool exit = strcmp(verb, "exit") == 0;
	char task[32];

	if (!find_task(g, below(g, g->mms), task, sizeof(task), exit))
		return false;
	g_string_append_printf(g->text, "%s = %s", verb, task);
	if (strcmp(verb, "sleep") == 0 && chance(g, 80))
		g_string_append_printf(g->text, " %uus", between(g, 0, 500));
	if (strcmp(verb, "affinity") == 0) {
		g_string_append(g->text, " : ");
		add_cpus(g, true);
		return true;
	}
	g_string_append_c(g->text, '\n');
	return true;
}

static bool add_hotplug(struct generator *g, bool online)
{
	uint32_t cpu = below(g, g->cpus), others = 0;

	for (uint32_t i = 0; i < g->cpus; i++)
		others += i != cpu && g->online[i];
	if (others == 0)
		return false;
	g->online[cpu] = online;
	line(g, "cpu-%s = %u", online ? "on" : "off", g->ids[cpu]);
	return true;
}

static void add_action(struct generator *g, const char *verb)
{
	if (strcmp(verb, "cpu-on") == 0 || strcmp(verb, "cpu-off") == 0)
		add_hotplug(g, strcmp(verb, "cpu-on") == 0);
	else if (strcmp(verb, "fork-process") == 0)
		add_fork_process(g);
	else if (strcmp(verb, "fork") == 0 || strcmp(verb, "clone-vm") == 0 ||
		 strcmp(verb, "vfork") == 0)
		add_fork(g, verb);
	else
		add_task_action(g, verb);
}

static void add_actions(struct generator *g)
{
	const char *verbs[14] = { "fork", "clone-vm", "vfork", "fork-process", "exit", "exec",
		"affinity", "wake", "sleep", "yield", "cpu-off", "cpu-on" };
	uint32_t groups = below(g, 25), at_us = between(g, 1, 3000), all = 12;

	if (g->faults & FAILED_FORK)
		verbs[all++] = "failed-fork";
	if (g->faults & FAILED_EXEC)
		verbs[all++] = "failed-exec";
	for (uint32_t i = 0; i < groups && at_us < g->time_us; i++) {
		uint32_t first = below(g, all), last = between(g, 1, 4);

		line(g, "[at %uus]", at_us);
		/* 5 and 12, 13 or 14 have no common divisor: no verb comes twice. */
		for (uint32_t k = 0; k < last; k++)
			add_action(g, verbs[(first + k * 5) % all]);
		at_us += between(g, 1, chance(g, 50) ? 20 : 600);
	}
}

GString *generate(uint64_t seed, const char *revision, unsigned faults, const char *check)
{
	struct generator g = {
		.prng = { .key = prng_key(seed, 1) },
		.text = g_string_new(NULL),
		.faults = faults,
	};

	g.time_us = between(&g, 500, 6000);
	line(&g, "[scenario]\ntime = %uus\nseed = %u\ncheck = %s\nmax-events = 60000", g.time_us,
		below(&g, 1000000), check);
	line(&g, "[protocol]\nrevision = %s", revision);
	add_machine(&g);
	add_costs(&g);
	add_sched(&g);
	g.mms = between(&g, 1, MMS_MAX);
	for (uint32_t mm = 0; mm < g.mms; mm++)
		add_mm(&g, mm);
	g.groups = between(&g, 2, GROUPS_MAX);
	for (uint32_t i = 0; i < g.groups; i++)
		add_group(&g, i);
	for (uint32_t mm = 0; mm < g.mms; mm++) {
		if (g.crowd[mm])
			add_crowd(&g, mm);
	}
	add_actions(&g);
	return g.text;
}
