/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/hash.h"

#include "tests/lib/suite.h"

/* Digests that were printed and kept in files depend on every one of these values. */

TEST(fnv_has_its_published_vectors)
{
	ck_assert_uint_eq(hash_bytes(HASH_BYTES_START, "", 0), UINT64_C(0xcbf29ce484222325));
	ck_assert_uint_eq(hash_bytes(HASH_BYTES_START, "a", 1), UINT64_C(0xaf63dc4c8601ec8c));
	ck_assert_uint_eq(hash_bytes(HASH_BYTES_START, "foobar", 6), UINT64_C(0x85944171f73967e8));
}

TEST(bytes_may_come_in_pieces)
{
	uint64_t whole = hash_bytes(HASH_BYTES_START, "foobar", 6);

	ck_assert_uint_eq(hash_bytes(hash_bytes(HASH_BYTES_START, "foo", 3), "bar", 3), whole);
}

/* The first outputs of splitmix64 with seed 0: its state goes up by the golden ratio. */
TEST(the_mix_is_that_of_splitmix64)
{
	ck_assert_uint_eq(hash_mix(HASH_GOLDEN), UINT64_C(0xe220a8397b1dcdaf));
	ck_assert_uint_eq(hash_mix(2 * HASH_GOLDEN), UINT64_C(0x6e789e6aa1b965f4));
	ck_assert_uint_eq(hash_mix(0), 0);
}

TEST(words_hash_by_their_order)
{
	uint64_t ab = hash_word(hash_word(0, 1), 2), ba = hash_word(hash_word(0, 2), 1);

	ck_assert_uint_ne(ab, ba);
	ck_assert_uint_eq(hash_word(0, 1), HASH_GOLDEN ^ HASH_GOLDEN >> 29);
	ck_assert_uint_ne(hash_pair(1, 2), hash_pair(2, 1));
}
