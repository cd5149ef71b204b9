/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/faults.h"
#include "sim/base/keyfile.h"
#include "tests/lib/folder.h"
#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

static char *folder;
static bool environment;

static void start(void)
{
	parse_start();
	folder = folder_new();
	environment = false;
}

static void stop(void)
{
	parse_stop();
	folder_remove(folder);
}

SUITE(.before = start, .after = stop);

static void put_bytes(const char *name, const char *text, size_t length)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *dir = g_path_get_dirname(path);

	ck_assert_int_eq(g_mkdir_with_parents(dir, 0700), 0);
	ck_assert(g_file_set_contents(path, text, (gssize)length, NULL));
}

static void put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static void load_with(const char *name, const struct scenario_overrides *overrides)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	scenario_free(scenario);
	g_ptr_array_set_size(errors, 0);
	scenario = scenario_load(path, overrides, errors, &environment);
	ck_assert_int_eq(!scenario, errors->len > 0);
}

static void load(const char *name)
{
	load_with(name, NULL);
	ck_assert_msg(scenario, "%s", (const char *)(scenario ? "" : errors->pdata[0]));
}

/* All messages, without the name of the folder. */
static void load_bad(const char *name, const char *message)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autofree char *prefix = g_strconcat(folder, "/", NULL);

	load_with(name, NULL);
	for (guint i = 0; i < errors->len; i++)
		g_string_append_printf(all, "%s%s", i > 0 ? "\n" : "", (char *)errors->pdata[i]);
	g_string_replace(all, prefix, "", 0);
	ck_assert_str_eq(all->str, message);
}

static const char base[] = "[machine]\ncpus = 8\nonline = 0-3\n[mm app]\nrun = 2ms\n";

TEST(keys_of_the_file_win_and_the_others_are_added)
{
	put("base.scn", base);
	put("a.scn", "[scenario]\ninclude = base.scn\nseed = 7\n[mm own]\n[machine]\ncpus = 4\n");
	load("a.scn");
	ck_assert_uint_eq(scenario->cpus_count, 4);
	ck_assert_uint_eq(scenario->online.count, 4);
	ck_assert_uint_eq(scenario->seed, 7);
	ck_assert_uint_eq(scenario->mms_count, 2);
	ck_assert_str_eq(scenario->mms[0].name, "own");
	ck_assert_str_eq(scenario->mms[1].name, "app");
	ck_assert_str_eq(scenario->title, "a");
}

/* Each is relative to the file that has it. CRLF, a byte order mark, blanks and no end of line. */
TEST(files_include_others_in_their_folders)
{
	put("x/y/deep.scn", "\xef\xbb\xbf[mm app]\r\nrun = 3ms");
	put("x/middle.scn", "[mm app]\nsleep = 5ms\n[ scenario ]\n\tinclude=y/deep.scn");
	put("a.scn", "[scenario]\n  include  =  x/middle.scn  \r\n");
	load("a.scn");
	ck_assert_uint_eq(scenario->mms_count, 1);
	ck_assert_uint_eq(scenario->mms[0].main.run.a, 3000000);
	ck_assert_uint_eq(scenario->mms[0].main.sleep.a, 5000000);
}

TEST(a_path_can_begin_at_the_root)
{
	g_autofree char *text = g_strdup_printf("[scenario]\ninclude = %s/base.scn\n", folder);

	put("base.scn", base);
	put("x/a.scn", text);
	load("x/a.scn");
	ck_assert_uint_eq(scenario->cpus_count, 8);
}

TEST(an_option_wins_over_all_files)
{
	const char *const set[] = { "machine.cpus=4", NULL };

	put("base.scn", base);
	put("a.scn", "[scenario]\ninclude = base.scn\n");
	load_with("a.scn", &(struct scenario_overrides){ .set = set });
	ck_assert_uint_eq(scenario->cpus_count, 4);
}

/* A change of any file changes it, another folder or name of the files does not. */
TEST(the_digest_is_of_all_files)
{
	uint64_t digest;

	put("base.scn", base);
	put("a.scn", "[scenario]\ninclude = base.scn\n");
	put("x/base.scn", base);
	put("x/b.scn", "[scenario]\ninclude = base.scn\n");
	load("a.scn");
	digest = scenario->digest;
	load("x/b.scn");
	ck_assert_uint_eq(scenario->digest, digest);
	put("base.scn", "[machine]\ncpus = 8\nonline = 0-3\n[mm app]\nrun = 3ms\n");
	load("a.scn");
	ck_assert_uint_ne(scenario->digest, digest);
}

TEST(what_is_read_stands_without_the_files)
{
	g_autofree char *path = g_build_filename(folder, "a.scn", NULL);
	struct faults *faults = faults_new(path);
	g_autofree char *text = NULL, *written = NULL;
	size_t length = 0;

	put("base.scn", base);
	put("a.scn", "[scenario]\ninclude = base.scn\n[machine]\ncpus = 4");
	text = scenario_read(path, &length, faults, &environment);
	ck_assert_ptr_nonnull(text);
	folder_empty(folder);
	written = scenario_write_out(path, text, length, NULL, errors);
	ck_assert_str_eq(written,
		"[scenario]\n\n[machine]\ncpus = 4\nonline = 0-3\n\n[mm app]\nrun = 2ms\n");
	faults_free(faults);
}

