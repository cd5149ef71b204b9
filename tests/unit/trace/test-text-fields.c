/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-fields.h"

#include "model/state.h"
#include "tests/lib/suite.h"

static struct trace trace = { .unit = "line", .line = 1 };
static struct text_event text = { .trace = &trace, .name = "ev" };
static struct text_fields fields;
static GError *error;

static bool read_fields(const char *line)
{
	g_clear_error(&error);
	text.fields = line;
	return text_fields_read(&text, &fields, &error);
}

static void assert_field(unsigned field, uint64_t value)
{
	ck_assert(text_fields_has(&fields, field));
	ck_assert_uint_eq(fields.values[field], value);
}

TEST(fields_come_in_any_order_with_others_between)
{
	ck_assert(read_fields("np=2 zz=1 word pp=0x10 nac=1 unknown=x"));
	assert_field(FIELD_NEXT_PID, 2);
	assert_field(FIELD_PREV_PID, 16);
	assert_field(FIELD_NEXT_ACTIVE, 1);
	ck_assert(!text_fields_has(&fields, FIELD_PREV_MM));
}

/* Proves that a name is told from longer and shorter ones, from its first character to its last. */
TEST(a_name_is_all_of_it)
{
	ck_assert(read_fields("m=1 mm=2 mo=3 max=4 nmo=5 nm=6 nmx=7 npc=8 np=9 sy=1 op=11 ud=12"));
	assert_field(FIELD_THE_MM, 2); /* the last one counts */
	assert_field(FIELD_MM + OF_MM_MODE, 3);
	assert_field(FIELD_MM + OF_MM_MAX_CIDS, 4);
	assert_field(FIELD_NEXT_OF_MM + OF_MM_MODE, 5);
	assert_field(FIELD_NEW_MASK, 6);
	assert_field(FIELD_NEXT_OF_MM + OF_MM_MAX_CIDS, 7);
	assert_field(FIELD_NEXT_OF_MM + OF_MM_PERCPU, 8);
	assert_field(FIELD_NEXT_PID, 9);
	assert_field(FIELD_IS_SWITCH, 1);
	assert_field(FIELD_OLD_PID, 11);
	assert_field(FIELD_MM + OF_MM_DEFERRED, 12);
	ck_assert(read_fields("p=1 ppp=2 pp 3=4 =5 transits=1 transi=1 active_=1 PP=1 m"));
	ck_assert_uint_eq(fields.seen, 0);
	ck_assert(read_fields("transit=1 percpu=0 active=1 word=3 tw"));
	assert_field(FIELD_MM + OF_MM_TRANSIT, 1);
	assert_field(FIELD_MM + OF_MM_PERCPU, 0);
	assert_field(FIELD_TASK_ACTIVE, 1);
	assert_field(FIELD_TASK_WORD, 3);
}

TEST(the_place_of_the_probe_is_no_field)
{
	ck_assert(read_fields("(symbol+0x0/0x10 <- pp=7) tp=3"));
	assert_field(FIELD_TASK_PID, 3);
	ck_assert(!text_fields_has(&fields, FIELD_PREV_PID));
}

TEST(a_field_has_one_of_several_names)
{
	ck_assert(read_fields("mode=0x40000000 users=2 max=3 thrs=1 na=4"));
	assert_field(FIELD_MM + OF_MM_MODE, CID_KERNEL_ONCPU);
	assert_field(FIELD_MM + OF_MM_USERS, 2);
	ck_assert(read_fields("us=5"));
	assert_field(FIELD_MM + OF_MM_USERS, 5);
}

TEST(a_value_that_is_no_number_is_an_error)
{
	ck_assert(!read_fields("pp=1x"));
	ck_assert_str_eq(error->message, "line 1: pp is '1x', expected a number");
	ck_assert(!read_fields("pp="));
	ck_assert(!read_fields("pp=18446744073709551616"));
	ck_assert(!text_fail_missing(&text, "pp=PID", NULL));
}

TEST(masks_have_their_words_in_order)
{
	uint64_t mask[TRACE_MASK_WORDS];

	text.fields = "nm=0x1 nm1=0x2";
	ck_assert(text_fields_read_mask(&text, &fields, mask, NULL));
	ck_assert(fields.mask_words == 2 && mask[0] == 1 && mask[1] == 2);
	text.fields = "nm1=0x2";
	ck_assert(!text_fields_read_mask(&text, &fields, mask, NULL));
	text.fields = "nm=0x1 nm1=x";
	ck_assert(!text_fields_read_mask(&text, &fields, mask, NULL));
	/* Where no mask is wanted they are other fields. */
	ck_assert(read_fields("nm1=x"));
}

TEST(a_mask_has_no_more_words_than_there_is_room_for)
{
	uint64_t mask[TRACE_MASK_WORDS];
	GString *line = g_string_new("nm=0x1");

	for (int i = 1; i < TRACE_MASK_WORDS; i++)
		g_string_append_printf(line, " nm%d=0x1", i);
	text.fields = line->str;
	ck_assert(text_fields_read_mask(&text, &fields, mask, NULL));
	ck_assert_uint_eq(fields.mask_words, TRACE_MASK_WORDS);
	g_string_append_printf(line, " nm%d=0x1", TRACE_MASK_WORDS);
	text.fields = line->str;
	ck_assert(!text_fields_read_mask(&text, &fields, mask, NULL));
	g_string_free(line, TRUE);
}

TEST(limits_hold_for_fields_that_are_there)
{
	ck_assert(read_fields("tc=8192"));
	ck_assert(!text_fields_check_max(&text, &fields, FIELD_CPU, 8191, &error));
	ck_assert_str_eq(error->message, "line 1: tc is 8192, expected a number up to 8191");
	ck_assert(text_fields_check_max(&text, &fields, FIELD_CPU, 8192, NULL));
	ck_assert(text_fields_check_max(&text, &fields, FIELD_PREV_PID, 0, NULL));
}

TEST(a_task_has_what_the_fields_say)
{
	struct trace_task task = trace_event_blank.task;

	ck_assert(read_fields("tp=5 tg=0xa"));
	ck_assert(text_fields_set_task(&text, &fields, FIELD_TASK_PID, &task, NULL));
	ck_assert(task.pid == 5 && task.mm_known && task.mm == 0xa);
	ck_assert(task.word == TRACE_WORD_UNKNOWN && task.active == -1);
	ck_assert(read_fields("tp=5 ta=2"));
	ck_assert(!text_fields_set_task(&text, &fields, FIELD_TASK_PID, &task, NULL));
}

TEST(an_mm_is_known_with_all_its_fields_or_not)
{
	struct trace_mm mm = trace_event_blank.mm;

	ck_assert(read_fields("mo=0x60000000 us=7 mx=4 th=2 na=4 ud=1"));
	ck_assert(text_fields_set_mm(&text, &fields, FIELD_MM, 0xa, &mm, NULL));
	ck_assert(mm.known && mm.users == 7 && mm.max_cids == 4 && mm.pcpu_thrs == 2);
	ck_assert(mm.mode == (MODE_PER_CPU | MODE_TRANSIT) && mm.deferred == 1);
	mm = trace_event_blank.mm;
	ck_assert(text_fields_set_mm(&text, &fields, FIELD_MM, 0, &mm, NULL));
	ck_assert(!mm.known && mm.address == 0);
	ck_assert(read_fields("mo=0 us=7 mx=4 th=2"));
	ck_assert(text_fields_set_mm(&text, &fields, FIELD_MM, 0xa, &mm, NULL));
	ck_assert(!mm.known && mm.address == 0xa);
}
