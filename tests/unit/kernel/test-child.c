/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE
#include "sim/kernel/child.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/suite.h"

SUITE(.timeout = 60);

#define TREE CIDSIM_SCENARIOS_SOURCE "/../tests/kernel-tree"

static void takes_all(
	const struct code *code, const void *options, struct lockstep_result *result, void *more)
{
	(void)code;
	(void)options;
	(void)result;
	(void)more;
	g_error("%s: failed to allocate 1 bytes", G_STRLOC); /* as g_malloc() does */
}

static void dies(
	const struct code *code, const void *options, struct lockstep_result *result, void *more)
{
	(void)code;
	(void)options;
	(void)result;
	(void)more;
	kill(getpid(), SIGKILL);
	raise(SIGKILL);
}

/* What is said when @run runs in a child that has loaded @compiled. */
static char *failure_of(const struct compiled *compiled,
	void (*run)(const struct code *, const void *, struct lockstep_result *, void *))
{
	const struct child_job job = { .run = run };
	g_autoptr(GError) error = NULL;
	struct child child;

	ck_assert(child_start(&child, compiled, &job, &error));
	while (!child_poll(&child))
		g_usleep(1000);
	ck_assert_int_eq(child.state, CHILD_FAILED);
	ck_assert(!child_failure(&child, &error));
	child_end(&child);
	return g_strdup(error->message);
}

static bool goes_on(void)
{
	return false;
}

TEST(who_cannot_be_loaded_is_told_from_who_has_no_memory)
{
	const struct compiled none = { .library = (char *)"/nosuch/code.so" };
	g_autoptr(GError) error = NULL;
	struct tree *tree = tree_read(TREE, &error);
	struct compiled *compiled = compile_tree(tree, NULL, goes_on, &error);
	g_autofree char *missing = failure_of(&none, dies);
	g_autofree char *killed = NULL, *all = NULL;

	ck_assert_ptr_nonnull(compiled);
	ck_assert(g_str_has_prefix(missing, "what the compiler made cannot be loaded: /nosuch/"));
	killed = failure_of(compiled, dies);
	ck_assert(g_str_has_prefix(killed, "the process in which the code runs was killed; "));
	all = failure_of(compiled, takes_all);
	ck_assert_str_eq(all, "there is no memory for the process in which the code runs");
	compiled_free(compiled);
	tree_free(tree);
}

/* What each process of a job notes of itself. */
struct note {
	volatile uint32_t there;
	int parent, own;
	const void *code, *stack;
};

enum { HELPERS = 3 };

static void notes(
	const struct code *code, const void *options, struct lockstep_result *result, void *more)
{
	struct note *all = more, *own = &all[child_helper()];

	(void)options;
	own->parent = getppid();
	own->own = getpid();
	own->code = code;
	own->stack = &own;
	own->there = 1;
	for (uint32_t i = 0; i <= HELPERS; i++) {
		while (!all[i].there)
			g_usleep(1000);
	}
	if (child_helper() == 0)
		result->done = 1; /* it is the memory of all */
	while (child_helper() > 0)
		g_usleep(1000); /* it ends with the first one */
}

TEST(the_helpers_of_a_job_have_its_memory_and_end_with_it)
{
	const struct child_job job = {
		.run = notes, .more = (HELPERS + 1) * sizeof(struct note), .helpers = HELPERS
	};
	g_autoptr(GError) error = NULL;
	struct tree *tree = tree_read(TREE, &error);
	struct compiled *compiled = compile_tree(tree, NULL, goes_on, &error);
	struct note all[HELPERS + 1];
	struct child child;

	ck_assert_ptr_nonnull(compiled);
	ck_assert(child_start(&child, compiled, &job, &error));
	while (!child_poll(&child))
		g_usleep(1000);
	ck_assert_int_eq(child.state, CHILD_DONE);
	memcpy(all, child.more, sizeof(all));
	ck_assert_int_eq(all[0].parent, getpid());
	for (int i = 1; i <= HELPERS; i++) {
		ck_assert_int_eq(all[i].parent, all[0].own);
		ck_assert_ptr_eq(all[i].code, all[0].code);
		ck_assert_ptr_eq(all[i].stack, all[0].stack);
		for (int tries = 0; tries < 1000 && kill(all[i].own, 0) == 0; tries++)
			g_usleep(10000);
		ck_assert_int_ne(kill(all[i].own, 0), 0);
	}
	child_end(&child);
	compiled_free(compiled);
	tree_free(tree);
}
