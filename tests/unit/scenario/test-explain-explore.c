/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <string.h>

#include "sim/base/prng.h"
#include "sim/scenario/explain.h"
#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

/* [explore] and [steps], printed: what is printed is read as what it was, for random machines too.
 */

SUITE(.before = parse_start, .after = parse_stop);

/* What explain_explored() prints of the scenario @keys. */
static char *explained(const char *keys)
{
	g_autofree char *file = g_strconcat("[machine]\ncpus = 4\n[explore]\n", keys, NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	parse_good(file);
	explain_explore(text, scenario);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static const struct {
	const char *keys, *line;
} rows[] = {
	{ "tasks = 3\n", "\ntasks = 3\n" },
	{ "tasks = 2+1+1\n", "\ntasks = 2+1+1\n" },
	{ "tasks = 2\nforks = 5\n", "\ntasks-max = 7\n" },
	{ "tasks = 2\nforks = 5\ntasks-max = 4\n", "\ntasks-max = 4\n" },
	{ "tasks = 2\n", "\nallowed = 0-3\n" },
	{ "tasks = 2\nallowed = 0,2-3\n", "\nallowed = 0,2-3\n" },
	{ "tasks = 2\nmemory = weak\n", "\nmemory = weak\n" },
	{ "tasks = 2\n", "\nmemory = strong\n" },
	{ "tasks = 2\ncheck = I5 I1 stall\n", "\ncheck = I1 I5 stall\n" },
	{ "tasks = 2\nexits = 3\n", "\nexits = 3\n" },
	{ "tasks = 2\n[steps]\n1 = out 0\n2 = in 0 T1\n", "\n[steps]\n1 = out 0\n2 = in 0 T1\n" },
};

TEST_ROWS(each_key_is_written_out, rows)
{
	g_autofree char *text = explained(rows[_i].keys);

	ck_assert_msg(strstr(text, rows[_i].line), "no '%s' in\n%s", rows[_i].line, text);
}

TEST(without_steps_there_is_no_group_of_them)
{
	g_autofree char *text = explained("tasks = 2\n");

	ck_assert_ptr_null(strstr(text, "[steps]"));
	ck_assert_ptr_null(strstr(text, "made-in-window"));
}

static void draw(struct prng *prng, struct scenario *drawn)
{
	struct machine_config *machine = &drawn->explore.config;

	drawn->cpus_count = machine->cpus_count = 1 + (uint32_t)prng_below(prng, MACHINE_CPUS_MAX);
	machine->tasks_max = 1 + (uint32_t)prng_below(prng, MACHINE_TASKS_MAX);
	machine->tasks_start = 1 + (uint32_t)prng_below(prng, machine->tasks_max);
	memset(machine->group, 0, sizeof(machine->group));
	for (uint32_t task = 1; task < machine->tasks_start; task++)
		machine->group[task] = (uint8_t)(machine->group[task - 1] + prng_below(prng, 2));
	machine->allowed = (uint16_t)(1 + prng_below(prng, (1u << machine->cpus_count) - 1));
	for (unsigned op = 0; op < MACHINE_OPS; op++)
		machine->may[op] = (uint8_t)prng_below(prng, MACHINE_LEFT_MAX + 1);
	/* what cannot matter is not written */
	machine->tasks_max = MIN(machine->tasks_max,
		machine->tasks_start + machine->may[MACHINE_FORKS] +
			machine->may[MACHINE_CLONE_VMS] + machine->may[MACHINE_VFORKS]);
	if (machine->allowed == (1u << machine->cpus_count) - 1)
		machine->may[MACHINE_AFFINITIES] = 0;
	machine->weak = prng_below(prng, 2);
	drawn->explore.check = 0;
	while (drawn->explore.check == 0)
		drawn->explore.check = (unsigned)prng_next(prng) & (2 * EXPLORE_WINDOW - 2);
}

TEST_RANGE(what_is_printed_is_read_as_what_it_was, 0, 100)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 0) };
	g_autoptr(GString) text = g_string_new(NULL);
	struct machine_config machine;
	struct scenario drawn;
	unsigned check;

	parse_good("[machine]\ncpus = 4\n[explore]\ntasks = 2\n");
	drawn = *scenario;
	draw(&prng, &drawn);
	machine = drawn.explore.config;
	check = drawn.explore.check;
	explain_explored_machine(text, &drawn);
	explain_explored(text, &drawn);
	parse_good(text->str);
	ck_assert_uint_eq(scenario->cpus_count, machine.cpus_count);
	ck_assert_uint_eq(scenario->explore.check, check);
	ck_assert_uint_eq(scenario->explore.config.tasks_start, machine.tasks_start);
	ck_assert_uint_eq(scenario->explore.config.tasks_max, machine.tasks_max);
	ck_assert_uint_eq(scenario->explore.config.allowed, machine.allowed);
	ck_assert_int_eq(scenario->explore.config.weak, machine.weak);
	ck_assert_mem_eq(scenario->explore.config.may, machine.may, sizeof(machine.may));
	ck_assert_mem_eq(scenario->explore.config.group, machine.group, sizeof(machine.group));
}

TEST_SIGNAL(a_scenario_without_explore_has_none_to_print, SIGABRT)
{
	g_autoptr(GString) text = g_string_new(NULL);

	parse_good("[mm app]\n");
	explain_explored(text, scenario);
}

TEST_SIGNAL(an_exploration_checks_something, SIGABRT)
{
	g_autoptr(GString) text = g_string_new(NULL);

	parse_good("[machine]\ncpus = 4\n[explore]\ntasks = 2\n");
	scenario->explore.check = 0;
	explain_explored(text, scenario);
}
