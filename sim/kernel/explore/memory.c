/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* dl_iterate_phdr() */
#include "sim/kernel/explore/memory.h"

#include <link.h>
#include <string.h>
#include <unistd.h>

enum { STACK_MAX = 8192 };

/* The object */

struct finding {
	const struct code *code;
	struct memory *memory;
	uintptr_t low, high; /* writable */
	bool found;
};

static uintptr_t page_after(uintptr_t address)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	return (address + page - 1) / page * page;
}

/* What the loader has written and then made read-only is at the beginning of what can be written.
 */
static void take_segments(struct finding *finding, const struct dl_phdr_info *info)
{
	uintptr_t fixed = 0;

	finding->low = UINTPTR_MAX;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_GNU_RELRO)
			fixed = page_after(from + part->p_memsz);
		if (part->p_type != PT_LOAD || !(part->p_flags & PF_W))
			continue;
		finding->low = MIN(finding->low, from);
		finding->high = MAX(finding->high, from + part->p_memsz);
	}
	if (fixed > finding->low && fixed < finding->high)
		finding->low = fixed;
}

static int look_at(struct dl_phdr_info *info, size_t size, void *context)
{
	struct finding *finding = context;
	uintptr_t own = (uintptr_t)finding->code->own;

	(void)size;
	finding->high = 0;
	take_segments(finding, info);
	finding->found = finding->low <= own && own < finding->high;
	return finding->found;
}

bool memory_init(struct memory *memory, const struct code *code, const uint32_t *actors,
	uint32_t actors_count)
{
	struct finding finding = { .code = code, .memory = memory };

	g_assert(actors_count <= MEMORY_ACTORS_MAX);
	*memory = (struct memory){ .code = code, .actors_count = actors_count };
	for (uint32_t i = 0; i < actors_count; i++)
		memory->actors[i] = actors[i];
	if (!code->own || !dl_iterate_phdr(look_at, &finding))
		return false;
	memory_add(memory, (void *)finding.low, finding.high - finding.low);
	return true;
}

void memory_clear(struct memory *memory)
{
	g_free(memory->first);
	memory->first = NULL;
}

static size_t words_of(size_t bytes)
{
	return (bytes + 7) / 8;
}

void memory_add(struct memory *memory, void *from, size_t bytes)
{
	g_assert(memory->parts_count < MEMORY_PARTS_MAX && !memory->first);
	memory->parts[memory->parts_count++] = (struct memory_part){ from, bytes };
	memory->words += words_of(bytes);
}

size_t memory_image_max(const struct memory *memory)
{
	return memory->words + memory->actors_count * (STACK_MAX / 8);
}

/* Images: the parts, then the stacks. The object comes first, and knows how long those are. */

size_t memory_save(const struct memory *memory, uint64_t *image)
{
	uint64_t *to = image;

	for (uint32_t i = 0; i < memory->parts_count; i++) {
		const struct memory_part *part = &memory->parts[i];

		to[words_of(part->bytes) - 1] = 0;
		memcpy(to, part->from, part->bytes);
		to += words_of(part->bytes);
	}
	for (uint32_t i = 0; i < memory->actors_count; i++) {
		void *from;
		uint32_t bytes = memory->code->stack(memory->actors[i], &from);

		g_assert(bytes <= STACK_MAX);
		if (bytes == 0)
			continue;
		to[words_of(bytes) - 1] = 0;
		memcpy(to, from, bytes);
		to += words_of(bytes);
	}
	return (size_t)(to - image);
}

void memory_restore(const struct memory *memory, const uint64_t *image)
{
	for (uint32_t i = 0; i < memory->parts_count; i++) {
		const struct memory_part *part = &memory->parts[i];

		memcpy(part->from, image, part->bytes);
		image += words_of(part->bytes);
	}
	for (uint32_t i = 0; i < memory->actors_count; i++) {
		void *to;
		uint32_t bytes = memory->code->stack(memory->actors[i], &to);

		if (bytes == 0)
			continue;
		memcpy(to, image, bytes);
		image += words_of(bytes);
	}
}

void memory_begin(struct memory *memory, uint64_t *image)
{
	memory_save(memory, image);
	memory->first = g_memdup2(image, memory->words * sizeof(*image));
}

/* Packed: the number of words; of the parts, a bit for each word that differs, and those; the
 * stacks. */

void memory_pack(
	const struct memory *memory, const uint64_t *image, size_t words, GByteArray *bytes)
{
	uint64_t count = words;

	g_byte_array_append(bytes, (const guint8 *)&count, sizeof(count));
	for (size_t i = 0; i < memory->words; i += 64) {
		size_t end = MIN(memory->words, i + 64);
		uint64_t changed[65];
		guint used = 1;

		changed[0] = 0;
		for (size_t at = i; at < end; at++) {
			if (image[at] == memory->first[at])
				continue;
			changed[0] |= UINT64_C(1) << (at - i);
			changed[used++] = image[at];
		}
		g_byte_array_append(bytes, (const guint8 *)changed, used * 8);
	}
	g_byte_array_append(bytes, (const guint8 *)(image + memory->words),
		(guint)((words - memory->words) * 8));
}

static uint64_t next_word(const uint8_t **packed)
{
	uint64_t word;

	memcpy(&word, *packed, sizeof(word));
	*packed += sizeof(word);
	return word;
}

size_t memory_unpack(const struct memory *memory, const uint8_t *packed, uint64_t *image)
{
	const uint8_t *from = packed;
	size_t words = next_word(&from);

	memcpy(image, memory->first, memory->words * sizeof(*image));
	for (size_t i = 0; i < memory->words; i += 64) {
		uint64_t changed = next_word(&from);

		for (; changed; changed &= changed - 1)
			image[i + (size_t)__builtin_ctzll(changed)] = next_word(&from);
	}
	memcpy(image + memory->words, from, (words - memory->words) * 8);
	return (size_t)(from - packed) + (words - memory->words) * 8;
}
