/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>

#include "model/check.h"
#include "sim/base/prng.h"
#include "sim/scenario/explain.h"
#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

enum { MUTATIONS = 5000 };

static const struct machine_config *machine(void)
{
	return &scenario->explore.config;
}

/* Four lines before [explore]: its keys begin in line 6. */
static void refuse_explored(const char *keys, const char *message)
{
	char *whole =
		g_strconcat("[machine]\ncpus=3\n[protocol]\nrevision=v3\n[explore]\n", keys, NULL);

	parse_bad(whole, message);
	g_free(whole);
}

SUITE(.timeout = 60, .before = parse_start, .after = parse_stop);

TEST(a_head_is_enough_and_all_else_has_defaults)
{
	parse_good("# nothing else\n[explore]");
	ck_assert_uint_eq(scenario->explore.line, 2);
	ck_assert_uint_eq(machine()->cpus_count, 4);
	ck_assert_uint_eq(machine()->tasks_start, 2);
	ck_assert_uint_eq(machine()->tasks_max, 2);
	ck_assert_uint_eq(machine()->group[0], 0);
	ck_assert_uint_eq(machine()->group[1], 0);
	ck_assert_uint_eq(machine()->allowed, 0xf);
	for (int op = 0; op < MACHINE_OPS; op++)
		ck_assert_uint_eq(machine()->may[op], 0);
	ck_assert(!machine()->weak && !machine()->reduced);
	ck_assert(!machine()->any_cpu_order && !machine()->any_task_order);
	ck_assert_mem_eq(
		&machine()->protocol, &revision_current()->protocol, sizeof(struct protocol));
	ck_assert_uint_eq(scenario->explore.check, CHECK_ALL_SAFETY | CHECK_I3);
	ck_assert_uint_eq(scenario->steps_line, 0);
	ck_assert_uint_eq(scenario->steps_count, 0);
	ck_assert_uint_eq(scenario->mms_count, 0);
	ck_assert_ptr_null(scenario->found_with);
}

TEST(a_file_without_it_is_no_exploration)
{
	parse_good("[mm app]");
	ck_assert_uint_eq(scenario->explore.line, 0);
	ck_assert_uint_eq(scenario->steps_line, 0);
}

TEST(each_key_is_read)
{
	parse_good("[machine]\ncpus=0-2\n[protocol]\nrevision=v3\ntransit-to-percpu=on\n"
		   "[explore]\ntasks = 2 + 1+1\ntasks-max=6\nallowed=0,2\nforks=1\nclone-vms=2\n"
		   "vforks=3\nexits=15\nexecs=4\nfailed-execs=5\naffinities=6\nmemory=weak\n"
		   "check=I3  return I7");
	ck_assert_uint_eq(machine()->cpus_count, 3);
	ck_assert_uint_eq(machine()->tasks_start, 4);
	ck_assert_uint_eq(machine()->tasks_max, 6);
	ck_assert_mem_eq(machine()->group, "\0\0\1\2", 4);
	ck_assert_uint_eq(machine()->allowed, 5);
	ck_assert_mem_eq(machine()->may, "\1\2\3\17\4\5\6", MACHINE_OPS);
	ck_assert(machine()->weak);
	ck_assert(machine()->protocol.split_mode && machine()->protocol.transit_to_percpu);
	ck_assert_uint_eq(scenario->explore.check, CHECK_I3 | CHECK_I7 | EXPLORE_RETURN);
}

TEST(weak_memory_goes_with_any_revision)
{
	parse_good("[explore]\nmemory = weak");
	ck_assert(machine()->weak && !machine()->protocol.split_mode);
	parse_good("[explore]\nmemory = strong");
	ck_assert(!machine()->weak);
}

static const struct {
	const char *keys;
	uint32_t tasks_max;
} sizes[] = {
	{ "tasks=3\nforks=2\nclone-vms=1\nvforks=1", 7 },
	{ "tasks=3\nforks=2\ntasks-max=4", 4 },
	{ "tasks=3\nforks=2\ntasks-max=3", 3 },
	{ "tasks=3\nforks=2\ntasks-max=16", 5 },
	{ "tasks=1\nforks=15", 16 },
	{ "tasks=10\nforks=15\ntasks-max=16", 16 },
	{ "tasks=16", 16 },
};

