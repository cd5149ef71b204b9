/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* A search whose states are on a disk sees the same as one in memory, wherever it was stopped; and
 * what is wrong with its folder is said. */

#include "sim/explore/search/disk.h"

#include <stdio.h>

#include "sim/base/failure.h"
#include "sim/base/prng.h"
#include "tests/lib/folder.h"
#include "tests/lib/machines.h"
#include "tests/lib/searches.h"
#include "tests/lib/sizes.h"
#include "tests/lib/suite.h"

enum { MEMORY = 8 << 20 };

SUITE(.timeout = 250);

static struct search_options options_of(
	const struct machine_config *config, unsigned check, const char *folder)
{
	return (struct search_options){
		.config = *config,
		.check = check,
		.jobs = 1,
		.memory = MEMORY,
		.disk = folder,
		.disk_name = "test",
	};
}

/* Asked so many times, then always true. */
static bool stop_after(void *context)
{
	unsigned *left = context;

	if (*left == 0)
		return true;
	--*left;
	return false;
}

/* Interrupted again and again, with another number of threads each time, to its end. */
static struct search_result *run_in_pieces(struct search_options *options, struct prng *prng)
{
	struct search_result *result;
	unsigned left;

	options->stop = stop_after;
	options->context = &left;
	for (unsigned most = 2;; most += 2) {
		left = machines_below(prng, most);
		options->jobs = 1 + machines_below(prng, 3);
		result = search_run(options);
		ck_assert_ptr_null(result->fault);
		if (result->ended != SEARCH_INTERRUPTED)
			return result;
		ck_assert_uint_eq(folder_files(options->disk), 1);
		search_result_free(result);
	}
}

/* @max_states: of the options. A search that such a limit ends leaves its files. */
static void compare(
	const struct machine_config *config, unsigned check, uint64_t max_states, uint64_t seed)
{
	char *folder = folder_new(), *other = folder_new();
	struct search_options options = options_of(config, check, folder);
	struct prng prng = { .key = prng_key(50, seed) };
	struct search_result *in_memory, *whole, *pieces;

	options.max_states = max_states;
	whole = search_run(&options);
	ck_assert_ptr_null(whole->fault);
	options.disk = other;
	pieces = run_in_pieces(&options, &prng);
	options.disk = NULL;
	options.stop = NULL;
	options.jobs = 1 + machines_below(&prng, 3);
	in_memory = search_run(&options);
	searches_same(in_memory, whole);
	searches_same(in_memory, pieces);
	ck_assert_uint_eq(in_memory->widest, pieces->widest);
	ck_assert_uint_eq(in_memory->spin_states, pieces->spin_states);
	ck_assert_mem_eq(in_memory->taken, pieces->taken, sizeof(pieces->taken));
	if (whole->ended != SEARCH_MAX_STATES) {
		ck_assert_uint_eq(folder_files(folder), 0);
		ck_assert_uint_eq(folder_files(other), 0);
	}
	search_result_free(in_memory);
	search_result_free(whole);
	search_result_free(pieces);
	folder_remove(folder);
	folder_remove(other);
}

TEST_ROWS(known_defects_are_found_on_a_disk, known_defects)
{
	const struct known_defect *defect = &known_defects[_i];
	struct machine_config config = sizes_config(defect->revision, &defect->size);

	compare(&config, defect->check, 0, (uint64_t)_i);
	sizes_rename(&config);
	compare(&config, defect->check, 0, (uint64_t)_i + 100);
}

/* Whatever ends the search of such a machine. */
TEST_LONG(random_machines_are_the_same_on_a_disk, 0, 25, 2000)
{
	struct prng prng = { .key = prng_key(51, (uint64_t)_i) };
	struct machine_config config = machines_random_config(&prng, 3);

	compare(&config, ALL, 2000, (uint64_t)_i);
}

/* Eighty thousand states: a level has several lists. */
TEST(a_search_with_many_lists_is_the_same)
{
	struct machine_config config = searches_sound();

	compare(&config, ALL & ~EXPLORE_RETURN, 0, 7);
}

