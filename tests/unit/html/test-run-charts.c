/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/html/private.h"
#include "tests/lib/folder.h"
#include "tests/lib/page-data.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

static char *dir;
static struct plot_run *run;
static struct html_page page;

static void start(void)
{
	g_autofree char *path = NULL;

	dir = folder_new();
	plot_run_copy(dir, "run", NULL, NULL);
	path = g_build_filename(dir, "run", NULL);
	run = plot_run_open(path, NULL);
	ck_assert_ptr_nonnull(run);
	html_page_begin(&page, "run", "title");
}

static void stop(void)
{
	html_page_clear(&page);
	plot_run_free(run);
	folder_remove(dir);
}

SUITE(.timeout = 60, .before = start, .after = stop);

/* Fill stays.csv with @count stays of @length ns, on CPU 0 and 7 in turn. */
static void write_stays(unsigned count, unsigned length)
{
	g_autoptr(GString) text = g_string_new("cpu,pid,mm,cid,start_ns,end_ns\n");

	for (unsigned i = 0; i < count; i++)
		g_string_append_printf(text, "%d,%u,%s,%u,%u,%u\n", i % 2 ? 7 : 0, 100 + i % 3,
			i % 4 ? "app" : "", i % 5, i * length, (i + 1) * length);
	plot_run_write(dir, "run/stays.csv", text->str, (gssize)text->len);
}

static JsonObject *lanes_of(JsonNode **data, const struct html_part *part)
{
	g_autoptr(GPtrArray) mms = html_mms(run);

	ck_assert(html_add_lanes(&page, run, mms, part, NULL));
	json_end_object(&page.data);
	*data = json_from_string(page.data.text->str, NULL);
	ck_assert_ptr_nonnull(*data);
	return json_object_get_object_member(json_node_get_object(*data), "lanes");
}

TEST(each_cpu_has_a_lane_with_its_stays)
{
	const struct html_part part = { 0, 1000 };
	JsonNode *data;
	JsonObject *lanes, *lane;
	JsonArray *cpus;
	g_autofree char *boxes = NULL;

	write_stays(4, 10);
	lanes = lanes_of(&data, &part);
	cpus = json_object_get_array_member(lanes, "cpus");
	ck_assert_uint_eq(json_array_get_length(cpus), 2);
	lane = json_array_get_object_element(cpus, 1);
	ck_assert_int_eq(json_object_get_int_member(lane, "cpu"), 7);
	boxes = json_to_string(json_object_get_member(lane, "boxes"), FALSE);
	ck_assert_str_eq(boxes, "[10,10,101,0,1,30,10,100,0,3]");
	json_node_free(data);
}

TEST(a_stay_is_cut_at_the_ends_of_the_part)
{
	const struct html_part part = { 15, 25 };
	JsonNode *data;
	JsonArray *cpus;
	g_autofree char *text = NULL;

	write_stays(4, 10);
	cpus = json_object_get_array_member(lanes_of(&data, &part), "cpus");
	ck_assert_uint_eq(json_array_get_length(cpus), 2);
	text = json_to_string(json_object_get_member(json_node_get_object(data), "lanes"), FALSE);
	ck_assert_ptr_nonnull(strstr(text, "\"boxes\":[20,5,102,0,2]"));
	ck_assert_ptr_nonnull(strstr(text, "\"boxes\":[15,5,101,0,1]"));
	json_node_free(data);
}

TEST(a_million_stays_are_thinned_and_that_is_said)
{
	const struct html_part part = { 0, 11200000 };
	JsonNode *data;
	JsonObject *lanes;

	write_stays(1000000, 10);
	lanes = lanes_of(&data, &part);
	ck_assert_int_eq(json_object_get_int_member(lanes, "seen"), 1000000);
	ck_assert_int_gt(json_object_get_int_member(lanes, "kept"), HTML_BOXES_MAX / 8);
	ck_assert_int_lt(json_object_get_int_member(lanes, "kept"), HTML_BOXES_MAX);
	ck_assert_int_gt(json_object_get_int_member(lanes, "cell"), 0);
	ck_assert_uint_lt(page.data.text->len, 8000000);
	json_node_free(data);
}
