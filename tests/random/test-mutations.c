/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Does the explorer see a protocol that is broken? tests/mutants/ has small edits of the model,
 * and each breaks 7.1 in one way; this program is linked once with each of them. A mutant is
 * caught where a search finds the property broken that it is listed with, on the machine that it is
 * listed with, where 7.1 as it is holds. Those that break no property are listed with the reason,
 * and must hold in all.
 *
 *     test-random-mutations           7.1 as it is: every row holds
 *     mutant-NAME NAME                the row of NAME
 *     mutant-NAME NAME all            what it breaks, on all machines: to find a row for it
 */

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/check.h"
#include "sim/explore/search/search.h"

enum {
	MEMORY = 1 << 29,
	SAFETY = CHECK_ALL_SAFETY | CHECK_I3 | EXPLORE_STALL,
	FORKS = MACHINE_FORKS,
	EXITS = MACHINE_EXITS,
	FAILED_EXECS = MACHINE_FAILED_EXECS,
	AFFINITIES = MACHINE_AFFINITIES,
};

/* Machines, small ones. */
static const struct size {
	uint8_t cpus, allowed, tasks; /* allowed: CPUs from 0 on */
	uint8_t may[MACHINE_OPS];
	unsigned sound; /* properties that 7.1 has there */
} sizes[] = {
	{ 2, 2, 2, { [FORKS] = 1 }, SAFETY },
	{ 2, 2, 1, { [FORKS] = 2, [EXITS] = 2 }, SAFETY },
	{ 3, 3, 3, { [FORKS] = 1 }, SAFETY },
	{ 4, 2, 2, { [FORKS] = 1, [EXITS] = 2 }, SAFETY },
	{ 4, 4, 3, { [EXITS] = 2 }, SAFETY },
	{ 4, 1, 2, { [EXITS] = 1, [AFFINITIES] = 1 }, SAFETY },
	{ 4, 2, 3, { [EXITS] = 2, [FAILED_EXECS] = 1 }, CHECK_I2 | CHECK_I6 },
	/* those that are to break nothing are tried on larger ones, too */
	{ 3, 3, 2, { [FORKS] = 2, [EXITS] = 2 }, SAFETY },
	{ 4, 2, 3, { [FORKS] = 1, [EXITS] = 3 }, SAFETY },
	{ 4, 1, 2, { [FORKS] = 1, [EXITS] = 2, [AFFINITIES] = 2 }, SAFETY },
};
enum { FLIP, TWO_FORKS, THREE, NARROW, LEAVING, WIDENED, EXEC_FAILS, LARGER, SIZES = LARGER + 3 };
_Static_assert(SIZES == G_N_ELEMENTS(sizes), "each machine has a name");

static const struct mutant {
	const char *name;
	unsigned property; /* that it breaks; 0: none */
	int size;          /* where */
	const char *why;   /* it breaks none */
} mutants[] = {
	{ "lifecycle-exit-in-transit", CHECK_I4, NARROW, NULL },
	{ "lifecycle-exit-keeps", CHECK_I6, LEAVING, NULL },
	{ "lifecycle-forgets-parent", CHECK_I5, FLIP, NULL },
	{ "mm-enters-late", CHECK_I3, FLIP, NULL },
	{ "mm-flips-without-transit", CHECK_I3, FLIP, NULL },
	{ "pool-converge-keeps", CHECK_I4, LEAVING, NULL },
	{ "pool-drop-clears-nothing", CHECK_I4, LEAVING, NULL },
	{ "pool-drop-untested", CHECK_I2, NARROW, NULL },
	{ "pool-get-takes-nothing", CHECK_I1, FLIP, NULL },
	{ "switch-in-forgets-transit", CHECK_I3, FLIP, NULL },
	{ "switch-out-keeps", CHECK_I4, FLIP, NULL },
	{ "switch-settles-early", CHECK_I3, FLIP, NULL },
	{ "switch-settles-half", CHECK_I4, FLIP, NULL },
	{ "switch-settles-per-task", CHECK_I5, FLIP, NULL },
	{ "walk-completes-early", CHECK_I3, FLIP, NULL },
	{ "walk-hands-over", CHECK_I3, THREE, NULL },
	{ "walk-keeps-idle-cpus", CHECK_I5, NARROW, NULL },
	{ "walk-keeps-sleepers", CHECK_I4, FLIP, NULL },
	{ "walk-marks-unset", CHECK_I2, EXEC_FAILS, NULL },
	{ "walk-skips-last-cpu", CHECK_I5, WIDENED, NULL },
	{ "walk-skips-oldest", CHECK_I5, THREE, NULL },

	{ "lifecycle-child-gets-none", 0, SIZES,
		"the child gets a number when it is first switched in" },
	{ "lifecycle-exit-keeps-cpu", 0, SIZES,
		"the walk visits that CPU, too, and the exiting task there is not active" },
	{ "mm-leaves-early", 0, SIZES, "any threshold up to the one of entry will do" },
	{ "switch-in-owns-at-once", 0, SIZES,
		"it would be the task's at its next switch; by then each CPU that the walk has "
		"been "
		"to has given back one number, and a task needs no more than one" },
	{ "switch-settles-high", 0, SIZES,
		"a number at or above max_cids is not compact (I7), but a number" },
	{ "walk-forgets-word", 0, SIZES,
		"a CPU word that is not CPU-owned is read for nothing else, settling writes both" },
	{ "lifecycle-never-completes", 0, SIZES,
		"numbers in transit for ever cost bit operations, nothing else" },
	{ "walk-skips-newest", 0, SIZES,
		"that is the child, which has no number, or the initiator itself" },
};

