/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/seen.h"

#include <signal.h>

#include "sim/base/prng.h"
#include "tests/lib/suite.h"

/* The states that were seen: none is lost, none is there twice, whatever their keys have in common. */

enum { MAX = 12000, KEYS = 8000 };

static struct seen_entry entries[MAX];

static struct event event_of(uint32_t number)
{
	return (struct event){ .kind = (uint8_t)(number % EVENT_KINDS),
		.a = (uint8_t)number,
		.b = (uint8_t)(number >> 8),
		.c = (uint8_t)(number >> 16) };
}

/* Keys with the same low bits, and with the same halves, are among them. */
static struct key key_of(uint64_t which)
{
	switch (which % 16) {
	case 0:
		return (struct key){ which << 32, which };
	case 1:
		return (struct key){ 7, which };
	default:
		return (struct key){ which * UINT64_C(0x9e3779b97f4a7c15), 7 };
	}
}

static void expect_entry(const struct seen *seen, uint32_t number, uint64_t which, uint32_t parent)
{
	const struct event event = event_of((uint32_t)which);
	const struct seen_entry *entry = &seen->entries[number];

	ck_assert(entry->key.a == key_of(which).a && entry->key.b == key_of(which).b);
	ck_assert_uint_eq(entry->parent, parent);
	ck_assert(entry->kind == event.kind && entry->a == event.a && entry->b == event.b &&
		  entry->c == event.c);
}

TEST_RANGE(a_key_is_new_once_and_known_from_then_on, 0, 8)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 0) };
	uint32_t *number_of = g_new0(uint32_t, KEYS); /* 1 + its number */
	struct seen seen;

	seen_init(&seen, entries, MAX);
	for (uint32_t step = 0; step < 3 * KEYS; step++) {
		uint64_t which = prng_below(&prng, KEYS);
		const struct event event = event_of((uint32_t)which);
		uint32_t count = seen.count, number;

		ck_assert(seen_has(&seen, key_of(which)) == (number_of[which] != 0));
		number = seen_add(&seen, key_of(which), step, &event);
		if (number_of[which]) {
			ck_assert_uint_eq(number, SEEN_NONE);
			ck_assert_uint_eq(seen.count, count);
			continue;
		}
		ck_assert_uint_eq(number, count);
		ck_assert_uint_eq(seen.count, count + 1);
		expect_entry(&seen, number, which, step);
		number_of[which] = number + 1;
	}
	ck_assert_uint_gt(seen.count, KEYS / 2); /* the table has grown */
	for (uint64_t which = 0; which < KEYS; which++) {
		ck_assert(seen_has(&seen, key_of(which)) == (number_of[which] != 0));
		if (number_of[which])
			ck_assert(entries[number_of[which] - 1].key.b == key_of(which).b);
	}
	seen_clear(&seen);
	g_free(number_of);
}

TEST_RANGE(who_follows_knows_what_others_have_added, 0, 4)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 1) };
	struct seen seen, other;
	uint64_t which = 0;

	seen_init(&seen, entries, MAX);
	seen_init(&other, entries, MAX);
	while (which + 3000 < MAX) {
		const struct event event = event_of(1);
		uint64_t end = which + prng_below(&prng, 3000);

		for (; which < end; which++)
			ck_assert_uint_eq(seen_add(&seen, key_of(which), 0, &event), which);
		seen_follow(&other, seen.count);
		ck_assert_uint_eq(other.count, seen.count);
		for (uint64_t i = 0; i < MAX; i += 7)
			ck_assert(seen_has(&other, key_of(i)) == (i < which));
	}
	seen_clear(&seen);
	seen_clear(&other);
}

TEST(who_forgets_knows_nothing_and_has_all_its_room)
{
	const struct event event = event_of(1);
	struct seen seen;

	seen_init(&seen, entries, MAX);
	for (int round = 0; round < 3; round++) {
		for (uint64_t which = 0; which < MAX; which++)
			ck_assert_uint_eq(seen_add(&seen, key_of(which), 0, &event), which);
		seen_reset(&seen);
		ck_assert_uint_eq(seen.count, 0);
		for (uint64_t which = 0; which < MAX; which++)
			ck_assert(!seen_has(&seen, key_of(which)));
	}
	seen_clear(&seen);
}

TEST(a_full_table_knows_what_it_has)
{
	const struct event event = event_of(1);
	struct seen seen;

	seen_init(&seen, entries, 3);
	for (uint64_t which = 0; which < 3; which++)
		ck_assert_uint_eq(seen_add(&seen, key_of(which), 0, &event), which);
	for (uint64_t which = 0; which < 3; which++)
		ck_assert_uint_eq(seen_add(&seen, key_of(which), 0, &event), SEEN_NONE);
	ck_assert(!seen_has(&seen, key_of(3)));
	seen_clear(&seen);
}

TEST_SIGNAL(a_full_table_takes_nothing_new, SIGABRT)
{
	const struct event event = event_of(1);
	struct seen seen;

	seen_init(&seen, entries, 3);
	for (uint64_t which = 0; which < 4; which++)
		seen_add(&seen, key_of(which), 0, &event);
}

TEST(its_bytes_are_entries_and_slots)
{
	const struct event event = event_of(1);
	struct seen seen;
	size_t empty;

	seen_init(&seen, entries, MAX);
	empty = seen_bytes(&seen);
	for (uint64_t which = 0; which < MAX; which++)
		seen_add(&seen, key_of(which), 0, &event);
	ck_assert_uint_ge(seen_bytes(&seen), empty + MAX * sizeof(struct seen_entry));
	ck_assert_uint_le(seen_bytes(&seen), MAX * (sizeof(struct seen_entry) + 4 * sizeof(uint32_t)));
	seen_clear(&seen);
}
