/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Loads of rt-app: faults that say what is wrong, or a scenario, which is read without a fault and runs.
 *
 * Input: a byte for the number of CPUs, the JSON.
 */

#include <string.h>

#include "sim/import/rt-app.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/one-run.h"

static void run(const char *text)
{
	struct scenario *scenario;

	fuzz_means(text);
	scenario = one_parse(text, strlen(text), NULL);
	FUZZ_CHECK(scenario);
	if (one_is_small(scenario))
		record_result_free(one_run(scenario, ONE_NO_LOG));
	scenario_free(scenario);
	fuzz_means(NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	uint32_t cpus = fuzz_below(&fuzz, 9);
	size_t length = (size_t)(fuzz.end - fuzz.at);
	g_autofree char *text = g_malloc(length + 1), *scenario = NULL;
	struct faults *faults = faults_new("load.json");
	g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);

	memcpy(text, fuzz.at, length);
	text[length] = '\0';
	scenario = rt_app_import("load.json", text, length, cpus, faults, messages);
	FUZZ_CHECK(!scenario == (faults_count(faults) > 0));
	faults_list(faults, messages);
	if (scenario)
		run(scenario);
	faults_free(faults);
	return 0;
}
