/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct suite_test *first_test, **last_test = &first_test;
static const struct suite *settings;
static char now[256];

void suite_add(struct suite_test *test)
{
	*last_test = test;
	last_test = &test->next;
}

void suite_set(const struct suite *suite)
{
	settings = suite;
}

void suite_enter(const char *name, int i)
{
	snprintf(now, sizeof(now), "%s/%d", name, i);
}

const char *suite_now(void)
{
	return now;
}

/* Does @wanted, "PART" or "PART/3", name @test? If so only the 3 is left of its range. */
static bool is_named(struct suite_test *test, const char *wanted)
{
	const char *slash = strchr(wanted, '/');
	size_t length = slash ? (size_t)(slash - wanted) : strlen(wanted);
	int i = slash ? atoi(slash + 1) : 0;

	for (const char *at = test->test->name; *at; at++) {
		if (strncmp(at, wanted, length) != 0)
			continue;
		if (slash && (i < test->first || i >= test->end))
			return false;
		if (slash) {
			test->first = i;
			test->end = i + 1;
		}
		return true;
	}
	return false;
}

static bool is_wanted(struct suite_test *test, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (is_named(test, argv[i]))
			return true;
	}
	return argc < 2;
}

/* Each test is a case of its own, so that CK_RUN_CASE picks one too. */
static TCase *case_of(const struct suite_test *test)
{
	TCase *tcase = tcase_create(test->test->name);
	unsigned timeout = settings && settings->timeout ? settings->timeout : SUITE_TIMEOUT_S;

	tcase_set_timeout(tcase, timeout);
	if (settings && (settings->before || settings->after))
		tcase_add_checked_fixture(tcase, settings->before, settings->after);
	if (test->signal)
		tcase_add_test_raise_signal(tcase, test->test, test->signal);
	else
		tcase_add_loop_test(tcase, test->test, test->first, test->end);
	return tcase;
}

static int list(void)
{
	for (const struct suite_test *test = first_test; test; test = test->next)
		printf("%s\n", test->test->name);
	return EXIT_SUCCESS;
}

int suite_run(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	Suite *suite = suite_create(slash ? slash + 1 : argv[0]);
	SRunner *runner;
	int failed, wanted = 0;

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	runner = srunner_create(suite);
	for (struct suite_test *test = first_test; test; test = test->next) {
		if (is_wanted(test, argc, argv)) {
			suite_add_tcase(suite, case_of(test));
			wanted++;
		}
	}
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (wanted == 0)
		fprintf(stderr, "%s: no test of that name; --list prints them\n", argv[0]);
	return failed || wanted == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
