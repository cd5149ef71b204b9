/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/trace.h"

#include "tests/lib/suite.h"

TEST(fields_are_found_by_their_key)
{
	static const char text[] = "a=1 bb=0x1f  text=\"in 1 T0=x\" c= d=x e=-3 words f=12";
	char value[10];
	uint64_t number = 0;

	ck_assert(trace_field(text, "text", value, sizeof(value)));
	ck_assert_str_eq(value, "in 1 T0=x");
	ck_assert(!trace_field(text, "text", value, sizeof(value) - 1));
	ck_assert(!trace_field(text, "T0", value, sizeof(value)));
	ck_assert(!trace_field(text, "b", value, sizeof(value)));
	ck_assert(!trace_field(text, "words", value, sizeof(value)));
	ck_assert(trace_field(text, "c", value, sizeof(value)));
	ck_assert_str_eq(value, "");
	ck_assert(trace_field_number(text, "bb", &number));
	ck_assert_uint_eq(number, 31);
	ck_assert(trace_field_number(text, "f", &number));
	ck_assert_uint_eq(number, 12);
	ck_assert(!trace_field_number(text, "c", &number));
	ck_assert(!trace_field_number(text, "d", &number));
	ck_assert(!trace_field_number(text, "e", &number));
	ck_assert_uint_eq(number, 12);
}
