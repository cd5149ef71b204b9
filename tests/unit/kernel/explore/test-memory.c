/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/memory.h"

#include <signal.h>
#include <string.h>

#include "sim/base/prng.h"
#include "tests/lib/suite.h"

/*
 * Memory of parts and stacks: what is saved comes back, packed or not. The code is of this test: the
 * first part says how much of each stack is in use, as an object does.
 */

enum { PARTS = 6, ACTORS = 5, PART_MAX = 200, STACK = 8192 };

struct sizes {
	uint32_t used[ACTORS];
};

static struct sizes sizes;
static char parts[PARTS][PART_MAX], stacks[ACTORS][STACK];
static char on_the_side[64];

static uint32_t stack_of(uint32_t actor, void **from)
{
	*from = stacks[actor] + STACK - sizes.used[actor]; /* it grows down */
	return sizes.used[actor];
}

static const struct code code = { .stack = stack_of, .own = on_the_side };

static void scramble(struct prng *prng, void *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		((char *)bytes)[i] = (char)prng_below(prng, 256);
}

/* Some bytes of all parts, and other stacks. */
static void change(struct prng *prng, const struct memory *memory)
{
	for (uint32_t part = 1; part < memory->parts_count; part++) {
		for (uint64_t i = prng_below(prng, 4); i > 0; i--)
			scramble(prng,
				memory->parts[part].from +
					prng_below(prng, memory->parts[part].bytes),
				1);
	}
	for (int actor = 0; actor < ACTORS; actor++) {
		uint64_t most = prng_below(prng, 8) == 0 ? STACK + 1 : 300;

		sizes.used[actor] = prng_below(prng, 2) ? 0 : (uint32_t)prng_below(prng, most);
		scramble(prng, stacks[actor], STACK);
	}
}

static void scramble_all(struct prng *prng)
{
	for (int actor = 0; actor < ACTORS; actor++)
		sizes.used[actor] = (uint32_t)prng_below(prng, STACK + 1);
	scramble(prng, parts, sizeof(parts));
	scramble(prng, stacks, sizeof(stacks));
}

/* Parts of all lengths: whole words, and others. */
static struct memory memory_of(struct prng *prng)
{
	struct memory memory = { .code = &code, .actors_count = ACTORS };

	for (uint32_t actor = 0; actor < ACTORS; actor++)
		memory.actors[actor] = actor;
	memory_add(&memory, &sizes, sizeof(sizes));
	for (int part = 0; part < PARTS; part++)
		memory_add(&memory, parts[part], 1 + prng_below(prng, PART_MAX));
	return memory;
}

/* A copy of all that counts. */
struct copy {
	struct sizes sizes;
	char parts[PARTS][PART_MAX], stacks[ACTORS][STACK];
};

static void copy_all(struct copy *copy)
{
	copy->sizes = sizes;
	memcpy(copy->parts, parts, sizeof(parts));
	memcpy(copy->stacks, stacks, sizeof(stacks));
}

static void expect_same(const struct memory *memory, const struct copy *copy)
{
	ck_assert_mem_eq(&sizes, &copy->sizes, sizeof(sizes));
	for (uint32_t part = 1; part < memory->parts_count; part++)
		ck_assert_mem_eq(parts[part - 1], copy->parts[part - 1], memory->parts[part].bytes);
	for (int actor = 0; actor < ACTORS; actor++) {
		size_t from = STACK - sizes.used[actor];

		ck_assert_mem_eq(
			stacks[actor] + from, copy->stacks[actor] + from, sizes.used[actor]);
	}
}

TEST_RANGE(what_is_saved_comes_back, 0, 20)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 0) };
	struct memory memory = memory_of(&prng);
	uint64_t *image = g_new(uint64_t, memory_image_max(&memory));
	struct copy *copy = g_new(struct copy, 1);

	for (int round = 0; round < 30; round++) {
		change(&prng, &memory);
		copy_all(copy);
		ck_assert_uint_le(memory_save(&memory, image), memory_image_max(&memory));
		scramble_all(&prng);
		memory_restore(&memory, image);
		expect_same(&memory, copy);
	}
	g_free(copy);
	g_free(image);
	memory_clear(&memory);
}

TEST_RANGE(what_is_packed_is_the_same_image, 0, 20)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 1) };
	struct memory memory = memory_of(&prng);
	size_t most = memory_image_max(&memory), words, before;
	uint64_t *image = g_new(uint64_t, most), *unpacked = g_new(uint64_t, most);
	GByteArray *bytes = g_byte_array_new();

	change(&prng, &memory);
	memory_begin(&memory, image);
	for (int round = 0; round < 30; round++) {
		if (round > 0)
			change(&prng, &memory);
		words = memory_save(&memory, image);
		before = bytes->len;
		memory_pack(&memory, image, words, bytes);
		ck_assert_uint_eq(
			memory_unpack(&memory, bytes->data + before, unpacked), bytes->len - before);
		ck_assert_mem_eq(unpacked, image, words * sizeof(*image));
	}
	g_byte_array_free(bytes, TRUE);
	g_free(unpacked);
	g_free(image);
	memory_clear(&memory);
}

TEST(the_same_bytes_are_the_same_image_whatever_was_there_before)
{
	struct prng prng = { .key = prng_key(1, 2) };
	struct memory memory = memory_of(&prng);
	size_t most = memory_image_max(&memory), words;
	uint64_t *image = g_new(uint64_t, most), *other = g_new(uint64_t, most);

	change(&prng, &memory);
	memset(image, 0xff, most * sizeof(*image));
	memset(other, 0, most * sizeof(*other));
	words = memory_save(&memory, image);
	ck_assert_uint_eq(memory_save(&memory, other), words);
	ck_assert_mem_eq(image, other, words * sizeof(*image));
	g_free(image);
	g_free(other);
	memory_clear(&memory);
}

/* What can be written of the object that has code.own in it. */
TEST(the_memory_of_an_object_is_found)
{
	const uint32_t actors[] = { 0, 2 };
	struct memory memory;

	ck_assert(memory_init(&memory, &code, actors, 2));
	ck_assert_uint_eq(memory.parts_count, 1);
	ck_assert_uint_eq(memory.actors_count, 2);
	for (size_t i = 0; i < PARTS; i++) {
		ck_assert(parts[i] >= memory.parts[0].from);
		ck_assert(parts[i] + PART_MAX <= memory.parts[0].from + memory.parts[0].bytes);
	}
	memory_clear(&memory);
}

TEST(memory_of_no_object_is_not_found)
{
	g_autofree char *heap = g_malloc(64);
	const struct code other = { .stack = stack_of, .own = heap }, none = { .stack = stack_of };
	struct memory memory;

	ck_assert(!memory_init(&memory, &other, NULL, 0));
	ck_assert(!memory_init(&memory, &none, NULL, 0));
}

TEST_SIGNAL(a_stack_of_more_than_8_KiB_is_not_saved, SIGABRT)
{
	struct prng prng = { .key = prng_key(1, 3) };
	struct memory memory = memory_of(&prng);
	uint64_t *image = g_new(uint64_t, memory_image_max(&memory));

	sizes.used[0] = STACK + 1;
	memory_save(&memory, image);
}

TEST_SIGNAL(no_part_is_added_after_the_first_image, SIGABRT)
{
	struct prng prng = { .key = prng_key(1, 4) };
	struct memory memory = memory_of(&prng);
	uint64_t *image = g_new(uint64_t, memory_image_max(&memory));

	memory_begin(&memory, image);
	memory_add(&memory, on_the_side, sizeof(on_the_side));
}