TEST_ROWS(at_most_all_tasks_and_forks_are_alive_at_once, sizes)
{
	char *text = g_strconcat("[explore]\n", sizes[_i].keys, NULL);

	parse_good(text);
	ck_assert_uint_eq(machine()->tasks_max, sizes[_i].tasks_max);
	g_free(text);
}

static const struct {
	const char *keys, *message;
} bad_keys[] = {
	{ "taks=2", "F:6: unknown key 'taks' in group 'explore', did you mean 'tasks'?" },
	{ "tasks=0", "F:6: tasks: a thread group has at least 1 task" },
	{ "tasks=2+", "F:6: tasks: '' is not a whole number, write one like 4" },
	{ "tasks=2+x", "F:6: tasks: 'x' is not a whole number, write one like 4" },
	{ "tasks=16+1", "F:6: tasks: more than 16 tasks" },
	{ "tasks=17", "F:6: tasks: more than 16 tasks" },
	{ "tasks=18446744073709551615", "F:6: tasks: more than 16 tasks" },
	{ "tasks=4\ntasks-max=3",
		"F:7: tasks-max: 3 is below the 4 tasks that there are at the start" },
	{ "tasks-max=17", "F:6: tasks-max: '17' is out of range, it must be 1 to 16" },
	{ "tasks=8\nforks=5\nvforks=4", "F:5: tasks and forks make 17 tasks at once, write "
					"tasks-max = 16 or less" },
	{ "forks=16", "F:6: forks: '16' is out of range, it must be 0 to 15" },
	{ "exits=-1", "F:6: exits: '-1' is negative, a number from 0 is needed" },
	{ "allowed=3", "F:6: allowed: CPU 3 is not one of the possible CPUs '0-2'" },
	{ "allowed=x", "F:6: allowed: 'x' is not a list of CPUs, write one like 0-3,8" },
	{ "affinities=1", "F:6: affinities: cannot matter, 'allowed' is all possible CPUs and "
			  "can get no wider" },
	{ "affinities=1\nallowed=0-2",
		"F:6: affinities: cannot matter, 'allowed' is all possible CPUs and can get no "
		"wider" },
	{ "memory=week", "F:6: memory: 'week' is not known, write strong or weak" },
	{ "check=I9",
		"F:6: check: 'I9' is not a property, write I1 to I8, return, stall, stuck, "
		"transit, window or invariant" },
	{ "check=I1,I2",
		"F:6: check: 'I1,I2' is not a property, write I1 to I8, return, stall, stuck, "
		"transit, window or invariant" },
	{ "check=I1 I2 I1", "F:6: check: 'I1' is there twice" },
	{ "[mm app]", "F:6: [mm app] means nothing beside [explore] in line 5" },
	{ "[tasks t]", "F:6: [tasks t] means nothing beside [explore] in line 5" },
	{ "[ramp r]", "F:6: [ramp r] means nothing beside [explore] in line 5" },
	{ "[pool p]", "F:6: [pool p] means nothing beside [explore] in line 5" },
	{ "[at 1ms]\nwake=app", "F:6: [at 1ms] means nothing beside [explore] in line 5" },
	{ "[cost]", "F:6: [cost] means nothing beside [explore] in line 5" },
	{ "[sched]", "F:6: [sched] means nothing beside [explore] in line 5" },
	{ "[sweep]\nfoo=bar", "F:6: [sweep] means nothing beside [explore] in line 5" },
	{ "[scenario]\ntime=5ms",
		"F:7: time: means nothing beside [explore], whose steps take no time" },
	{ "[scenario]\nmax-events=5",
		"F:7: max-events: means nothing beside [explore], which has no events" },
	{ "[scenario]\ncheck=off",
		"F:7: check: means nothing beside [explore], which has a 'check' of its own" },
	{ "[scenario]\nfound-with=v3",
		"F:7: found-with: the file has no [steps] that could have been found" },
	{ "[steps]\n1=out 0\n[scenario]\nfound-with=v33",
		"F:9: found-with: unknown revision 'v33', did you mean 'v3'?" },
	{ "[explore]", "F:6: group 'explore' twice, the first is in line 5" },
};