/* Which is in the middle of its work, in @folder. */
static struct search_options interrupted(const char *folder, unsigned *left)
{
	static struct machine_config config;
	struct search_options options;
	struct search_result *result;

	config = searches_sound();
	options = options_of(&config, CHECK_ALL_SAFETY, folder);
	options.stop = stop_after;
	options.context = left;
	*left = 12;
	result = search_run(&options);
	ck_assert_int_eq(result->ended, SEARCH_INTERRUPTED);
	search_result_free(result);
	options.stop = NULL;
	return options;
}

TEST(a_search_that_goes_on_says_what_it_knew)
{
	char *folder = folder_new();
	unsigned left;
	struct search_options options = interrupted(folder, &left);
	struct search_result *result = search_run(&options);

	ck_assert_uint_gt(result->states_before, 0);
	ck_assert_uint_lt(result->states_before, result->states);
	search_result_free(result);
	result = search_run(&options);
	ck_assert_uint_eq(result->states_before, 0);
	search_result_free(result);
	folder_remove(folder);
}

/* The folder of the only search in @folder; the caller frees it. */
static char *search_folder(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

	return g_build_filename(folder, g_dir_read_name(dir), NULL);
}

/* The search of @options fails, and says @what. */
static void expect_fault(const struct search_options *options, const char *what)
{
	struct search_result *result = search_run(options);

	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_ptr_nonnull(result->fault);
	ck_assert_int_eq(result->fault->code, FAILURE_ENVIRONMENT);
	if (!strstr(result->fault->message, what))
		ck_abort_msg("%s", result->fault->message);
	search_result_free(result);
}

/* Of each list, one byte at random. */
TEST_RANGE(a_list_that_is_damaged_is_found, 0, 12)
{
	struct prng prng = { .key = prng_key(51, (uint64_t)_i) };
	char *folder = folder_new(), *of_search, *path, *bytes;
	unsigned left, at;
	struct search_options options = interrupted(folder, &left);
	gsize length;

	of_search = search_folder(folder);
	path = g_strdup_printf("%s/list-%05d", of_search, _i);
	ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
	at = machines_below(&prng, (uint32_t)length);
	bytes[at] ^= (char)(1 << machines_below(&prng, 8));
	ck_assert(g_file_set_contents(path, bytes, (gssize)length, NULL));
	expect_fault(&options, "damaged");
	ck_assert(g_file_set_contents(path, bytes, (gssize)length - 8, NULL));
	expect_fault(&options, "damaged");
	ck_assert(g_file_set_contents(path, "few", 3, NULL));
	expect_fault(&options, "no list");
	ck_assert_int_eq(g_unlink(path), 0);
	expect_fault(&options, "No such file");
	g_free(bytes);
	g_free(path);
	g_free(of_search);
	folder_remove(folder);
}

TEST(a_search_that_is_damaged_is_found)
{
	char *folder = folder_new(), *of_search, *path;
	unsigned left;
	struct search_options options = interrupted(folder, &left);

	of_search = search_folder(folder);
	path = g_build_filename(of_search, "search", NULL);
	ck_assert(g_file_set_contents(path, "no key file", -1, NULL));
	expect_fault(&options, "begin again");
	ck_assert(g_file_set_contents(path, "[search]\nlists=3\nnext-at=9\n", -1, NULL));
	expect_fault(&options, "damaged");
	g_free(path);
	g_free(of_search);
	folder_remove(folder);
}

/* As it is if the program is killed when it removes its files. */
TEST(lists_without_a_search_are_written_again)
{
	char *folder = folder_new(), *of_search, *path;
	unsigned left;
	struct search_options options = interrupted(folder, &left);
	struct search_result *on_disk, *in_memory;

	of_search = search_folder(folder);
	path = g_build_filename(of_search, "search", NULL);
	ck_assert_int_eq(g_unlink(path), 0);
	g_free(path);
	path = g_build_filename(of_search, "list-00001", NULL);
	ck_assert_int_eq(g_unlink(path), 0);
	on_disk = search_run(&options);
	options.disk = NULL;
	in_memory = search_run(&options);
	searches_same(in_memory, on_disk);
	ck_assert_uint_eq(folder_files(folder), 0);
	search_result_free(in_memory);
	search_result_free(on_disk);
	g_free(path);
	g_free(of_search);
	folder_remove(folder);
}

