/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/revision.h"

#include <assert.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The first series; each later one is written as what it changes. */
#define V1                                                                                         \
	.exit_change = EXIT_HANDS_OVER, .early_count = true, .walk_users = WALK_USERS_SYSTEM,      \
	.walk_budget = 2, .thrs_cap = THRS_CAP_NR_CPU_IDS, .init_unset = true, .split_mode = true, \
	.thrs_gap = 250, .allowance = 250
#define V2 .transit_to_task = true
#define FORKED .init_keeps_transit = true
#define V3                                                                                         \
	V2, .thrs_floor = 1, .exit_change = EXIT_HANDS_OVER, .walk_users = WALK_USERS_SYSTEM,      \
	    .thrs_cap = THRS_CAP_POSSIBLE, .thrs_gap = 250, .allowance = 250
#define SPLIT .split_mode = true
#define LIVELOCK V3, .transit_to_percpu = true
#define EARLY .early_count = true, .walk_budget = 2
#define DROPCPU                                                                                    \
	V2, .thrs_floor = 1, .thrs_cap = THRS_CAP_POSSIBLE, .thrs_gap = 250, .allowance = 250,     \
	    .transit_to_percpu = true, .exit_change = EXIT_DROPS_CPU
#define SETTLES DROPCPU, .out_settles = true
#define TESTS SETTLES, .drop_tests_owned = true
#define SYSTEM .walk_users = WALK_USERS_SYSTEM
#define CURRENT TESTS, .walk_users = WALK_USERS_LIST, .walk_keeps_unset = true

static const struct revision revisions[] = {
	{ "v1", "2025-10-15", "", "first series: no TRANSIT in either direction",
		"B1 B3 B5 B6 B8 B9 B10", { V1 } },
	{ "v2", "2025-10-22", "", "TRANSIT in the direction per CPU to per task",
		"B1 B3 B5 B6 B7 B8 B9 B10 B12", { V1, V2, FORKED } },
	{ "v3", "2025-10-29", "", "the threshold is at least 1", "B1 B2 B3 B5 B6 B7 B8 B9 B10 B12",
		{ V3, EARLY, SPLIT, FORKED } },
	/* Its cover letter names two corrections, without detail: the bitmap is zeroed correctly,
	 * and an off-by-one in a function of the transition. Their effect is not known. So v3 and
	 * v4 are the same in this model, and it does not have what v3 did wrong there. */
	{ "v4", "2025-11-04", "",
		"two corrections whose details are not known: no flag of the model",
		"B1 B2 B3 B5 B6 B7 B8 B9 B10 B12", { V3, EARLY, SPLIT, FORKED } },
	{ "v5", "2025-11-19", "", "a new mm's transit is cleared; merged for 6.19-rc1",
		"B1 B2 B3 B5 B6 B7 B8 B9 B10", { V3, EARLY, SPLIT } },
	{ "6.19-livelock", "2026-02-04", "4327fb13fa47",
		"TRANSIT in the direction per task to per CPU too", "B2 B3 B5 B6 B7 B8 B9 B10",
		{ LIVELOCK, EARLY, SPLIT } },
	{ "6.19-ordering", "2026-02-04", "47ee94efccf6", "one word for the mode, with barriers",
		"B3 B5 B6 B7 B8 B9 B10 B11", { LIVELOCK, EARLY } },
	{ "6.19-dropcpu", "2026-02-04", "007d84287c74",
		"an exit that flips the mode drops the CID of its CPU, owned or not",
		"B4 B5 B6 B7 B8 B9 B10 B11", { DROPCPU, EARLY, SYSTEM } },
	{ "6.19", "2026-02-04", "4463c7aa11a6", "out settles when the window is over",
		"B4 B5 B6 B7 B8 B9 B10 B11", { SETTLES, EARLY, SYSTEM } },
	{ "6.19.1", "2026-02-10", "1e83ccd5921a", "drop CPU tests that the CPU owns the CID",
		"B5 B6 B7 B8 B9 B10 B11", { TESTS, EARLY, SYSTEM } },
	{ "7.0-fork", "2026-03-10", "b2e48c429ec5", "a child is counted after it is visible",
		"B6 B7 B8 B9 B10 B11", { TESTS, SYSTEM, .walk_budget = 1 } },
	{ "7.0-vfork", "2026-03-10", "28b5a1395036",
		"the walk over the system has no budget: it visits every user", "B7 B8 B9 B10 B11",
		{ TESTS, SYSTEM, .walk_budget = 1, .walk_full = true } },
	{ "7.0", "2026-03-10", "192d852129b1", "the task walk goes over a list of the mm's users",
		"B7 B8 B9 B10 B11", { TESTS, .walk_users = WALK_USERS_LIST } },
	{ "7.1", "2026-06", "de3ab9bd3133", "the CPU walk leaves an UNSET word alone",
		"B8 B9 B10 B11", { CURRENT } },
	{ "affinity-return", "2026-09-15", "",
		"a widened affinity leads back to per task: proposed, in review", "B9 B10 B11",
		{ CURRENT, .affinity_return = AFFINITY_RETURN_FITS } },
	{ "bounded-get", "2026-09-17", "", "a get that finds nothing gives up: proposed, refused",
		"B8 B9 B11", { CURRENT, .bounded_get = true } },
};

