/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/places.h"

#include <glib.h>

#include "tests/lib/suite.h"

TEST(the_build_has_links_into_the_sources)
{
	g_autofree char *scenarios = place_shipped("scenarios"), *plots = place_shipped("plots");

	ck_assert_pstr_eq(scenarios, CIDSIM_SCENARIOS_SOURCE);
	ck_assert_pstr_eq(plots, CIDSIM_PLOTS_SOURCE);
}

TEST(what_does_not_ship_has_no_place)
{
	ck_assert_ptr_null(place_shipped("nosuch"));
	ck_assert_ptr_null(place_shipped("plots/common.gp"));
}
