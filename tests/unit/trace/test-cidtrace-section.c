/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/cidtrace-section.h"

#include <string.h>

#include "model/state.h"
#include "tests/lib/suite.h"

static const struct trace trace = { .unit = "line", .line = 3 };
static char line[4096];
static struct section section;
static GError *error;

/* The section whose words are @words. */
static void begin(const char *words)
{
	g_strlcpy(line, words, sizeof(line));
	section = (struct section){ &trace, "the event", line };
	g_clear_error(&error);
}

static void assert_error(bool good, const char *message)
{
	ck_assert(!good);
	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error->message, message);
}

TEST(words_are_taken_one_after_the_other)
{
	begin("  a\tbc  ");
	ck_assert_str_eq(section_take(&section), "a");
	ck_assert(!section_check_end(&section, &error));
	ck_assert_str_eq(section_take(&section), "");
	ck_assert_str_eq(section_take(&section), "");
	ck_assert_str_eq(error->message, "line 3: the event is 'bc', expected no more of it");
}

TEST(a_section_of_a_question_mark_is_not_known)
{
	begin(" ? ");
	ck_assert(section_is_unknown(&section));
	begin(" ? 1");
	ck_assert(!section_is_unknown(&section));
	begin("");
	ck_assert(!section_is_unknown(&section));
}

TEST(numbers_have_a_limit)
{
	uint64_t number;
	uint32_t small;

	begin("8191 8192 -1");
	ck_assert(section_take_number(&section, "the CPU", 8191, &number, &error));
	ck_assert_uint_eq(number, 8191);
	assert_error(section_take_number32(&section, "the CPU", 8191, &small, &error),
		"line 3: the CPU is '8192', expected a number up to 8191");
	g_clear_error(&error);
	assert_error(section_take_number(&section, "the CPU", 8191, &number, &error),
		"line 3: the CPU is '-1', expected a number up to 8191");
	g_clear_error(&error);
	assert_error(section_take_number(&section, "the CPU", 8191, &number, &error),
		"line 3: the event: the CPU is missing, expected a number up to 8191");
	g_clear_error(&error);
}

static const struct {
	const char *text, *rest;
	uint32_t word;
} cids[] = {
	{ "3", "", 3 },
	{ "3c:1", ":1", 3 | CID_KERNEL_ONCPU },
	{ "0t", "", CID_KERNEL_TRANSIT },
	{ "7ct", "", 7 | CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT },
	{ "-", "", CID_KERNEL_UNSET },
	{ "?x", "x", TRACE_WORD_UNKNOWN },
};

TEST_ROWS(a_cid_has_letters_for_its_flags, cids)
{
	uint32_t word;
	const char *end = section_scan_cid(cids[_i].text, &word);

	ck_assert_str_eq(end, cids[_i].rest);
	ck_assert_uint_eq(word, cids[_i].word);
}

TEST(what_is_no_cid_is_refused)
{
	uint32_t word;

	ck_assert_ptr_null(section_scan_cid("c", &word));
	ck_assert_ptr_null(section_scan_cid("8192", &word));
	ck_assert_ptr_null(section_scan_cid("", &word));
}

TEST(a_task_is_pid_word_and_active)
{
	struct trace_task task = trace_event_blank.task;

	begin("156:2c:1 157 158:- 159:3:? . ?");
	ck_assert(section_take_task(&section, "the task", &task, &error));
	ck_assert(task.pid == 156 && task.word == (2 | CID_KERNEL_ONCPU) && task.active == 1);
	ck_assert(task.mm_known && task.mm == CIDTRACE_MM);
	task = trace_event_blank.task;
	ck_assert(section_take_task(&section, "the task", &task, &error));
	ck_assert(task.pid == 157 && task.word == TRACE_WORD_UNKNOWN && task.active == -1);
	ck_assert(section_take_task(&section, "the task", &task, &error));
	ck_assert(task.pid == 158 && task.word == CID_KERNEL_UNSET && task.active == -1);
	ck_assert(section_take_task(&section, "the task", &task, &error));
	ck_assert(task.pid == 159 && task.word == 3 && task.active == -1);
	task = trace_event_blank.task;
	ck_assert(section_take_task(&section, "the task", &task, &error));
	ck_assert(task.pid == TRACE_TASK_FOREIGN && !task.mm_known);
	task = trace_event_blank.task;
	ck_assert(section_take_task(&section, "the task", &task, &error));
	ck_assert(task.pid == TRACE_PID_UNKNOWN && !task.mm_known);
}

static const char *const bad_tasks[] = { "x", "4194305", "1:", "1:x", "1:2:", "1:2:3", "1:2:01",
	"1:2:1:", "..", "-1" };

TEST_ROWS(what_is_no_task_is_refused, bad_tasks)
{
	struct trace_task task = trace_event_blank.task;

	begin(bad_tasks[_i]);
	ck_assert(!section_take_task(&section, "the task", &task, &error));
	ck_assert(g_str_has_suffix(error->message, "expected PID:WORD:ACTIVE, '.' or '?'"));
	g_clear_error(&error);
}

TEST(bits_are_hexadecimal_of_any_length)
{
	uint64_t words[TRACE_MASK_WORDS];
	struct trace_bits bits = { NULL, 0 };

	begin("? - 0x0 0x000f 0x123456789abcdef01");
	ck_assert(section_take_bits(&section, "the pool", words, &bits, &error));
	ck_assert(section_take_bits(&section, "the pool", words, &bits, &error));
	ck_assert_ptr_null(bits.words);
	ck_assert(section_take_bits(&section, "the pool", words, &bits, &error));
	ck_assert(bits.words_count == 1 && bits.words[0] == 0);
	ck_assert(section_take_bits(&section, "the pool", words, &bits, &error));
	ck_assert(bits.words_count == 1 && bits.words[0] == 0xf);
	ck_assert(section_take_bits(&section, "the pool", words, &bits, &error));
	ck_assert_uint_eq(bits.words_count, 2);
	ck_assert_uint_eq(bits.words[0], 0x23456789abcdef01);
	ck_assert_uint_eq(bits.words[1], 1);
}

TEST(bits_have_room_for_all_cpus_and_no_more)
{
	uint64_t words[TRACE_MASK_WORDS];
	struct trace_bits bits;
	char *digits = g_strnfill(TRACE_CPUS_MAX / 4, 'f');
	char *most = g_strconcat("0x0", digits, NULL), *more = g_strconcat("0xf", digits, NULL);

	begin(most);
	ck_assert(section_take_bits(&section, "the pool", words, &bits, &error));
	ck_assert_uint_eq(bits.words_count, TRACE_MASK_WORDS);
	ck_assert_uint_eq(bits.words[TRACE_MASK_WORDS - 1], UINT64_MAX);
	begin(more);
	ck_assert(!section_take_bits(&section, "the pool", words, &bits, &error));
	begin("0x");
	ck_assert(!section_take_bits(&section, "the pool", words, &bits, NULL));
	begin("0xg");
	ck_assert(!section_take_bits(&section, "the pool", words, &bits, NULL));
	begin("ff");
	ck_assert(!section_take_bits(&section, "the pool", words, &bits, NULL));
	g_free(digits);
	g_free(most);
	g_free(more);
}
