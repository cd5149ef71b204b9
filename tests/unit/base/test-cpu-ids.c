/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/cpu-ids.h"

#include <glib.h>
#include <signal.h>
#include <string.h>

#include "tests/lib/suite.h"

/* The message of a refusal must have @part in it. Takes @message over. */
static void assert_message(char *message, const char *part)
{
	ck_assert_msg(message != NULL, "accepted, but '%s' was expected", part);
	ck_assert_msg(strstr(message, part) != NULL, "'%s' has no '%s'", message, part);
	g_free(message);
}

static void assert_cpus(const char *text, uint32_t count, const char *normal)
{
	struct cpu_ids ids;
	char *message = cpu_ids_read(text, &ids);
	char *list;

	ck_assert_msg(message == NULL, "%s", message);
	ck_assert_uint_eq(ids.count, count);
	list = cpu_ids_to_string(&ids);
	ck_assert_str_eq(list, normal);
	g_free(list);
}

TEST(cpu_lists_are_ids_and_ranges)
{
	assert_cpus("0", 1, "0");
	assert_cpus("0-3,8,10-12", 8, "0-3,8,10-12");
	assert_cpus("12-12, 3 ,0-1", 4, "0-1,3,12");
	assert_cpus("0-3,2-5", 6, "0-5");
	assert_cpus("63-64", 2, "63-64");
	assert_cpus("0-8191", 8192, "0-8191");
}

TEST(cpu_lists_have_groups_as_the_kernels)
{
	char *list;
	struct cpu_ids ids;

	assert_cpus("0-7:1/2", 4, "0,2,4,6");
	assert_cpus("0-1023:2/256", 8, "0-1,256-257,512-513,768-769");
	assert_cpus("1-9:2/4 , 20", 6, "1-2,5-6,9,20");
	assert_cpus("3-8:4/4", 6, "3-8");
	assert_cpus("3-8:1/8192", 1, "3");
	assert_cpus("5-5:1/1", 1, "5");
	assert_cpus("0-3,4-8:1/2", 7, "0-4,6,8");
	ck_assert_ptr_null(cpu_ids_read("0-126:1/2", &ids));
	ck_assert_uint_eq(ids.count, 64);
	/* What is printed is read back. */
	list = cpu_ids_to_string(&ids);
	assert_cpus(list, 64, list);
	g_free(list);
}

TEST(bad_cpu_lists_are_refused)
{
	struct cpu_ids ids = { .count = 42 };

	assert_message(cpu_ids_read("", &ids), "empty");
	assert_message(cpu_ids_read("0,", &ids), "not a list");
	assert_message(cpu_ids_read(",0", &ids), "not a list");
	assert_message(cpu_ids_read("0,,1", &ids), "not a list");
	assert_message(cpu_ids_read("0 1", &ids), "not a list");
	assert_message(cpu_ids_read("all", &ids), "not a list");
	assert_message(cpu_ids_read("0-", &ids), "without an end");
	assert_message(cpu_ids_read("-3", &ids), "not a list");
	assert_message(cpu_ids_read("3-0", &ids), "backwards");
	assert_message(cpu_ids_read("8192", &ids), "too large");
	assert_message(cpu_ids_read("0-8192", &ids), "too large");
	assert_message(cpu_ids_read("0-18446744073709551616", &ids), "too large");
	assert_message(cpu_ids_read("4294967296", &ids), "too large");
	assert_message(cpu_ids_read("5:1/2", &ids), "groups without a range");
	assert_message(cpu_ids_read("0-7:", &ids), "no USED/GROUP");
	assert_message(cpu_ids_read("0-7:1", &ids), "no USED/GROUP");
	assert_message(cpu_ids_read("0-7:/2", &ids), "no USED/GROUP");
	assert_message(cpu_ids_read("0-7:1/", &ids), "no USED/GROUP");
	assert_message(cpu_ids_read("0-7:1/2/3", &ids), "not a list");
	assert_message(cpu_ids_read("0-7:0/2", &ids), "uses no CPU");
	assert_message(cpu_ids_read("0-7:0/0", &ids), "uses no CPU");
	assert_message(cpu_ids_read("0-7:1/0", &ids), "more CPUs than a group");
	assert_message(cpu_ids_read("0-7:3/2", &ids), "more CPUs than a group");
	assert_message(cpu_ids_read("0-7:1/8193", &ids), "group that is too large");
	assert_message(cpu_ids_read("0-7:1/18446744073709551617", &ids), "group that is too large");
	assert_message(cpu_ids_read("0-7:18446744073709551617/2", &ids), "more CPUs than a group");
	assert_message(cpu_ids_read("first 4", &ids), "not a list");
	ck_assert_uint_eq(ids.count, 42);
}

TEST(very_long_cpu_lists_are_refused)
{
	GString *list = g_string_new("0");
	struct cpu_ids ids;

	for (uint32_t id = 1; id < CPU_IDS_MAX; id++)
		g_string_append_printf(list, ",%u", id);
	assert_cpus(list->str, CPU_IDS_MAX, "0-8191");
	while (list->len <= CPU_IDS_TEXT_MAX)
		g_string_append(list, ",0-8191");
	assert_message(cpu_ids_read(list->str, &ids), "too long for a list");
	g_string_free(list, TRUE);
}

TEST(cpu_ids_count_each_id_once)
{
	struct cpu_ids ids = { 0 };

	cpu_ids_add(&ids, 70);
	cpu_ids_add(&ids, 70);
	ck_assert_uint_eq(ids.count, 1);
	ck_assert(cpu_ids_has(&ids, 70));
	ck_assert(!cpu_ids_has(&ids, 6));
	ck_assert(!cpu_ids_has(&ids, CPU_IDS_MAX));
}

TEST_SIGNAL(an_id_beyond_the_last_cannot_be_added, SIGABRT)
{
	struct cpu_ids ids = { 0 };

	cpu_ids_add(&ids, CPU_IDS_MAX);
}