TEST_ROWS(a_fault_of_an_exploration_has_its_line, bad_keys)
{
	refuse_explored(bad_keys[_i].keys, bad_keys[_i].message);
}

TEST(the_machine_is_small_and_without_holes)
{
	parse_good("[machine]\ncpus=16\n[explore]");
	ck_assert_uint_eq(machine()->allowed, 0xffff);
	parse_good("[machine]\ncpus=1\n[explore]");
	ck_assert_uint_eq(machine()->allowed, 1);
	parse_bad("[explore]\n[machine]\ncpus=17",
		"F:3: cpus: 17 CPUs are too many for [explore] in line 1, at most 16");
	parse_bad("[explore]\n[machine]\ncpus=8192",
		"F:3: cpus: 8192 CPUs are too many for [explore] in line 1, at most 16");
	parse_bad("[explore]\n[machine]\ncpus=0-1,3",
		"F:3: cpus: the ids have holes, [explore] in line 1 needs CPUs 0-2");
	parse_bad("[explore]\n[machine]\ncpus=1-2",
		"F:3: cpus: the ids have holes, [explore] in line 1 needs CPUs 0-1");
	parse_bad("[explore]\n[machine]\nonline=0",
		"F:3: online: means nothing beside [explore], all its CPUs are online");
}

TEST(the_tasks_at_the_start_can_have_forked_each_other)
{
	static const char no_start[] =
		"F:5: the machine cannot begin: the fork of one of its tasks "
		"finds no CID and spins, write fewer tasks";

	parse_good("[machine]\ncpus=1\n[protocol]\nrevision=v1\n[explore]\ntasks=1");
	parse_good("[machine]\ncpus=1\n[protocol]\nrevision=v3\n[explore]\ntasks=2");
	parse_bad("[machine]\ncpus=1\n[protocol]\nrevision=v1\n[explore]\ntasks=2", no_start);
}

TEST(steps_are_read_with_their_lines)
{
	parse_good(
		"[scenario]\nfound-with=v6.19-rc1\n[explore]\nforks=1\n[steps]\n1 = fork T0 T2\n\n"
		"# T1 comes\n2 = in 3 T1\n3 = walk");
	ck_assert_uint_eq(scenario->steps_line, 5);
	ck_assert_uint_eq(scenario->steps_count, 3);
	ck_assert_uint_eq(scenario->steps[0].line, 6);
	ck_assert_int_eq(scenario->steps[0].step.verb, VERB_FORK);
	ck_assert_uint_eq(scenario->steps[0].step.child, 2);
	ck_assert_uint_eq(scenario->steps[1].line, 9);
	ck_assert_int_eq(scenario->steps[1].step.verb, VERB_IN);
	ck_assert_uint_eq(scenario->steps[1].step.cpu, 3);
	ck_assert_uint_eq(scenario->steps[1].step.task, 1);
	ck_assert_int_eq(scenario->steps[2].step.verb, VERB_WALK);
	ck_assert_str_eq(scenario->found_with->name, "v5");
}

TEST(there_can_be_no_steps_at_all)
{
	parse_good("[explore]\n[steps]\n");
	ck_assert_uint_eq(scenario->steps_line, 2);
	ck_assert_uint_eq(scenario->steps_count, 0);
}

