/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

enum { MUTATIONS = 6000 };

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths of what ships, in the order of the alphabet. */
static GPtrArray *scenario_paths(void)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	const char *folder = CIDSIM_SCENARIOS_SOURCE;
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	ck_assert_msg(dir != NULL, "no folder %s", folder);
	while ((name = g_dir_read_name(dir)) != NULL)
		if (g_str_has_suffix(name, ".scn"))
			g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
	g_dir_close(dir);
	g_ptr_array_sort(paths, compare_paths);
	return paths;
}

SUITE(.before = parse_start, .after = parse_stop);

TEST(the_digest_is_of_the_file_and_the_overrides)
{
	const char *const set[] = { "machine.cpus=8", NULL };
	uint64_t plain;

	parse_good("[mm a]");
	plain = scenario->digest;
	/* FNV-1a, 64 bits, as computed elsewhere. */
	ck_assert_uint_eq(plain, UINT64_C(0x16e80f42cdcac192));
	parse_with("[mm a]", &(struct scenario_overrides){ .set = set });
	ck_assert_uint_eq(scenario->digest, UINT64_C(0x1bae8b229088b6c9));
	parse_good("[mm a]\n");
	ck_assert_uint_ne(scenario->digest, plain);
	parse_with("[mm a]", &(struct scenario_overrides){ .seed = "5" });
	ck_assert_uint_eq(scenario->digest, plain);
}

TEST(all_faults_are_listed_in_the_order_of_lines)
{
	parse("[expect a]\nusers=x\n[at 1ms]\nexit=b\n[sched]\nslice=1\n[mm a]\ncount=-1\n[mm "
	      "a]\n");
	ck_assert_uint_eq(errors->len, 5);
	ck_assert(g_str_has_prefix(errors->pdata[0], "F:2: users: "));
	ck_assert(g_str_has_prefix(errors->pdata[1], "F:4: exit: "));
	ck_assert(g_str_has_prefix(errors->pdata[2], "F:6: slice: "));
	ck_assert(g_str_has_prefix(errors->pdata[3], "F:8: count: "));
	ck_assert(g_str_has_prefix(errors->pdata[4], "F:9: group "));
}

TEST(after_20_faults_there_are_too_many)
{
	GString *text = g_string_new("[mm a]\n");

	for (int i = 0; i < 30; i++)
		g_string_append_printf(text, "key%d=1\n", i);
	parse(text->str);
	ck_assert_uint_eq(errors->len, 21);
	ck_assert(g_str_has_prefix(errors->pdata[19], "F:21: "));
	ck_assert_str_eq(errors->pdata[20], "F: too many errors");
	g_string_free(text, TRUE);
}

TEST(a_file_that_cannot_be_read_is_the_systems_fault)
{
	bool environment = false;

	ck_assert_ptr_null(scenario_load("/nonexistent/a.scn", NULL, errors, &environment));
	ck_assert(environment);
	ck_assert_str_eq(
		errors->pdata[0], "/nonexistent/a.scn: cannot be read: No such file or directory");
}

TEST(what_ships_is_read_without_faults)
{
	GPtrArray *paths = scenario_paths();

	ck_assert_uint_ge(paths->len, 16);
	for (guint i = 0; i < paths->len; i++) {
		bool environment;

		scenario_free(scenario);
		scenario = scenario_load(paths->pdata[i], NULL, errors, &environment);
		ck_assert_msg(scenario != NULL, "%s", (char *)errors->pdata[0]);
		ck_assert_uint_gt(scenario->expects_count, 0);
		ck_assert_uint_le(scenario->time_ns, 1000000000);
	}
	g_ptr_array_free(paths, TRUE);
}

/* A generator of its own: the mutations are to be the same everywhere, for ever. */
static uint64_t random_state;

static uint32_t draw(size_t below)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)((random_state >> 33) % below);
}

static void mutate_once(GString *text, const GPtrArray *texts)
{
	static const char *const words[] = { "\n[mm a]\n", "\n[tasks t]\ncount=0\n", "[", "]", "=",
		";", ",", "-", "*4194304", " by ", "/0", "/-1", "forever", "18446744073709551615",
		"4398046511104ns", "0-8191", "uniform(", ")", "%", "\n[at 0ns]\nexit=app\n", "\r",
		"\xff", "# ", "\n[expect app/0 at 1ns]\n", "\ncount=0\n", "exp(1ns)", ":", "\t" };
	size_t at = draw(text->len + 1);
	size_t length = draw(24);
	const GString *other;
	size_t from;

	switch (draw(6)) {
	case 0:
		if (at < text->len)
			text->str[at] = (char)draw(256);
		break;
	case 1:
		g_string_erase(text, (gssize)at, (gssize)MIN(length, text->len - at));
		break;
	case 2:
		g_string_insert(text, (gssize)at, words[draw(G_N_ELEMENTS(words))]);
		break;
	case 3:
		if (at < text->len && g_ascii_isdigit(text->str[at]))
			text->str[at] = (char)('0' + draw(10));
		break;
	case 4:
		g_string_truncate(text, at);
		break;
	default:
		other = g_ptr_array_index(texts, draw(texts->len));
		from = draw(other->len);
		g_string_insert_len(text, (gssize)at, other->str + from,
			(gssize)MIN(length * 8, other->len - from));
		break;
	}
}

