/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The table of the kinds of steps is complete, and taking a step uses up what its row says. */

#include "sim/machine/kinds.h"

#include <signal.h>

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

TEST_RANGE(each_kind_has_a_word_a_form_a_text_a_guard_and_an_effect, 0, VERB_COUNT)
{
	const struct step_kind *kind = step_kind((enum step_verb)_i);

	ck_assert_ptr_nonnull(kind->word);
	ck_assert_int_eq(strncmp(kind->form, kind->word, strlen(kind->word)), 0);
	ck_assert_ptr_nonnull(kind->text);
	ck_assert(kind->refuse && kind->apply);
	for (int i = 0; i < VERB_COUNT; i++)
		ck_assert(i == _i || strcmp(step_kind((enum step_verb)i)->word, kind->word) != 0);
}

static const struct {
	const char *text;
	enum machine_op op;
} uses[] = {
	{ "fork T0 T2", MACHINE_FORKS },
	{ "clone-vm T0 T2", MACHINE_CLONE_VMS },
	{ "vfork T0 T2", MACHINE_VFORKS },
	{ "exit T0", MACHINE_EXITS },
	{ "exec T0", MACHINE_EXECS },
	{ "failed-exec T0", MACHINE_FAILED_EXECS },
	{ "out 0", MACHINE_OPS },
};

TEST_ROWS(a_step_uses_up_what_its_row_says_and_nothing_else, uses)
{
	struct machine_config config = machines_busy_config("7.1", 3, 2, 4);
	struct machine *m = machines_new(&config);
	struct explore_step step = machines_step(&config, uses[_i].text);

	ck_assert_int_eq(machine_op_of(&step), uses[_i].op);
	machines_take(m, &config, uses[_i].text);
	for (int op = 0; op < MACHINE_OPS; op++)
		ck_assert_int_eq(m->left[op], config.may[op] - (op == (int)uses[_i].op));
	free(m);
}

/* Is there a way out of a spin at all: exits are not counted. */
TEST(what_is_used_up_stays_so)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m;

	config.may_all_exit = true;
	m = machines_new(&config);
	machines_take(m, &config, "exit T0");
	ck_assert_uint_eq(m->left[MACHINE_EXITS], 0);
	free(m);
}

TEST_SIGNAL(a_verb_that_is_none_is_our_bug, SIGABRT)
{
	step_kind(VERB_COUNT);
}
