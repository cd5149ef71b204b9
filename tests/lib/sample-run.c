/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include <check.h>

#include "model/check.h"
#include "tests/lib/folder.h"
#include "tests/lib/sample-run.h"

struct record_account *sample_account(struct sample_run *run, const char *name, uint32_t users_max)
{
	struct record_account *account = g_new0(struct record_account, 1);

	account->name = g_strdup(name);
	account->users_max = users_max;
	g_ptr_array_add(run->result->accounts, account);
	return account;
}

void sample_verdict(struct sample_run *run, unsigned expect, bool passed, const char *found)
{
	struct record_verdict *verdict = g_new0(struct record_verdict, 1);

	verdict->expect = &run->expects[expect];
	verdict->passed = passed;
	verdict->found = g_strdup(found);
	run->result->verdicts_failed += !passed;
	g_ptr_array_add(run->result->verdicts, verdict);
}

void sample_violation(struct sample_run *run, const char *property, const char *text)
{
	struct record_violation *violation = g_new0(struct record_violation, 1);

	violation->time_ns = 1234567;
	violation->property = property;
	violation->text = g_strdup(text);
	run->result->violations_count++;
	run->result->livelocks += strcmp(property, "I3") == 0;
	g_ptr_array_add(run->result->violations, violation);
}

void sample_start(struct sample_run *run)
{
	const uint16_t cpu_ids[4] = { 0, 1, 8, 9 };
	const struct revision *revision = revision_find("7.1");

	ck_assert_ptr_nonnull(revision);
	memcpy(run->cpu_ids, cpu_ids, sizeof(cpu_ids));
	run->expects[0] = (struct scenario_expect){
		.line = 40, .metric = METRIC_ENTER_USERS, .text = (char *)"enter-users = 5"
	};
	run->expects[1] = (struct scenario_expect){
		.line = 41, .metric = METRIC_VIOLATIONS, .text = (char *)"violations >= 1"
	};
	run->expects[2] = (struct scenario_expect){
		.line = 42, .metric = METRIC_LIVELOCKS, .text = (char *)"livelocks = 1"
	};
	run->expects[3] = (struct scenario_expect){ .line = 43,
		.metric = METRIC_PROPERTY,
		.value = CHECK_I4,
		.text = (char *)"property = I4" };
	run->scenario = (struct scenario){
		.path = (char *)"scenarios/sample.scn",
		.files = { 1, { { 0, (char *)"scenarios/sample.scn" } } },
		.verb = "run",
		.title = (char *)"A sample",
		.seed = 7,
		.cpus_count = 4,
		.nr_cpu_ids = 10,
		.cpu_ids = run->cpu_ids,
		.revision = revision,
		.protocol = revision->protocol,
		.expects = run->expects,
		.expects_count = 3,
	};
	run->result = record_result_new(&run->scenario);
	run->result->digest = UINT64_C(0x0123456789abcdef);
	run->result->end_ns = 120000000;
	run->result->ended = "time";
	run->dir = folder_new();
}

void sample_stop(struct sample_run *run)
{
	g_strfreev(run->scenario.asked);
	record_result_free(run->result);
	folder_remove(run->dir);
}

char *sample_path(const struct sample_run *run, const char *name)
{
	return g_build_filename(run->dir, name, NULL);
}

char *sample_read(const struct sample_run *run, const char *name)
{
	char *path = sample_path(run, name);
	char *text = NULL;

	ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "no file %s", path);
	g_free(path);
	return text;
}

struct output *sample_output(const struct sample_run *run)
{
	char *path = sample_path(run, "out");
	struct output *out = output_open(path, NULL);

	ck_assert_ptr_nonnull(out);
	g_free(path);
	return out;
}

char *sample_written(const struct sample_run *run, struct output *out)
{
	ck_assert(output_close(out, NULL));
	return sample_read(run, "out");
}

void assert_has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no '%s' in:\n%s", part, text);
}

void assert_lacks(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) == NULL, "there is '%s' in:\n%s", part, text);
}