static const struct {
	const char *steps, *message;
} bad_steps[] = {
	{ "2=out 0", "F:7: '2' is not the number of the next step, which is 1" },
	{ "1=out 0\n3=out 1\n4=out 0", "F:8: '3' is not the number of the next step, which is 2" },
	{ "1=out 0\nx=out 1\n3=out 0", "F:8: 'x' is not the number of the next step, which is 2" },
	{ "01=out 0", "F:7: '01' is not the number of the next step, which is 1" },
	{ "1=out 0\n1=out 1", "F:8: key '1' twice in the same group, the first is in line 7" },
	{ "1=in 1", "F:7: step 1: 'in 1' is not written like in CPU TASK [sees MODE]" },
	{ "1=wlak",
		"F:7: step 1: unknown step 'wlak', did you mean 'walk', written like walk, walk "
		"CPU or walk TASK?" },
	{ "1=out 3", "F:7: step 1: CPU 3 is not one of the possible CPUs, the last is 2" },
	{ "1=in 0 T3", "F:7: step 1: there is no task T3, the last is T2" },
	{ "1=fork T0 T3", "F:7: step 1: there is no task T3, the last is T2" },
	{ "1=exit T1 sees cpu", "F:7: step 1: 'exit T1 sees cpu' is not written like exit TASK" },
};

TEST_ROWS(a_fault_of_a_step_has_its_line, bad_steps)
{
	char *text = g_strconcat("[machine]\ncpus=3\n[explore]\nforks=1\ntasks=2\n[steps]\n",
		bad_steps[_i].steps, NULL);

	parse_bad(text, bad_steps[_i].message);
	g_free(text);
}

TEST(steps_need_to_know_of_what_machine_they_are)
{
	parse_bad("[mm app]\n[steps]\n1=out 0",
		"F:2: [steps] needs [explore], which says of what machine they are");
}

/* One bad value does not make others bad. */
TEST(steps_are_not_blamed_for_a_machine_that_is_not_known)
{
	parse_bad("[explore]\ntasks=x\n[steps]\n1=in 3 T15",
		"F:2: tasks: 'x' is not a whole number, write one like 4");
	parse_bad("[explore]\nforks=1\ntasks-max=99\n[steps]\n1=fork T0 T15",
		"F:3: tasks-max: '99' is out of range, it must be 1 to 16");
	parse_bad("[machine]\ncpus=99\n[explore]\n[steps]\n1=in 15 T1",
		"F:2: cpus: 99 CPUs are too many for [explore] in line 3, at most 16");
}

static char *many_steps(unsigned count)
{
	GString *text = g_string_new("[explore]\n[steps]\n");

	for (unsigned i = 1; i <= count; i++)
		g_string_append_printf(text, "%u = in 1 T1\n", i);
	return g_string_free(text, FALSE);
}

TEST(steps_have_a_limit)
{
	char *most = many_steps(SCENARIO_STEPS_MAX), *more = many_steps(SCENARIO_STEPS_MAX + 1);

	parse_good(most);
	ck_assert_uint_eq(scenario->steps_count, SCENARIO_STEPS_MAX);
	ck_assert_uint_eq(scenario->steps[SCENARIO_STEPS_MAX - 1].line, SCENARIO_STEPS_MAX + 2);
	parse_bad(more, "F:100003: more than 100000 steps");
	g_free(most);
	g_free(more);
}

TEST(all_faults_are_listed_at_once)
{
	parse("[explore]\ntasks=0\nmemory=none\n[steps]\n1=out 9\n3=walc\n[mm app]\n[expect]\n"
	      "users=1");
	ck_assert_ptr_null(scenario);
	ck_assert_uint_eq(errors->len, 7);
}

TEST(expectations_are_of_violations_and_of_a_property)
{
	parse_good("[explore]\ncheck=I3 return\n[expect]\nviolations = 1; < 3\nproperty = I3\n");
	ck_assert_uint_eq(scenario->expects_count, 3);
	ck_assert_int_eq(scenario->expects[0].metric, METRIC_VIOLATIONS);
	ck_assert_int_eq(scenario->expects[2].metric, METRIC_PROPERTY);
	ck_assert_int_eq(scenario->expects[2].relation, REL_EQ);
	ck_assert_uint_eq(scenario->expects[2].value, CHECK_I3);
	ck_assert(scenario->expects[2].at_end);
	parse_good("[explore]\ncheck=I3 return\n[expect]\nproperty = != none; return");
	ck_assert_int_eq(scenario->expects[0].relation, REL_NE);
	ck_assert_uint_eq(scenario->expects[0].value, 0);
	ck_assert_uint_eq(scenario->expects[1].value, EXPLORE_RETURN);
}

