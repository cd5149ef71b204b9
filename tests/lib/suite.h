/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_SUITE_H
#define CIDSIM_TESTS_LIB_SUITE_H

/*
 * Tests that register themselves, on top of Check. A test program is one file: its tests are
 *
 *     TEST(a_sentence_that_says_what_holds)
 *     {
 *             ck_assert(…);
 *     }
 *
 * and main() comes from suite-main.c: it runs them in the order of the file, each in a process of
 * its own. Arguments name tests: only those whose name contains one of them run, with NAME/3 only
 * for _i = 3; --list prints the names. A file with a main() of its own calls suite_run() in it.
 *
 * What takes long runs only with --long as the first argument, and then alone: the suite `long`.
 * With SUITE_MOST=N in the environment, a test with more than N values of _i runs for at most N of
 * them, from the first one on with equal distances. For builds that are slow, such as those with
 * sanitizers.
 */

#include <check.h>
#include <stdlib.h>

/*
 * A test with what it is run for: _i from @first to @usual - 1, with --long from @usual to @end - 1;
 * @signal is how it must end, or 0.
 */
struct suite_test {
	const TTest *test;
	int first, usual, end;
	int signal;
	struct suite_test *next;
};

/* What holds for all tests of a file: SUITE(.timeout = 120, .before = start, .after = stop); */
struct suite {
	unsigned timeout; /* seconds for each test; 0: 60 */
	void (*before)(void);
	void (*after)(void);
};

enum { SUITE_TIMEOUT_S = 60 };

void suite_add(struct suite_test *test);
void suite_set(const struct suite *suite);

/* The test that runs, "NAME/3": what to give to the program to run it again. */
const char *suite_now(void);

/* To be called as the test @name begins. */
void suite_enter(const char *name, int i);

/* To be called where the test cannot prove what it says, before it returns: writes
 * "skipped: NAME/3: @why" to standard output. */
void suite_skip(const char *why);

/* Run the tests that @argv names, all if it names none. Returns EXIT_SUCCESS if none failed. */
int suite_run(int argc, char **argv);

#define SUITE(...)                                                                                 \
	__attribute__((constructor)) static void suite_settings(void)                              \
	{                                                                                          \
		static const struct suite suite = { __VA_ARGS__ };                                 \
		suite_set(&suite);                                                                 \
	}                                                                                          \
	struct suite

#define SUITE_TEST(name, first_, usual_, end_, signal_)                                            \
	static void name##_body(int _i);                                                           \
	static void name##_fn(int _i)                                                              \
	{                                                                                          \
		suite_enter(#name, _i);                                                            \
		name##_body(_i);                                                                   \
	}                                                                                          \
	static const TTest name##_test = { #name, name##_fn, __FILE__, __LINE__ };                 \
	__attribute__((constructor)) static void name##_register(void)                             \
	{                                                                                          \
		static struct suite_test test = { .test = &name##_test };                          \
		test.first = (first_);                                                             \
		test.usual = (int)(usual_);                                                        \
		test.end = (int)(end_);                                                            \
		test.signal = (signal_);                                                           \
		suite_add(&test);                                                                  \
	}                                                                                          \
	static void name##_body(int _i __attribute__((unused)))

#define TEST(name) SUITE_TEST(name, 0, 1, 1, 0)

/* Once for each row of an array, which _i is the index of. */
#define TEST_ROWS(name, rows)                                                                      \
	SUITE_TEST(name, 0, sizeof(rows) / sizeof((rows)[0]), sizeof(rows) / sizeof((rows)[0]), 0)

/* For each _i with @first <= _i < @end. */
#define TEST_RANGE(name, first, end) SUITE_TEST(name, first, end, end, 0)

/* The same; from _i = @usual on with --long only. */
#define TEST_LONG(name, first, usual, end) SUITE_TEST(name, first, usual, end, 0)

/* It must end by @signal: an assertion that fires. */
#define TEST_SIGNAL(name, signal) SUITE_TEST(name, 0, 1, 1, signal)

/* The same, once for each row of an array, which _i is the index of. */
#define TEST_SIGNAL_ROWS(name, rows, signal)                                                       \
	SUITE_TEST(name, 0, sizeof(rows) / sizeof((rows)[0]), sizeof(rows) / sizeof((rows)[0]),    \
		signal)

#endif
