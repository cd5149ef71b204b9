/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE
#include "sim/kernel/child.h"

#include <signal.h>
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
