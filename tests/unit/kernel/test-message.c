/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/message.h"

#include "sim/base/failure.h"
#include "tests/lib/suite.h"

#define SHIM "the shim lacks "
#define AFTER ", which this tree uses; sim/kernel/shim/ gives the kernel's code the names that it needs: "

static const struct {
	const char *said, *message;
} rows[] = {
	{ "k/c.c: In function 'f':\nk/c.c:7:2: error: implicit declaration of function 'foo' "
	  "[-W]\n",
		SHIM "foo" AFTER "k/c.c:7: implicit declaration of function 'foo' [-W]" },
	{ "k/c.c:7:2: error: call to undeclared function 'foo'; ISO C99\n",
		SHIM "foo" AFTER "k/c.c:7: call to undeclared function 'foo'; ISO C99" },
	{ "k/c.c:7:2: error: 'FOO' undeclared (first use in this function)\n",
		SHIM "FOO" AFTER "k/c.c:7: 'FOO' undeclared (first use in this function)" },
	{ "k/c.c:7:2: error: use of undeclared identifier 'FOO'\n",
		SHIM "FOO" AFTER "k/c.c:7: use of undeclared identifier 'FOO'" },
	{ "k/c.c:7:2: error: unknown type name 'foo_t'\n",
		SHIM "foo_t" AFTER "k/c.c:7: unknown type name 'foo_t'" },
	{ "k/c.c:7:2: error: 'struct rq' has no member named 'foo'\n",
		SHIM "the member foo" AFTER "k/c.c:7: 'struct rq' has no member named 'foo'" },
	{ "k/c.c:7:2: error: no member named 'foo' in 'struct rq'\n",
		SHIM "the member foo" AFTER "k/c.c:7: no member named 'foo' in 'struct rq'" },
	{ "k/c.c:7:2: error: expected ';' before '}' token\nk/c.c:9:1: error: x\n",
		"does not compile: k/c.c:7: expected ';' before '}' token" },
	{ "/usr/bin/ld: k/c.c:7: undefined reference to `foo'\n",
		SHIM "foo" AFTER "/usr/bin/ld: k/c.c:7: undefined reference to `foo'" },
	{ "something\n", "does not compile: something" },
	{ "", "does not compile: the compiler does not say why" },
	{ NULL, "does not compile: the compiler does not say why" },
};

TEST_ROWS(the_first_error_is_told_with_file_and_line, rows)
{
	g_autofree char *message = g_strconcat("tree: ", rows[_i].message, NULL);
	g_autoptr(GError) error = NULL;

	ck_assert(!message_of_compiler(rows[_i].said, "tree", &error));
	ck_assert(g_error_matches(error, failure_quark(), FAILURE_INPUT));
	ck_assert_str_eq(error->message, message);
}