/* The levels of explore/large-8, which has 147 298 258 states: low, but of the right size. */
TEST(the_size_of_a_search_is_estimated)
{
	uint64_t early = disk_estimate(457545, 21460, 95157, 336483);
	uint64_t later = disk_estimate(3761417, 336483, 970260, 2333612);

	ck_assert_uint_gt(early, 15000000);
	ck_assert_uint_lt(early, 300000000);
	ck_assert_uint_gt(later, 50000000);
	ck_assert_uint_lt(later, 300000000);
	/* A growth that goes on says nothing; one that ends says much. */
	ck_assert_uint_eq(disk_estimate(111, 1, 10, 100), 111);
	ck_assert_uint_eq(disk_estimate(200, 100, 50, 20), 207);
	ck_assert_uint_ge(
		disk_estimate(UINT64_MAX / 8, 1, UINT32_MAX, UINT64_MAX / 16), UINT64_MAX / 8);
}

/* An early estimate can be too high: four CPUs, four tasks and a fork, not reduced, have 288
 * million states. A disk with room for these must not be refused. */
TEST(an_early_estimate_is_not_trusted)
{
	uint64_t early = disk_estimate(357615, 35100, 88913, 213485);
	uint64_t later = disk_estimate(838520, 88913, 213485, 480905);

	ck_assert_uint_gt(early, 1900000000);
	ck_assert_uint_lt(disk_estimate_least(early, 88913, 213485), 340000000);
	ck_assert_uint_lt(disk_estimate_least(later, 213485, 480905), 288000000);
	ck_assert_uint_gt(disk_estimate_least(later, 213485, 480905), 100000000);
	ck_assert_uint_eq(disk_estimate_least(1000, 50, 50), 1000);
	ck_assert_uint_eq(disk_estimate_least(1000, 50, 40), 1000);
	ck_assert_uint_eq(disk_estimate_least(UINT64_MAX / 4, 1, UINT32_MAX), 0);
}

/* Four CPUs, four tasks, three forks and an exit, not reduced. After 16 levels the estimate is more
 * than 10^11 states. That must not refuse a disk on which the search has hardly begun, and it must
 * refuse one of 1 GiB. */
TEST(a_search_that_has_hardly_begun_is_not_refused)
{
	struct disk_growth seen = { 346866184, 112915894, 15399269, 29123824, 53664273 };

	ck_assert_uint_eq(disk_still_needs(&seen, UINT64_C(80) << 30), 0);
	ck_assert_uint_gt(disk_still_needs(&seen, UINT64_C(1) << 30), UINT64_C(1) << 30);
	seen.third = 0;
	ck_assert_uint_eq(disk_still_needs(&seen, 1), 0);
	/* The growth has ended: 7 states of 3 bytes are still to come. */
	seen = (struct disk_growth){ 600, 200, 100, 50, 20 };
	ck_assert_uint_eq(disk_still_needs(&seen, 6000), 600 * 7 / 200);
}

TEST(two_processes_do_not_share_a_folder)
{
	char *folder = folder_new();
	struct machine_config config = searches_sound();
	struct search_options options = options_of(&config, CHECK_ALL_SAFETY, folder);
	struct disk *disk = disk_open(&options, NULL);

	ck_assert_ptr_nonnull(disk);
	ck_assert(!disk_has_search(disk));
	expect_fault(&options, "another process");
	/* A search for something else has a folder of its own. */
	options.check = CHECK_I1;
	search_result_free(search_run(&options));
	disk_close(disk, true);
	ck_assert_uint_eq(folder_files(folder), 0);
	folder_remove(folder);
}

TEST(a_folder_that_cannot_be_made_is_said)
{
	struct machine_config config = searches_sound();
	struct search_options options = options_of(&config, CHECK_ALL_SAFETY, "/dev/null/states");

	expect_fault(&options, "/dev/null");
}
