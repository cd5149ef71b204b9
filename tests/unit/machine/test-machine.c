/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* How a machine begins. */

#include "sim/machine/machine.h"

#include "model/mm.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 120);

static void check_start(const struct machine_config *config)
{
	struct machine *m = machines_new(config);
	const struct model *model = machine_model_const(m);
	uint32_t cpu = (uint32_t)__builtin_ctz(config->allowed);
	uint32_t allowed = (uint32_t)__builtin_popcount(config->allowed);
	bool fits = config->tasks_start < mm_enter_users(model, allowed);

	ck_assert_uint_eq(machine_mm(m)->users, config->tasks_start);
	ck_assert_uint_eq(machine_mm(m)->mode, fits ? 0 : MODE_PER_CPU);
	ck_assert_uint_eq(machine_mm(m)->phase, PHASE_IDLE);
	ck_assert_uint_eq(machine_mm(m)->allowed_count, allowed);
	ck_assert_uint_eq(machine_initiator(m), STEP_TASK_NONE);
	ck_assert_uint_eq(machine_check(m), 0);
	ck_assert(!machine_spins(m));
	ck_assert_mem_eq(m->left, config->may, sizeof(config->may));
	for (uint32_t i = 0; i < config->cpus_count; i++)
		ck_assert_uint_eq(machines_cpu(m, i)->curr, i == cpu ? 0 : TASK_NONE);
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		bool lives = task < config->tasks_start;

		ck_assert_uint_eq(m->pc[task], lives ? PC_USER : PC_FREE);
		ck_assert_uint_eq(machines_task(m, task)->active, lives);
		if (!lives)
			continue;
		ck_assert_uint_eq(machines_task(m, task)->cpu, cpu);
		ck_assert_uint_eq(machines_task(m, task)->visible, 1);
		ck_assert_uint_eq(machines_task(m, task)->group, config->group[task]);
		if (fits) /* one after the other has got the lowest one left */
			ck_assert_uint_eq(machines_task(m, task)->cid, task);
	}
	free(m);
}

/* All revisions: with fewer tasks than the boundary, and more. */
TEST(a_machine_begins_with_its_tasks_in_one_queue_and_nothing_broken)
{
	size_t revisions;
	const struct revision *revision = &revision_table(&revisions)[0];

	for (size_t i = 0; i < revisions; i++, revision++) {
		for (uint32_t cpus = 2; cpus <= 5; cpus++) {
			for (uint32_t tasks = 1; tasks <= 8; tasks++) {
				struct machine_config config =
					machines_config(revision->name, cpus, tasks, 9);

				config.may[MACHINE_EXITS] = 3;
				check_start(&config);
				config.allowed &= (uint16_t)~1u;
				check_start(&config);
			}
		}
	}
}

TEST(tasks_begin_in_the_thread_groups_that_they_are_said_to_be_in)
{
	struct machine_config config = machines_config("7.1", 4, 4, 4);

	memcpy(config.group, "\0\1\1\2", 4);
	check_start(&config);
}

/* v1's threshold is 0 where there is one CPU: the second task would wait for a number for ever. */
TEST(where_a_fork_would_spin_there_is_no_start)
{
	struct machine_config config = machines_config("v1", 1, 1, 2);
	struct machine machine;

	ck_assert(machine_start(&machine, &config));
	config.tasks_start = 2;
	ck_assert(!machine_start(&machine, &config));
	config.protocol = machines_config("v3", 1, 1, 1).protocol;
	ck_assert(machine_start(&machine, &config));
}
