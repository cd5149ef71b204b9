/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/explain.h"

#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

static const char *const files[] = {
	"[mm app]\n",
	"[machine]\ncpus=0-3,8\nonline=0-1\n[mm app]\ncount=2\nrun=exp(1ms)\nsleep=0ns\n"
	"[tasks t]\nrun=bimodal(1ms,10ms,12.5%)\nsleep=uniform(1us,2us)\ncpus=0,8\nloops=3\n",
	"[machine]\ncpus=7-7\n[mm app]\n[ramp r]\nto=5\ncycles=forever\ndwell=1500us\n",
	"[protocol]\nrevision=6.19\nthrs-policy=none\n[mm app]\n[pool p]\npools=2\nthreads=3\n",
	"[mm app]\n[tasks t]\ncount=0\n[at 1ms]\nfork=t*3; t by app\n[at 2ms]\nsleep=t/1 5us; t/2\n"
	"affinity=t/0 : 1-2\ncpu-off=3\n[at 3ms]\nexit=t\n",
	"[mm app]\n[expect]\nviolations=0\n[expect app]\nusers-max=<5; >=1\nfast-path=>50%\n"
	"window-max=<1ms\n[expect app at 3ms]\nmode=per-task\n[sweep]\ncpus=1-4\n",
	"[scenario]\nfound-with=v3\n[machine]\ncpus=2\n[explore]\ntasks=2+1\nforks=1\n"
	"memory=weak\ncheck=I1 stall\n[steps]\n1 = fork T0 T3\n",
};

SUITE(.before = parse_start, .after = parse_stop);

/* What is printed is a scenario that prints the same. */
TEST_ROWS(an_explained_scenario_is_the_same_scenario, files)
{
	g_autoptr(GString) once = g_string_new(NULL), twice = g_string_new(NULL);

	parse(files[_i]);
	ck_assert_msg(scenario != NULL, "%s", errors->len ? (char *)errors->pdata[0] : "");
	explain_print(once, scenario);
	ck_assert(g_str_has_prefix(once->str, "# F as cidsim " CIDSIM_VERSION " runs it\n"));
	parse_good(once->str);
	explain_print(twice, scenario);
	ck_assert_str_eq(once->str, twice->str);
}

TEST(defaults_and_overrides_are_written_out)
{
	const char *const set[] = { "cost.fork=1us", NULL };
	g_autoptr(GString) text = g_string_new(NULL);

	parse_with("[mm app]\n", &(struct scenario_overrides){ .set = set, .seed = "7" });
	explain_print(text, scenario);
	ck_assert_ptr_nonnull(strstr(text->str, "\nseed = 7\n"));
	ck_assert_ptr_nonnull(strstr(text->str, "\nfork = 1us\n"));
	ck_assert_ptr_nonnull(strstr(text->str, "\nslice = 3ms\n"));
	ck_assert_ptr_nonnull(strstr(text->str, "\n# run: none: it sleeps until it is needed\n"));
}