static const struct mutant *mutant_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(mutants); i++) {
		if (strcmp(mutants[i].name, name) == 0)
			return &mutants[i];
	}
	return NULL;
}

static struct machine_config config_of(const struct size *size)
{
	struct machine_config config = {
		.protocol = revision_find("7.1")->protocol,
		.cpus_count = size->cpus,
		.tasks_start = size->tasks,
		.tasks_max = (uint32_t)(size->tasks + size->may[FORKS]),
		.allowed = (uint16_t)((1u << size->allowed) - 1),
		.reduced = true,
	};

	memcpy(config.may, size->may, sizeof(config.may));
	return config;
}

/* The length of a shortest way to what breaks @check on machine @size; -1: nothing does. */
static int length_of(int size, unsigned check)
{
	const struct search_options options = {
		.config = config_of(&sizes[size]),
		.check = check,
		.jobs = 1,
		.memory = MEMORY,
	};
	struct search_result *result = search_run(&options);
	int length = result->verdict == SEARCH_VIOLATED ? (int)result->depth : -1;

	if (result->verdict == SEARCH_UNDECIDED) {
		fprintf(stderr, "machine %d: undecided, %s\n", size, search_ended_to_string(result->ended));
		exit(2);
	}
	search_result_free(result);
	return length;
}

static const char *name_of(unsigned property)
{
	return property == EXPLORE_STALL ? "stall" : check_to_string(property);
}

/* Everything that is broken, by property and machine, on standard output. Returns how much. */
static unsigned print_broken(bool sound_only)
{
	unsigned count = 0;

	for (int size = 0; size < SIZES; size++) {
		unsigned left = sound_only ? sizes[size].sound : SAFETY;

		if (length_of(size, left) < 0)
			continue;
		for (; left; left &= left - 1) {
			unsigned property = left & -left;
			int length = length_of(size, property);

			if (length < 0)
				continue;
			printf("machine %d: %s after %d steps\n", size, name_of(property), length);
			count++;
		}
	}
	return count;
}

/* There is a row for each edit, and an edit for each row. */
static bool check_rows(void)
{
	GDir *dir = g_dir_open("tests/mutants", 0, NULL);
	const char *file;
	size_t edits = 0;
	bool good = true;

	while (dir && (file = g_dir_read_name(dir)) != NULL) {
		char *name = g_strndup(file, strlen(file) - MIN(strlen(file), 4));

		if (g_str_has_suffix(file, ".sed")) {
			edits++;
			if (!mutant_of(name)) {
				fprintf(stderr, "%s has no row\n", name);
				good = false;
			}
		}
		g_free(name);
	}
	if (dir)
		g_dir_close(dir);
	if (edits != G_N_ELEMENTS(mutants))
		fprintf(stderr, "%zu edits, %zu rows\n", edits, G_N_ELEMENTS(mutants));
	return good && edits == G_N_ELEMENTS(mutants);
}

static bool check_unbroken(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(mutants); i++) {
		const struct mutant *mutant = &mutants[i];

		if (mutant->property && !(sizes[mutant->size].sound & mutant->property)) {
			fprintf(stderr, "%s: 7.1 itself need not have %s there\n", mutant->name,
				name_of(mutant->property));
			return false;
		}
	}
	return print_broken(true) == 0;
}

static bool check_mutant(const struct mutant *mutant)
{
	int length;

	if (!mutant->property)
		return print_broken(true) == 0;
	length = length_of(mutant->size, mutant->property);
	printf("%s: %s after %d steps\n", mutant->name, name_of(mutant->property), length);
	return length >= 0;
}

int main(int argc, char **argv)
{
	const struct mutant *mutant = argc > 1 ? mutant_of(argv[1]) : NULL;
	bool good;

	if (argc > 1 && !mutant) {
		fprintf(stderr, "%s has no row\n", argv[1]);
		return EXIT_FAILURE;
	}
	if (argc > 2) {
		print_broken(false);
		return EXIT_SUCCESS;
	}
	good = mutant ? check_mutant(mutant) : check_rows() && check_unbroken();
	if (mutant && !good)
		fprintf(stderr, "%s: %s\n", mutant->name,
			mutant->property ? "not caught" : "it was to break nothing");
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
