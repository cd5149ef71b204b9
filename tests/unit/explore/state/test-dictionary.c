/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/state/dictionary.h"

#include <signal.h>
#include <string.h>

#include "tests/lib/suite.h"

enum { MANY = 20000 };

SUITE(.timeout = 60);

static void value_of(uint64_t i, uint64_t *value)
{
	value[0] = i * i;
	value[1] = i % 3;
	value[2] = ~i;
}

TEST(values_are_numbered_from_1_on_and_keep_their_numbers)
{
	struct dictionary dictionary;
	uint64_t value[3];
	bool same = true;

	dictionary_init(&dictionary, 3, MANY);
	for (unsigned round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < MANY; i++) {
			value_of(i, value);
			same &= dictionary_number(&dictionary, value) == i + 1;
			same &= memcmp(dictionary_value(&dictionary, i + 1), value,
					sizeof(value)) == 0;
		}
	}
	ck_assert(same);
	ck_assert_uint_eq(dictionary_count(&dictionary), MANY);
	dictionary_clear(&dictionary);
}

TEST(in_two_steps_the_number_is_the_same)
{
	struct dictionary dictionary;
	uint64_t value[3], other[3], hash;
	uint32_t number;

	dictionary_init(&dictionary, 3, MANY);
	value_of(7, value);
	hash = dictionary_seek(&dictionary, value);
	for (uint64_t i = 100; i < 1000; i++) { /* and its index has grown meanwhile */
		value_of(i, other);
		dictionary_number(&dictionary, other);
	}
	number = dictionary_number_at(&dictionary, value, hash);
	ck_assert_uint_eq(number, 901);
	ck_assert_uint_eq(dictionary_number(&dictionary, value), number);
	dictionary_clear(&dictionary);
}

TEST(a_full_dictionary_refuses_new_values_and_knows_the_others)
{
	struct dictionary dictionary;

	dictionary_init(&dictionary, 1, 3);
	for (uint64_t i = 0; i < 3; i++)
		ck_assert_uint_eq(dictionary_number(&dictionary, &i), i + 1);
	for (uint64_t i = 3; i < 10; i++)
		ck_assert_uint_eq(dictionary_number(&dictionary, &i), 0);
	for (uint64_t i = 0; i < 3; i++)
		ck_assert_uint_eq(dictionary_number(&dictionary, &i), i + 1);
	ck_assert_uint_eq(dictionary_count(&dictionary), 3);
	dictionary_clear(&dictionary);
}

TEST(bytes_depend_on_the_number_of_values_only)
{
	struct dictionary a, b;
	size_t bytes;

	dictionary_init(&a, 2, MANY);
	dictionary_init(&b, 2, MANY);
	ck_assert_uint_eq(dictionary_bytes(&a), 0);
	for (uint64_t i = 0; i < 1000; i++) {
		dictionary_number(&a, (const uint64_t[]){ i, 1 });
		dictionary_number(&b, (const uint64_t[]){ 5 * (999 - i), 2 });
	}
	bytes = dictionary_bytes(&a);
	ck_assert_uint_ge(bytes, 1000 * 2 * sizeof(uint64_t));
	ck_assert_uint_eq(dictionary_bytes(&b), bytes);
	dictionary_clear(&a);
	dictionary_clear(&b);
}

struct adder {
	struct dictionary *dictionary;
	uint64_t first; /* where this thread begins */
	uint32_t numbers[MANY];
};

static gpointer add_all(gpointer context)
{
	struct adder *adder = context;
	uint64_t value[3];

	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t at = (adder->first + i) % MANY;

		value_of(at, value);
		adder->numbers[at] = dictionary_number(adder->dictionary, value);
	}
	return NULL;
}

TEST(threads_that_add_the_same_values_get_the_same_numbers)
{
	struct dictionary dictionary;
	struct adder *adders = g_new0(struct adder, 3);
	GThread *threads[3];

	dictionary_init(&dictionary, 3, 2 * MANY);
	for (unsigned i = 0; i < 3; i++) {
		adders[i].dictionary = &dictionary;
		adders[i].first = i * MANY / 3;
		threads[i] = g_thread_new("adder", add_all, &adders[i]);
	}
	for (unsigned i = 0; i < 3; i++)
		g_thread_join(threads[i]);
	ck_assert_uint_eq(dictionary_count(&dictionary), MANY);
	for (unsigned i = 1; i < 3; i++)
		ck_assert(memcmp(adders[i].numbers, adders[0].numbers, sizeof(adders[0].numbers)) ==
			  0);
	g_free(adders);
	dictionary_clear(&dictionary);
}

TEST_SIGNAL(values_without_words_are_our_bug, SIGABRT)
{
	struct dictionary dictionary;

	dictionary_init(&dictionary, 0, 1);
}