static const struct {
	const char *expects, *message;
} bad_expects[] = {
	{ "[expect]\nproperty=I9", "F:3: property: 'I9' is not a property, write I1 to I8, "
				   "return, stall, stuck, transit, window or invariant" },
	{ "[expect]\nproperty=< I3", "F:3: property: a property has no order, compare it with == "
				     "or !=" },
	{ "[expect]\nproperty=I7",
		"F:3: property: 'I7' is not looked for, add it to 'check' of [explore]" },
	{ "[expect]\nproprety=I3",
		"F:3: unknown key 'proprety' in group 'expect', did you mean 'property'?" },
	{ "[expect]\nlivelocks=1", "F:3: 'livelocks' cannot be expected beside [explore], but "
				   "violations and property can" },
	{ "[expect]\nspins=1", "F:3: 'spins' cannot be expected beside [explore], but violations "
			       "and property can" },
	{ "[expect mm]\n", "F:2: beside [explore] there are no mms with names, write [expect]" },
	{ "[expect mm at 1us]\n", "F:2: beside [explore] there are no mms with names, write "
				  "[expect]" },
};

TEST_ROWS(other_expectations_mean_nothing, bad_expects)
{
	char *text = g_strconcat("[explore]\n", bad_expects[_i].expects, NULL);

	parse_bad(text, bad_expects[_i].message);
	g_free(text);
}

TEST(a_run_has_no_property_to_end_with)
{
	parse_bad("[mm app]\n[expect]\nproperty=I3",
		"F:3: 'property' belongs in a group [expect] of a file with [explore]");
}

TEST(what_may_happen_has_names)
{
	static const char *const ops[] = { "forks", "clone-vms", "vforks", "exits", "execs",
		"failed-execs", "affinities" };

	for (int op = 0; op < MACHINE_OPS; op++)
		ck_assert_str_eq(scenario_op_to_string((enum machine_op)op), ops[op]);
}

TEST_SIGNAL(what_never_happens_has_no_name, SIGABRT)
{
	scenario_op_to_string(MACHINE_OPS);
}

TEST(options_change_what_is_there_but_make_no_exploration)
{
	static const char *const good[] = { "explore.forks=2", "steps.1=out 1",
		"protocol.revision=v3", NULL };
	static const char *const group[] = { "explore.forks=2", NULL };
	static const char *const step[] = { "steps.2=inn 1", NULL };
	static const char *const cpus[] = { "machine.cpus=17", NULL };

	parse_with("[explore]\n[steps]\n1=out 0", &(struct scenario_overrides){ .set = good });
	ck_assert_ptr_nonnull(scenario);
	ck_assert_uint_eq(machine()->may[MACHINE_FORKS], 2);
	ck_assert_uint_eq(scenario->steps[0].step.cpu, 1);
	ck_assert(machine()->protocol.split_mode);
	parse_with("[mm app]", &(struct scenario_overrides){ .set = group });
	ck_assert_str_eq(errors->pdata[0], "--set explore.forks: the file has no group [explore]");
	parse_with("[explore]\n[steps]\n1=out 0", &(struct scenario_overrides){ .set = step });
	ck_assert_str_eq(errors->pdata[0], "--set steps.2: unknown step 'inn', did you mean 'in', "
					   "written like in CPU TASK [sees MODE]?");
	parse_with("[explore]", &(struct scenario_overrides){ .set = cpus });
	ck_assert_str_eq(errors->pdata[0],
		"--set machine.cpus: 17 CPUs are too many for [explore] in line 1, at most 16");
}

static const char rich[] =
	"[scenario]\ntitle=a b\nfound-with=v3\n[machine]\ncpus=4\n[protocol]\nrevision=v3\n"
	"[explore]\ntasks=2+1\nallowed=0-1\nforks=2\nexits=1\naffinities=3\nmemory=weak\n"
	"check=I1 I3 return\n[steps]\n1=out 0 sees cpu+t\n2=in 3 T1\n3=walk 2\n4=fork T0 T3\n"
	"[expect]\nviolations=1\nproperty=I3\n";

