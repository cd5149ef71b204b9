/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-note.h"

#include <glib.h>
#include <string.h>

#include "tests/lib/suite.h"

static struct note_fields fields;

static void assert_number(enum note_field field, uint64_t expected)
{
	uint64_t number = expected + 1;

	ck_assert(note_fields_number(&fields, field, &number));
	ck_assert_uint_eq(number, expected);
}

static void assert_no_number(enum note_field field)
{
	uint64_t number = 77;

	ck_assert(!note_fields_number(&fields, field, &number));
	ck_assert_uint_eq(number, 77);
}

/* Proves that the table knows each name, and takes none for another one. */
TEST_RANGE(each_field_is_found_by_its_name, NOTE_NONE + 1, NOTE_FIELDS)
{
	enum note_field field = (enum note_field)_i;
	g_autofree char *text = g_strdup_printf("%s=7", note_field_to_string(field));
	g_autofree char *longer = g_strdup_printf(
		"%sx=7 x%s=7", note_field_to_string(field), note_field_to_string(field));
	g_autofree char *shorter = g_strdup(text + 1);

	note_fields_read(&fields, text);
	ck_assert_uint_eq(fields.seen, UINT32_C(1) << field);
	assert_number(field, 7);
	note_fields_read(&fields, longer);
	ck_assert_uint_eq(fields.seen, 0);
	note_fields_read(&fields, shorter);
	ck_assert(!(fields.seen >> field & 1));
}

TEST(fields_come_in_any_order_with_others_between)
{
	note_fields_read(&fields, " users=2 words next_mm=app =5 pid=0x10  pid=3 Z=1 outcome=done "
				  "mm=\"a b\" cid=\tns=");
	assert_number(NOTE_USERS, 2);
	assert_number(NOTE_PID, 16); /* the first one counts */
	assert_no_number(NOTE_CID);
	assert_no_number(NOTE_NS);
	assert_no_number(NOTE_WORD);
	ck_assert(note_fields_is(&fields, NOTE_OUTCOME, "done"));
	ck_assert(!note_fields_is(&fields, NOTE_OUTCOME, "do"));
	ck_assert(!note_fields_is(&fields, NOTE_OUTCOME, "done1"));
	ck_assert(!note_fields_is(&fields, NOTE_MASK, ""));
}

TEST(a_text_is_copied_where_it_fits)
{
	char value[4] = "";

	note_fields_read(&fields, "mm=\"a b\" comm= mask=0-3,5 group=\"12");
	ck_assert(note_fields_text(&fields, NOTE_MM, value, sizeof(value)));
	ck_assert_str_eq(value, "a b");
	ck_assert(!note_fields_text(&fields, NOTE_MASK, value, sizeof(value)));
	ck_assert(!note_fields_text(&fields, NOTE_OUTCOME, value, sizeof(value)));
	ck_assert_str_eq(value, "a b");
	ck_assert(note_fields_text(&fields, NOTE_COMM, value, sizeof(value)));
	ck_assert_str_eq(value, "");
	/* A quote that does not end goes on to the end of the line. */
	assert_number(NOTE_GROUP, 12);
}

TEST(what_is_no_number_below_2_to_the_64_is_none)
{
	note_fields_read(&fields, "pid=-1 users=1x word=0x cpu=18446744073709551616 ns=x taken=");
	assert_no_number(NOTE_PID);
	assert_no_number(NOTE_USERS);
	assert_no_number(NOTE_WORD);
	assert_no_number(NOTE_CPU);
	assert_no_number(NOTE_NS);
	assert_no_number(NOTE_TAKEN);
	note_fields_read(&fields, "pid=18446744073709551615 users=0xffffffffffffffff word=00");
	assert_number(NOTE_PID, UINT64_MAX);
	assert_number(NOTE_USERS, UINT64_MAX);
	assert_number(NOTE_WORD, 0);
}

TEST_SIGNAL(there_is_no_field_more, SIGABRT)
{
	uint64_t number;

	note_fields_number(&fields, NOTE_FIELDS, &number);
}

TEST_SIGNAL(none_is_no_field, SIGABRT)
{
	uint64_t number;

	note_fields_number(&fields, NOTE_NONE, &number);
}
