/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/axes-fixture.h"

#include <check.h>
#include <string.h>

#include "sim/sweep/axes-check.h"
#include "sim/sweep/axes-private.h"

enum { OPTIONS_MAX = 32 };

struct axes_fixture fixture;
const char axes_app[] = "[machine]\ncpus=8\n[mm app]\n[ramp r]\nto=4\n";

static struct sweep_axis_option options[OPTIONS_MAX];
static size_t options_count;

void axes_start(void)
{
	fixture = (struct axes_fixture){ .errors = g_ptr_array_new_with_free_func(g_free) };
	options_count = 0;
}

void axes_stop(void)
{
	sweep_axes_free(fixture.axes);
	scenario_free(fixture.scenario);
	g_ptr_array_free(fixture.errors, TRUE);
}

void axes_add_option(const char *option, const char *name, const char *values)
{
	ck_assert_uint_lt(options_count, OPTIONS_MAX);
	options[options_count++] = (struct sweep_axis_option){ option, name, values };
}

static const char *first_error(void)
{
	return fixture.errors->len > 0 ? fixture.errors->pdata[0] : "no message";
}

void axes_make(const char *text)
{
	sweep_axes_free(fixture.axes);
	scenario_free(fixture.scenario);
	g_ptr_array_set_size(fixture.errors, 0);
	fixture.source = (struct sweep_source){
		.path = "F", .text = text, .length = strlen(text), .overrides = &fixture.overrides
	};
	fixture.scenario =
		scenario_parse("F", text, strlen(text), &fixture.overrides, fixture.errors);
	ck_assert_msg(fixture.scenario != NULL, "%s", first_error());
	fixture.axes = sweep_axes_new(
		fixture.scenario, &fixture.source, options, options_count, fixture.errors);
	if (fixture.axes)
		sweep_axes_check(fixture.axes, &fixture.source, fixture.errors);
	if (fixture.errors->len > 0)
		g_clear_pointer(&fixture.axes, sweep_axes_free);
	ck_assert_int_eq(fixture.axes == NULL, fixture.errors->len > 0);
	options_count = 0;
}

void axes_accept(const char *text)
{
	axes_make(text);
	ck_assert_msg(fixture.axes != NULL, "%s", first_error());
}

void axes_refuse(const char *text, const char *message)
{
	axes_make(text);
	ck_assert_msg(fixture.axes == NULL, "accepted: %s", text);
	ck_assert_str_eq(first_error(), message);
	ck_assert_uint_eq(fixture.errors->len, 1);
}

char **axes_settings_at(const struct sweep_axes *axes, uint64_t point)
{
	uint64_t positions[AXES_MAX];

	sweep_axes_at(axes, point, positions);
	return sweep_axes_settings(axes, positions);
}

void axes_assert_settings(uint64_t point, const char *expected)
{
	char **settings = axes_settings_at(fixture.axes, point);
	char *joined = g_strjoinv(" | ", settings);

	ck_assert_str_eq(joined, expected);
	g_free(joined);
	g_strfreev(settings);
}