/* What check --explain prints is read as the same. */
TEST(explained_it_is_the_same)
{
	GString *once = g_string_new(NULL), *twice = g_string_new(NULL);
	struct scenario *first;

	parse_good(rich);
	explain_print(once, scenario);
	first = scenario;
	scenario = NULL;
	parse_good(once->str);
	explain_print(twice, scenario);
	ck_assert_str_eq(strchr(once->str, '\n'), strchr(twice->str, '\n'));
	ck_assert_mem_eq(machine(), &first->explore.config, sizeof(struct machine_config));
	ck_assert_uint_eq(scenario->explore.check, first->explore.check);
	ck_assert_uint_eq(scenario->steps_count, first->steps_count);
	for (uint32_t i = 0; i < scenario->steps_count; i++)
		ck_assert_mem_eq(&scenario->steps[i].step, &first->steps[i].step,
			sizeof(struct explore_step));
	ck_assert_ptr_eq(scenario->found_with, first->found_with);
	ck_assert_str_eq(scenario->title, "a b");
	scenario_free(first);
	g_string_free(once, TRUE);
	g_string_free(twice, TRUE);
}

static void assert_sound(void)
{
	const struct machine_config *m = machine();

	if (scenario->explore.line == 0)
		return;
	ck_assert(m->cpus_count >= 1 && m->cpus_count <= MACHINE_CPUS_MAX);
	ck_assert(m->allowed != 0 && m->allowed >> m->cpus_count == 0);
	ck_assert(m->tasks_start >= 1 && m->tasks_start <= m->tasks_max);
	ck_assert(m->tasks_max <= MACHINE_TASKS_MAX);
	for (uint32_t i = 0; i < scenario->steps_count; i++) {
		const struct explore_step *step = &scenario->steps[i].step;

		ck_assert(step->verb < VERB_COUNT);
		ck_assert(step->cpu < m->cpus_count || step->cpu == STEP_CPU_NONE);
		ck_assert(step->task < m->tasks_max || step->task == STEP_TASK_NONE);
		ck_assert(step->child < m->tasks_max || step->child == STEP_TASK_NONE);
		ck_assert(step->sees < 4 || step->sees == SEES_PRESENT);
	}
}

static void mutate(GString *text, struct prng *prng)
{
	static const char *const words[] = { "\n[steps]\n", "\n[explore]\n", "=", "+", "T", "16",
		"255", " sees ", "-", "\n[mm a]\n", "#", "\xff", "0-15", "\n5=", "none", "I7" };
	size_t at = prng_below(prng, text->len), length = prng_below(prng, 12);
	const char *word = words[prng_below(prng, G_N_ELEMENTS(words))];

	switch (prng_below(prng, 4)) {
	case 0:
		text->str[at] = (char)prng_below(prng, 256);
		break;
	case 1:
		g_string_insert(text, (gssize)at, word);
		break;
	case 2:
		g_string_erase(text, (gssize)at, (gssize)MIN(length, text->len - at));
		break;
	default:
		if (g_ascii_isdigit(text->str[at]))
			text->str[at] = (char)('0' + prng_below(prng, 10));
		break;
	}
}

TEST(damaged_files_are_read_or_refused)
{
	struct prng prng = { .key = prng_key(3, 0) };
	unsigned accepted = 0;

	for (int i = 0; i < MUTATIONS; i++) {
		GString *text = g_string_new(rich);

		for (uint64_t n = prng_below(&prng, 3) + 1; n > 0 && text->len > 0; n--)
			mutate(text, &prng);
		g_ptr_array_set_size(errors, 0);
		scenario_free(scenario);
		scenario = scenario_parse("F", text->str, text->len, NULL, errors);
		ck_assert_msg((scenario == NULL) == (errors->len > 0), "mutation %d", i);
		if (scenario != NULL) {
			assert_sound();
			accepted++;
		}
		g_string_free(text, TRUE);
	}
	ck_assert_uint_gt(accepted, MUTATIONS / 20);
	ck_assert_uint_lt(accepted, MUTATIONS / 2);
}