static const char current_name[] = "7.1";

static const struct {
	const char *alias, *name;
} aliases[] = {
	{ "v6.19-rc1", "v5" },
	{ "7.2", "7.1" },
	{ "7.3", "7.1" },
};

#define FLAG(flag_name, field, text, words, low, high)                                             \
	{                                                                                          \
		flag_name, text, words, offsetof(struct protocol, field),                          \
			sizeof(((struct protocol *)0)->field), low, high                           \
	}
#define SWITCH(flag_name, field, text) FLAG(flag_name, field, text, "off|on", 0, 1)

static const struct protocol_flag flags[] = {
	SWITCH("transit-to-task", transit_to_task, "TRANSIT in windows towards per task"),
	SWITCH("transit-to-percpu", transit_to_percpu, "TRANSIT in windows towards per CPU"),
	SWITCH("out-settles", out_settles, "switching out settles once the window is over"),
	SWITCH("drop-tests-owned", drop_tests_owned, "drop CPU tests that the CPU owns the CID"),
	SWITCH("early-count", early_count, "a child is counted before task walks see it"),
	SWITCH("walk-skips-done", walk_skips_done, "the pass over the system skips the group"),
	SWITCH("walk-full", walk_full, "the pass over the system, once begun, has no budget"),
	SWITCH("walk-keeps-unset", walk_keeps_unset, "the CPU walk leaves an UNSET word alone"),
	SWITCH("init-unset", init_unset, "the CPU words of a new mm are UNSET, not 0"),
	SWITCH("init-keeps-transit", init_keeps_transit,
		"a forked mm keeps the TRANSIT of its parent's mm"),
	SWITCH("split-mode", split_mode, "the mode is two words, which can be seen apart"),
	SWITCH("bounded-get", bounded_get, "a get that finds nothing gives up after a while"),
	SWITCH("split-get", split_get, "finding a bit and setting it are two steps of a get"),
	FLAG("exit-change", exit_change, "what an exit that changes the mode does with its CPU",
		"drop|hand-over|hand-over-if-own", 0, 2),
	FLAG("walk-users", walk_users, "which tasks a task walk visits", "list|system", 0, 1),
	FLAG("walk-budget", walk_budget, "pass over the system: users minus this; 0 = no budget",
		"0..255", 0, 255),
	FLAG("thrs-floor", thrs_floor, "the threshold is at least this", "0..2", 0, 2),
	FLAG("thrs-cap", thrs_cap, "the threshold is at most half of this",
		"possible|nr-cpu-ids|none|allowed", 0, 3),
	FLAG("thrs-policy", thrs_policy, "when the threshold is computed",
		"recorded|recomputed|none", 0, 2),
	FLAG("affinity-return", affinity_return, "what leads back after a widened affinity",
		"threshold|fits|below", 0, 2),
	FLAG("walk-unset", walk_unset,
		"what the CPU walk does with a CPU's CID under a task that has none",
		"nothing|drop|hand-over", 0, 2),
	FLAG("exec-return", exec_return, "what a failed exec gets in per-CPU mode",
		"unset|get|late", 0, 2),
	FLAG("last-exit", last_exit, "what a last user's exit does with a change that is due",
		"ignore|clean", 0, 1),
	FLAG("thrs-gap", thrs_gap, "the threshold below the optimum, in thousandths", "0..1000", 0,
		1000),
	FLAG("allowance", allowance, "max_cids above the optimum, in thousandths", "0..1000", 0,
		1000),
};

const struct revision *revision_table(size_t *count)
{
	*count = COUNT(revisions);
	return revisions;
}

const struct revision *revision_current(void)
{
	const struct revision *current = revision_find(current_name);

	assert(current);
	return current;
}

