/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/sizes.h"

const struct machine_size small_sizes[SIZES_SMALL] = {
	{ 2, 2, 2, { [FORKS] = 1, [EXITS] = 1 }, false },
	{ 2, 2, 1, { [FORKS] = 2, [EXITS] = 1 }, false },
	{ 2, 1, 1, { [FORKS] = 1, [EXITS] = 1, [FAILED_EXECS] = 1 }, false },
	{ 2, 2, 2, { [FAILED_EXECS] = 2 }, false },
	{ 3, 1, 2, { [EXITS] = 1, [FAILED_EXECS] = 1 }, false },
	{ 3, 1, 2, { [EXITS] = 1, [AFFINITIES] = 1 }, false },
	{ 2, 2, 1, { [VFORKS] = 1, [FORKS] = 1, [EXECS] = 1 }, false },
	{ 2, 2, 1, { [CLONE_VMS] = 1, [FORKS] = 1 }, false },
	{ 2, 2, 2, { [FORKS] = 1 }, true },
};

const struct known_defect known_defects[SIZES_DEFECTS] = {
	{ "B1", "v3", "6.19-livelock", { 2, 2, 2, { [FORKS] = 1 }, false }, CHECK_I3, 3, 6 },
	{ "B2", "6.19-livelock", "6.19-ordering", { 3, 3, 3, { [FORKS] = 1 }, true }, CHECK_I3, 7,
		10 },
	{ "B3", "v3", "6.19-dropcpu", { 4, 2, 2, { [FORKS] = 1, [EXITS] = 2 }, false }, CHECK_I6, 7,
		8 },
	{ "B4", "6.19", "6.19.1", { 4, 2, 2, { [FORKS] = 1, [EXITS] = 2 }, false }, CHECK_I2, 7,
		8 },
	{ "B5", "6.19.1", "7.0-fork", { 3, 3, 2, { [FORKS] = 3 }, false }, CHECK_I5, 6, 7 },
	{ "B6", "7.0-fork", "7.0-vfork", { 3, 3, 2, { [FORKS] = 1, [CLONE_VMS] = 1 }, false },
		CHECK_I5, 6, 6 },
	{ "B7", "7.0", "7.1", { 4, 2, 3, { [EXITS] = 2, [FAILED_EXECS] = 1 }, false }, CHECK_I2, 8,
		10 },
	{ "B8", "7.1", "affinity-return", { 4, 1, 2, { [EXITS] = 1, [AFFINITIES] = 1 }, false },
		EXPLORE_RETURN, 2, 2 },
	{ "B9", "7.1", NULL, { 4, 2, 3, { [EXITS] = 2, [FAILED_EXECS] = 1 }, false }, CHECK_I5, 11,
		13 },
};

struct machine_config sizes_config(const char *revision, const struct machine_size *size)
{
	struct machine_config config =
		machines_config(revision, size->cpus, size->tasks, size->tasks);

	config.allowed = (uint16_t)((1u << size->allowed) - 1);
	memcpy(config.may, size->may, sizeof(config.may));
	config.tasks_max += (uint32_t)(size->may[FORKS] + size->may[CLONE_VMS] + size->may[VFORKS]);
	config.weak = size->weak;
	config.reduced = true;
	return config;
}

void sizes_rename(struct machine_config *config)
{
	config->any_cpu_order = true;
	config->any_task_order = machines_can_rename_tasks(config);
}

struct search_result *sizes_search(
	const struct machine_config *config, unsigned check, unsigned jobs)
{
	const struct search_options options = {
		.config = *config,
		.check = check,
		.jobs = jobs,
		.memory = (size_t)1 << 30,
	};

	return search_run(&options);
}

int sizes_length(const struct machine_config *config, unsigned check)
{
	struct search_result *result = sizes_search(config, check, 1);
	int length = result->verdict == SEARCH_VIOLATED ? (int)result->depth : -1;

	ck_assert_int_ne(result->verdict, SEARCH_UNDECIDED);
	search_result_free(result);
	return length;
}