/* What the header promises of every scenario that was accepted. */
static void assert_sound(void)
{
	ck_assert_uint_ge(scenario->cpus_count, 1);
	ck_assert_uint_le(scenario->cpus_count, SCENARIO_CPUS_MAX);
	ck_assert_uint_gt(scenario->mms_count, 0);
	ck_assert_uint_le(scenario->processes_count, SCENARIO_MMS_MAX);
	for (uint32_t i = 0; i < scenario->groups_count; i++)
		ck_assert_uint_lt(scenario->groups[i].mm, scenario->mms_count);
	for (uint32_t i = 0; i < scenario->ramps_count; i++)
		ck_assert_uint_lt(scenario->ramps[i].mm, scenario->mms_count);
	for (uint32_t i = 0; i < scenario->pools_count; i++)
		ck_assert_uint_lt(scenario->pools[i].mm, scenario->mms_count);
	for (uint32_t i = 0; i < scenario->actions_count; i++) {
		ck_assert_uint_le(scenario->actions[i].time_ns, scenario->time_ns);
		ck_assert(
			i == 0 || scenario->actions[i - 1].time_ns <= scenario->actions[i].time_ns);
	}
	for (uint32_t i = 0; i < scenario->expects_count; i++)
		ck_assert_int_lt(scenario->expects[i].mm, scenario->mms_count);
}

TEST(mutations_never_crash)
{
	GPtrArray *paths = scenario_paths();
	GPtrArray *texts = g_ptr_array_new();
	unsigned accepted = 0;

	for (guint i = 0; i < paths->len; i++) {
		char *text;
		gsize length;

		ck_assert(g_file_get_contents(paths->pdata[i], &text, &length, NULL));
		g_ptr_array_add(texts, g_string_new_len(text, (gssize)length));
		g_free(text);
	}
	for (int seed = 0; seed < MUTATIONS; seed++) {
		const GString *original;
		GString *text;

		random_state = (uint64_t)seed;
		draw(2);
		original = g_ptr_array_index(texts, draw(texts->len));
		text = g_string_new_len(original->str, (gssize)original->len);
		for (uint32_t i = draw(4) + 1; i > 0; i--)
			mutate_once(text, texts);
		g_ptr_array_set_size(errors, 0);
		scenario_free(scenario);
		scenario = scenario_parse("F", text->str, text->len, NULL, errors);
		ck_assert_msg((scenario == NULL) == (errors->len > 0), "mutation %d", seed);
		ck_assert_msg(errors->len <= 21, "mutation %d", seed);
		if (scenario != NULL) {
			assert_sound();
			accepted++;
		}
		g_string_free(text, TRUE);
	}
	/* Both sides are met: neither all is refused nor all accepted. */
	ck_assert_uint_gt(accepted, MUTATIONS / 100);
	ck_assert_uint_lt(accepted, MUTATIONS / 2);
	for (guint i = 0; i < texts->len; i++)
		g_string_free(texts->pdata[i], TRUE);
	g_ptr_array_free(texts, TRUE);
	g_ptr_array_free(paths, TRUE);
}

TEST(a_file_with_options_is_written_out)
{
	static const char *const set[] = { "machine.cpus=8", "mm a.count=2", NULL };
	const struct scenario_overrides overrides = { .set = set, .revision = "v3", .seed = "9" };
	const char *text = "# c\n[mm a]\n";
	g_autofree char *written =
		scenario_write_out("F", text, strlen(text), &overrides, errors);

	ck_assert_str_eq(written, "[mm a]\ncount = 2\n\n[machine]\ncpus = 8\n\n[protocol]\n"
				  "revision = v3\n\n[scenario]\nseed = 9\n");
	parse_good(written);
	ck_assert_uint_eq(scenario->seed, 9);
	ck_assert_uint_eq(scenario->cpus_count, 8);
}

TEST(a_file_that_does_not_load_is_not_written_out)
{
	ck_assert_ptr_null(scenario_write_out("F", "[mm a]\nx=1\n", 11, NULL, errors));
	ck_assert_uint_eq(errors->len, 1);
}