static bool is_row(const struct revision *revision)
{
	return revision >= revisions && revision < revisions + COUNT(revisions);
}

const struct revision *revision_predecessor(const struct revision *revision)
{
	const struct revision *current = revision_current();

	assert(is_row(revision));
	if (revision == revisions)
		return NULL;
	return revision > current ? current : revision - 1;
}

const char *revision_alias(const struct revision *revision, size_t index)
{
	assert(is_row(revision));
	for (size_t i = 0; i < COUNT(aliases); i++) {
		if (strcmp(aliases[i].name, revision->name) == 0 && index-- == 0)
			return aliases[i].alias;
	}
	return NULL;
}

const struct revision *revision_find(const char *name)
{
	for (size_t i = 0; i < COUNT(aliases); i++) {
		if (strcmp(aliases[i].alias, name) == 0)
			name = aliases[i].name;
	}
	for (size_t i = 0; i < COUNT(revisions); i++) {
		if (strcmp(revisions[i].name, name) == 0)
			return &revisions[i];
	}
	return NULL;
}

const struct protocol_flag *protocol_flags(size_t *count)
{
	*count = COUNT(flags);
	return flags;
}

static bool is_number(const struct protocol_flag *flag)
{
	return strstr(flag->values, "..") != NULL;
}

static unsigned flag_value(const struct protocol *protocol, const struct protocol_flag *flag)
{
	const char *at = (const char *)protocol + flag->offset;
	uint16_t wide;

	assert(flag->offset + flag->size <= sizeof(*protocol));
	if (flag->size == 1)
		return *(const uint8_t *)at;
	memcpy(&wide, at, sizeof(wide));
	return wide;
}

static void set_flag_value(
	struct protocol *protocol, const struct protocol_flag *flag, unsigned value)
{
	char *at = (char *)protocol + flag->offset;
	uint16_t wide = (uint16_t)value;

	assert(flag->offset + flag->size <= sizeof(*protocol) && value >> 8 * flag->size == 0);
	if (flag->size == 1)
		*(uint8_t *)at = (uint8_t)value;
	else
		memcpy(at, &wide, sizeof(wide));
}

/* The @index-th word of "a|b|c" and its length; NULL behind the last. */
static const char *word_at(const char *words, unsigned index, size_t *length)
{
	for (; index > 0; index--) {
		words = strchr(words, '|');
		if (!words)
			return NULL;
		words++;
	}
	*length = strcspn(words, "|");
	return words;
}

static bool parse_word(const char *words, const char *value, unsigned *result)
{
	size_t length;

	for (unsigned i = 0;; i++) {
		const char *word = word_at(words, i, &length);

		if (!word)
			return false;
		if (strlen(value) == length && strncmp(word, value, length) == 0) {
			*result = i;
			return true;
		}
	}
}

static bool parse_number(const struct protocol_flag *flag, const char *value, unsigned *result)
{
	unsigned number = 0;

	if (*value == '\0')
		return false;
	for (; *value; value++) {
		if (*value < '0' || *value > '9' || number > flag->max)
			return false;
		number = number * 10 + (unsigned)(*value - '0');
	}
	*result = number;
	return number >= flag->min && number <= flag->max;
}

int protocol_set(struct protocol *protocol, const char *name, const char *value)
{
	for (size_t i = 0; i < COUNT(flags); i++) {
		unsigned number = 0;

		if (strcmp(flags[i].name, name) != 0)
			continue;
		if (is_number(&flags[i]) ? !parse_number(&flags[i], value, &number)
					 : !parse_word(flags[i].values, value, &number))
			return -2;
		set_flag_value(protocol, &flags[i], number);
		return 0;
	}
	return -1;
}

static size_t print_number(unsigned number, char *digits)
{
	char reversed[12];
	size_t length = 0;

	do {
		reversed[length++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	for (size_t i = 0; i < length; i++)
		digits[i] = reversed[length - 1 - i];
	return length;
}

void protocol_get(const struct protocol *protocol, const struct protocol_flag *flag, char *buffer,
	size_t size)
{
	unsigned value = flag_value(protocol, flag);
	char digits[12];
	const char *text = digits;
	size_t length = 0;

	if (size == 0)
		return;
	if (is_number(flag))
		length = print_number(value, digits);
	else
		text = word_at(flag->values, value, &length);
	assert(text); /* the value is one of the words */
	if (length >= size)
		length = size - 1;
	memcpy(buffer, text, length);
	buffer[length] = '\0';
}
