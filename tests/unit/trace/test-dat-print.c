/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* pipe */
#include "sim/trace/dat-print.h"

#include <string.h>
#include <unistd.h>

#include "tests/lib/suite.h"

#define COMMON                                                                                     \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                     \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                     \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"             \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

/* An event of the recipe and one that nobody reads. The string lies where its field says. */
static const char format[] =
	"name: pe\nID: 7\nformat:\n" COMMON "\tfield:u32 tp;\toffset:8;\tsize:4;\tsigned:0;\n"
	"\tfield:s32 ps;\toffset:12;\tsize:4;\tsigned:1;\n"
	"\tfield:u64 beyond;\toffset:4000;\tsize:8;\tsigned:0;\n"
	"\tfield:char comm[4];\toffset:16;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc char[] name;\toffset:20;\tsize:4;\tsigned:0;\n\n"
	"print fmt: \"x\"\n";
static const char other_format[] = "name: irq_entry\nID: 8\nformat:\n" COMMON
				   "\tfield:u32 irq;\toffset:8;\tsize:4;\tsigned:0;\n\n"
				   "print fmt: \"x\"\n";

static struct tep_handle *tep;
static struct output *out;
static struct dat_print *print;
static int ends[2];

static void start(void)
{
	tep = tep_alloc();
	ck_assert_int_eq(tep_parse_event(tep, format, strlen(format), "mmcid"), 0);
	ck_assert_int_eq(tep_parse_event(tep, other_format, strlen(other_format), "irq"), 0);
	ck_assert_int_eq(pipe(ends), 0);
	out = output_on_descriptor(ends[1], "pipe");
	print = dat_print_new(out, tep, false);
}

static void stop(void)
{
	output_close(out, NULL);
	close(ends[0]);
	close(ends[1]);
	dat_print_free(print);
	tep_free(tep);
}

struct data {
	uint16_t type;
	uint8_t flags, preempt;
	int32_t pid;
	uint32_t tp;
	int32_t ps;
	char comm[4];
	uint32_t name; /* length << 16 | offset */
	char text[8];
};

static struct data data_of(uint16_t type)
{
	return (struct data){ .type = type,
		.pid = 12,
		.tp = 0x1f,
		.ps = -2,
		.comm = "a\nb",
		.name = 8 << 16 | 24,
		.text = "in text" };
}

static struct tep_record record_of(const struct data *data)
{
	return (struct tep_record){
		.ts = 3000000005, .data = (void *)data, .size = sizeof(*data), .cpu = 2
	};
}

static void assert_printed(const char *expected)
{
	char text[1024];
	ssize_t length;

	output_flush(out);
	length = read(ends[0], text, sizeof(text) - 1);
	ck_assert_int_gt(length, 0);
	text[length] = '\0';
	ck_assert_str_eq(text, expected);
}

SUITE(.before = start, .after = stop);

TEST(a_record_is_a_line_with_its_fields_by_name)
{
	struct data data = data_of(7);
	struct tep_record record = record_of(&data);

	dat_print_record(print, &record, 4);
	assert_printed("4            <...>-12 [2] 3.000000005: pe: tp=0x1f ps=-2 comm=a?b "
		       "name=in text\n");
}

TEST(a_string_that_would_lie_outside_is_left_out)
{
	struct data data = data_of(7);
	struct tep_record record = record_of(&data);

	data.name = 8 << 16 | 30;
	dat_print_record(print, &record, 4);
	assert_printed("4            <...>-12 [2] 3.000000005: pe: tp=0x1f ps=-2 comm=a?b name=\n");
}

TEST(a_record_that_is_cut_off_has_the_fields_it_has)
{
	struct data data = data_of(7);
	struct tep_record record = record_of(&data);

	record.size = 12;
	dat_print_record(print, &record, 4);
	assert_printed("4            <...>-12 [2] 3.000000005: pe: tp=0x1f\n");
}

TEST(lost_events_come_before_the_record)
{
	struct data data = data_of(8);
	struct tep_record record = record_of(&data);

	record.missed_events = 12;
	dat_print_record(print, &record, 4);
	record.missed_events = -1;
	dat_print_record(print, &record, 5);
	assert_printed("4 CPU:2 [LOST 12 EVENTS]\n5 CPU:2 [EVENTS DROPPED]\n");
}

TEST(what_is_not_printed_is_counted)
{
	struct data irq = data_of(8), unknown = data_of(99);
	struct tep_record first = record_of(&irq), second = record_of(&unknown);
	struct tep_record too_short = record_of(&irq);

	too_short.size = 7;
	dat_print_record(print, &first, 1);
	dat_print_record(print, &first, 2);
	dat_print_record(print, &second, 3);
	dat_print_record(print, &too_short, 4);
	dat_print_ignored(print);
	assert_printed("# ignored 2 irq_entry\n# ignored 2 without a name\n");
}

TEST(a_clock_may_count_events)
{
	struct data data = data_of(7);
	struct tep_record record = record_of(&data);

	dat_print_free(print);
	print = dat_print_new(out, tep, true);
	record.size = 8;
	dat_print_record(print, &record, 1);
	assert_printed("1            <...>-12 [2] 3000000005: pe:\n");
}
