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

void suite_skip(const char *why)
{
	printf("skipped: %s: %s\n", now, why);
	fflush(stdout);
}

/* Does @wanted, "PART" or "PART/3", name @test? If so only the 3 is left of its range, as usual. */
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
			test->usual = test->end = i + 1;
		}
		return true;
	}
	return false;
}

static bool is_wanted(struct suite_test *test, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (is_named(test, argv[i]))
			return true;
	}
	return argc == 0;
}

/* From one value of _i to the next: 1, but of more than SUITE_MOST values only that many run. */
static int step_of(int count)
{
	const char *text = getenv("SUITE_MOST");
	int most = text ? atoi(text) : 0;

	return most > 0 ? 1 + (count - 1) / most : 1;
}

/* Each test is a case of its own, so that CK_RUN_CASE picks one too. */
static TCase *case_of(const struct suite_test *test, bool is_long)
{
	TCase *tcase = tcase_create(test->test->name);
	unsigned timeout = settings && settings->timeout ? settings->timeout : SUITE_TIMEOUT_S;
	int first = is_long ? test->usual : test->first, end = is_long ? test->end : test->usual;

	tcase_set_timeout(tcase, timeout);
	if (settings && (settings->before || settings->after))
		tcase_add_checked_fixture(tcase, settings->before, settings->after);
	for (int i = first; i < end; i += step_of(end - first))
		tcase_add_loop_test_raise_signal(tcase, test->test, test->signal, i, i + 1);
	return tcase;
}

static int list(void)
{
	for (const struct suite_test *test = first_test; test; test = test->next)
		printf("%s%s\n", test->test->name, test->usual < test->end ? " (--long)" : "");
	return EXIT_SUCCESS;
}

/* How many tests run: those that the @argc words of @argv name, all if there are none. */
static int add_cases(Suite *suite, bool is_long, int argc, char **argv)
{
	int count = 0;

	for (struct suite_test *test = first_test; test; test = test->next) {
		if (!is_wanted(test, argc, argv))
			continue;
		if (is_long ? test->usual == test->end : test->first == test->usual)
			continue;
		suite_add_tcase(suite, case_of(test, is_long));
		count++;
	}
	return count;
}

int suite_run(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	bool is_long = argc > 1 && strcmp(argv[1], "--long") == 0;
	int failed, count, words = is_long ? 2 : 1;
	SRunner *runner;
	Suite *suite;

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	suite = suite_create(slash ? slash + 1 : argv[0]);
	runner = srunner_create(suite);
	count = add_cases(suite, is_long, argc - words, argv + words);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (count == 0)
		fprintf(stderr, "%s: no test of that name; --list prints them\n", argv[0]);
	return failed || count == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
