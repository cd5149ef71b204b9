/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/log.h"

#include <signal.h>
#include <string.h>

#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* The fields of a note, and the note that the sink gets. */

static GString *notes; /* "TIME CPU EVENT TEXT|" */

static void on_note(void *context, const struct record_note *note)
{
	(void)context;
	g_string_append_printf(notes, "%" G_GUINT64_FORMAT " %u %s %s|", note->time_ns, note->cpu,
		note->event, note->text);
}

static void on_switch(void *context, const struct record_switch *sched_switch)
{
	(void)context;
	(void)sched_switch;
}

static const struct record_sink sink = { .note = on_note, .sched_switch = on_switch };
static struct log_text text;

static void start(void)
{
	parts_start_of("[machine]\ncpus = 0,4-5,9\n[mm app]\n[tasks worker]\n");
	notes = g_string_new(NULL);
	engine_set_sink(parts_engine, &sink);
	log_begin(&text);
}

static void stop(void)
{
	g_string_free(notes, TRUE);
	parts_stop();
}

SUITE(.before = start, .after = stop);

TEST(fields_follow_one_another)
{
	uint32_t task = parts_task();

	g_string_truncate(notes, 0);
	log_number(&text, "a=", 0);
	log_number(&text, " b=", UINT64_MAX);
	log_hex(&text, " c=", 0x1f);
	log_word(&text, " d=", CID_UNSET);
	log_word(&text, " e=", CID_ONCPU | 3);
	log_string(&text, " f=", "done");
	log_pid(parts_engine, &text, " g=", TASK_NONE);
	log_pid(parts_engine, &text, " h=", task);
	parts_engine->recorder->now_ns = 1500;
	log_send(parts_engine, 2, "walk", &text);
	ck_assert_str_eq(notes->str, "1500 2 walk a=0 b=18446744073709551615 c=0x1f d=0x80000000 "
				     "e=0x40000003 f=done g=0 h=100|");
}

TEST(an_mm_is_logged_as_the_kernel_has_its_values)
{
	parts_user();
	g_string_truncate(notes, 0);
	model_mm(parts_engine->model, parts_mm)->mode = MODE_PER_CPU | MODE_TRANSIT;
	log_values(parts_engine, &text, parts_mm);
	log_mm(parts_engine, &text, parts_mm);
	log_send(parts_engine, 0, "fork", &text);
	ck_assert_str_eq(notes->str, "0 0 fork  mode=0x60000000 users=1 max_cids=1 pcpu_thrs=0 "
				     "allowed=4 taken=1 mm_id=0|");
}

static const struct {
	uint32_t first, count;
	const char *list;
} masks[] = { { 0, 4, "all" }, { 1, 2, "4-5" }, { 3, 1, "9" }, { 0, 3, "0,4-5" } };

TEST_ROWS(a_mask_is_a_list_of_ids, masks)
{
	struct cpu_set set = parts_cpus(masks[_i].first, masks[_i].count);
	g_autofree char *expected = g_strdup_printf("0 1 affinity pid=7 mask=%s|", masks[_i].list);

	log_number(&text, "pid=", 7);
	log_send_with_mask(parts_engine, 1, "affinity", &text, &set);
	ck_assert_str_eq(notes->str, expected);
}

TEST(a_rare_note_is_written_at_once)
{
	log_note(parts_engine, 3, "cpu_online", "cpu=%u", 9u);
	ck_assert_str_eq(notes->str, "0 3 cpu_online cpu=9|");
}

/* What must not be asked. */

static void too_much_for_a_note(void)
{
	for (unsigned i = 0; i < 60; i++)
		log_number(&text, " a_long_name=", UINT64_MAX);
}

static void too_long_a_word(void)
{
	log_string(&text, "a=", "123456789012345678901234567890123456789012345678");
}

static void pid_of_nobody(void)
{
	log_pid(parts_engine, &text, "pid=", 5);
}

static void mm_of_nobody(void)
{
	log_mm(parts_engine, &text, 5);
}

static void values_of_an_mm_that_has_ended(void)
{
	mm_destroy(parts_engine->model, parts_mm);
	log_values(parts_engine, &text, parts_mm);
}

static void cpu_that_is_none(void)
{
	log_send(parts_engine, 4, "walk", &text);
}

static void nobody_who_logs(void)
{
	parts_engine->log = false;
	log_note(parts_engine, 0, "walk", "x");
}

static void (*const misuses[])(void) = { too_much_for_a_note, too_long_a_word, pid_of_nobody,
	mm_of_nobody, values_of_an_mm_that_has_ended, cpu_that_is_none, nobody_who_logs };

TEST_SIGNAL_ROWS(what_must_not_be_logged_ends_the_program, misuses, SIGABRT)
{
	misuses[_i]();
}