TEST(all_faults_of_all_files_have_their_lines)
{
	put("base.scn",
		"[mm app]\ncuont = 2\nrun = x\n[mm app]\n[expect app]\nusers = 1\nusers = 2\n");
	put("a.scn", "[scenario]\ninclude = base.scn\n[mm app]\nsleep = y\n[tasks app]\n");
	load_bad("a.scn",
		"a.scn:4: sleep: 'y' is not a duration, write one like 10ms\n"
		"a.scn:5: the name 'app' is taken by [mm app] in line 3 of a.scn, choose another\n"
		"base.scn:2: unknown key 'cuont' in group 'mm app', did you mean 'count'?\n"
		"base.scn:3: run: 'x' is not a duration, write one like 10ms\n"
		"base.scn:4: group 'mm app' twice, the first is in line 1 of base.scn\n"
		"base.scn:7: key 'users' twice in the same group, the first is in line 6 of "
		"base.scn");
	ck_assert(!environment);
}

TEST(a_file_that_is_not_there_is_named_with_the_line)
{
	put("a.scn", "[scenario]\nseed = 1\ninclude = x/b.scn\n[mm app]\n");
	load_bad("a.scn", "a.scn:3: include: x/b.scn: cannot be read: No such file or directory");
	ck_assert(environment);
	put("x/b.scn", "[scenario]\ninclude = .\n");
	load_bad("a.scn", "a.scn:3: include: x/b.scn:2: include: x/.: is a folder, a file "
			  "is needed");
}

TEST(a_circle_is_refused)
{
	put("a.scn", "[scenario]\ninclude = x/../a.scn\n[mm app]\n");
	put("x/b.scn", "");
	load_bad("a.scn", "a.scn:2: include: x/../a.scn: includes itself, maybe by other files");
	put("b.scn", "[scenario]\ninclude = a.scn\n[mm app]\n");
	put("a.scn", "[scenario]\ninclude = b.scn\n[mm app]\n");
	load_bad("a.scn",
		"a.scn:2: include: b.scn:2: include: a.scn: includes itself, maybe by other files");
}

TEST_RANGE(nine_files_can_include_one_another, 9, 11)
{
	for (int i = 1; i < _i; i++) {
		g_autofree char *name = g_strdup_printf("%d.scn", i);
		g_autofree char *text = g_strdup_printf("[scenario]\ninclude = %d.scn\n", i + 1);

		put(name, text);
	}
	put(_i == 9 ? "9.scn" : "10.scn", "[mm app]\n");
	load_with("1.scn", NULL);
	ck_assert_int_eq(scenario != NULL, _i == 9);
	if (_i == 10)
		ck_assert(g_str_has_suffix(errors->pdata[0],
			"/10.scn: is one file too many: at most 9 can include one another"));
}

TEST(only_one_line_of_a_file_includes)
{
	const char *const set[] = { "scenario.include=base.scn", NULL };

	put("base.scn", base);
	put("a.scn", "[scenario]\ninclude = base.scn\ninclude = base.scn\n");
	load_bad("a.scn", "a.scn:3: include: only one line of a file can include another");
	load_with("base.scn", &(struct scenario_overrides){ .set = set });
	ck_assert_str_eq(errors->pdata[0],
		"--set scenario.include: only one line of a file can include another");
	put("a.scn", "[machine]\ninclude = base.scn\n");
	load_bad("a.scn",
		"a.scn:2: unknown key 'include' in group 'machine', the keys are cpus, online");
}

static const struct {
	const char *text;
	size_t length;
	const char *message;
} broken[] = {
	{ "[mm app]\n\0", 10, "b.scn:2: has a NUL byte: this is not a text file" },
	{ "{}", 2, "b.scn:1: is JSON; a scenario is text, with lines like [mm app] and count = 4" },
	{ "[mm app\n", 8, "b.scn:1: the group has no ']' at its end" },
	{ "[mm app]\n\xff\n", 11, "b.scn:2: is not UTF-8 text" },
	{ "[mm app]\n\x1e"
	  "c.scn\n",
		16,
		"a.scn:2: include: b.scn: has the control character U+001E, only tabs and line "
		"ends are "
		"allowed" },
};

TEST_ROWS(bytes_that_are_no_scenario_are_refused_in_an_included_file, broken)
{
	put("a.scn", "[scenario]\ninclude = b.scn\n[mm own]\n");
	put_bytes("b.scn", broken[_i].text, broken[_i].length);
	load_bad("a.scn", broken[_i].message);
}

/* What is said about a name that is no text, too. */
TEST(a_name_is_text)
{
	put("a.scn", "[scenario]\ninclude = \xff\n[mm app]\n");
	load_bad("a.scn", "a.scn:2: is not UTF-8 text");
	put("a.scn", "[scenario]\ninclude =\n[mm app]\n");
	load_bad("a.scn", "a.scn:2: key 'include' has no value");
}
