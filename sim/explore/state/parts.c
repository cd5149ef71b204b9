/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/parts.h"

#include <assert.h>
#include <string.h>

#include "sim/explore/state/pack-private.h"

/*
 * An element of the CPUs, in the order in which pack-after.c and pack-write.c sort them:
 *
 *     63: not allowed at the start   32..: the field of the CPU   1..: that of its task   0: child
 *
 * The child is that of a fork under way: it is in the queue of the CPU, and its field is with the
 * mm.
 */
enum { CPU_FIELD = 32, CPU_TASK = 1, CPU_CHILD = 0, CPU_NOT_ALLOWED = 63 };

/* The words of an mm. */
enum { MM_FIELD, MM_LEFT, MM_OUTLINE, MM_WORDS };

/* Of the third one. */
enum {
	OUTLINE_USERS = 0,
	OUTLINE_ALIVE = 5,
	OUTLINE_TO_WALK = 10,
	OUTLINE_HOLDER_RUNS = 15,
	OUTLINE_HOLDER_IS_WORK = 16,
	OUTLINE_SPINS = 17,
	OUTLINE_CHILD = 32
};

enum { ELEMENTS_PER_WORD = 4 };

static unsigned element_words(unsigned count)
{
	return (count + ELEMENTS_PER_WORD - 1) / ELEMENTS_PER_WORD;
}

static unsigned left_bits(const struct pack_layout *layout)
{
	return layout->tasks_at;
}

static unsigned right_bits(const struct pack_layout *layout)
{
	return layout->config.tasks_max * layout->task_field_bits;
}

static unsigned words_of(unsigned bits)
{
	return (bits + 63) / 64;
}

void parts_init(struct parts *parts, const struct pack_layout *layout)
{
	const struct machine_config *config = &layout->config;

	memset(parts, 0, sizeof(*parts));
	parts->layout = layout;
	parts->sorts = config->any_cpu_order && config->any_task_order && layout->floats &&
	               !layout->partners && !layout->passes && !layout->views;
	dictionary_init(&parts->of[PART_MMS], MM_WORDS, (1u << PARTS_MM_BITS) - 1);
	dictionary_init(&parts->of[PART_CPUS], element_words(config->cpus_count),
		(1u << PARTS_CPUS_BITS) - 1);
	dictionary_init(&parts->of[PART_FLOATS], element_words(config->tasks_max),
		(1u << PARTS_FLOATS_BITS) - 1);
	dictionary_init(
		&parts->of[PART_LEFT], words_of(left_bits(layout)), (1u << PARTS_HALF_BITS) - 1);
	dictionary_init(
		&parts->of[PART_RIGHT], words_of(right_bits(layout)), (1u << PARTS_HALF_BITS) - 1);
	dictionary_init(&parts->of[PART_CPU], 1, PARTS_ELEMENTS_LIMIT);
	dictionary_init(&parts->of[PART_TASK], 1, PARTS_ELEMENTS_LIMIT);
	parts->cpu_traits = g_malloc0(PARTS_ELEMENTS_LIMIT + 1);
	parts->task_traits = g_malloc0(PARTS_ELEMENTS_LIMIT + 1);
}

void parts_clear(struct parts *parts)
{
	for (unsigned part = 0; part < PARTS; part++)
		dictionary_clear(&parts->of[part]);
	g_free((void *)parts->cpu_traits);
	g_free((void *)parts->task_traits);
}

size_t parts_bytes(const struct parts *parts)
{
	size_t bytes = 0;

	for (unsigned part = 0; part < PARTS; part++)
		bytes += dictionary_bytes(&parts->of[part]);
	return bytes;
}

bool parts_are_full(const struct parts *parts)
{
	bool full = false;

	for (unsigned part = 0; part < PARTS_SORTED; part++)
		full |= dictionary_count(&parts->of[part]) == parts->of[part].limit;
	return full;
}

void parts_settle(struct parts *parts)
{
	for (unsigned part = 0; part < PARTS; part++)
		dictionary_settle(&parts->of[part]);
}

/* Cutting in halves */

static void copy_bits(uint64_t *to, const uint64_t *from, unsigned at, unsigned bits)
{
	for (; bits > 64; bits -= 64, at += 64)
		*to++ = pack_get(from, at, 64);
	*to = pack_get(from, at, bits);
}

void parts_cut_begin(const struct parts *parts, const uint32_t *key, struct parts_cut *cut)
{
	uint64_t words[PACK_WORDS_MAX / 2 + 1];

	pack_words(parts->layout, key, words);
	copy_bits(cut->left, words, 0, left_bits(parts->layout));
	copy_bits(cut->right, words, parts->layout->tasks_at, right_bits(parts->layout));
	cut->left_hash = dictionary_seek(&parts->of[PART_LEFT], cut->left);
	cut->right_hash = dictionary_seek(&parts->of[PART_RIGHT], cut->right);
}

state_id parts_cut_end(struct parts *parts, const struct parts_cut *cut)
{
	uint32_t left = dictionary_number_at(&parts->of[PART_LEFT], cut->left, cut->left_hash);
	uint32_t right = dictionary_number_at(&parts->of[PART_RIGHT], cut->right, cut->right_hash);

	if (!left || !right)
		g_error("no memory");
	return parts_join_halves(left, right);
}

/* Cutting sorted */

static uint64_t cpu_field_of(uint64_t value)
{
	return value >> CPU_FIELD & pack_mask(CPU_NOT_ALLOWED - CPU_FIELD);
}

static uint64_t cpu_task_of(uint64_t value)
{
	return value >> CPU_TASK & pack_mask(CPU_FIELD - CPU_TASK);
}

static bool is_in_user_space(const struct pack_layout *layout, uint64_t task)
{
	return layout->pc_of[task & pack_mask(layout->pc_bits)] == PC_USER;
}

bool parts_holds(const struct pack_layout *layout, uint64_t cpu, uint64_t task)
{
	cid_word word = layout->word_of[task >> layout->pc_bits & pack_mask(layout->word_bits)];
	cid_word owned =
		layout->cpu_word_of[cpu >> PACK_PHASE_BITS & pack_mask(layout->cpu_word_bits)];

	if (!cid_is_cpu_owned(word))
		return true;
	return cid_is_cpu_owned(owned) && cid_number(owned) == cid_number(word);
}

/* The number of a CPU; 0: there is no room. Whoever learns a number writes the same traits. */
static element cpu_number(struct parts *parts, uint64_t value)
{
	element number = (element)dictionary_number(&parts->of[PART_CPU], &value);
	bool idles = (cpu_field_of(value) & pack_mask(PACK_PHASE_BITS)) == PHASE_IDLES;
	unsigned traits = ELEMENT_KNOWN;

	if (!number || parts_cpu_traits(parts, number))
		return number;
	if (idles)
		traits |= ELEMENT_IDLES;
	if (idles || is_in_user_space(parts->layout, cpu_task_of(value)))
		traits |= ELEMENT_TWINS;
	if (idles || parts_holds(parts->layout, cpu_field_of(value), cpu_task_of(value)))
		traits |= ELEMENT_HOLDS;
	atomic_store_explicit(&parts->cpu_traits[number], (uint8_t)traits, memory_order_relaxed);
	return number;
}

static element task_number(struct parts *parts, uint64_t value)
{
	element number = (element)dictionary_number(&parts->of[PART_TASK], &value);
	unsigned traits = ELEMENT_KNOWN;

	if (!number || parts_task_traits(parts, number))
		return number;
	if (is_in_user_space(parts->layout, value))
		traits |= ELEMENT_TWINS;
	atomic_store_explicit(&parts->task_traits[number], (uint8_t)traits, memory_order_relaxed);
	return number;
}

void parts_learn(struct parts *parts)
{
	const struct dictionary *cpus = &parts->of[PART_CPU], *tasks = &parts->of[PART_TASK];

	for (uint32_t i = 1; i <= dictionary_count(cpus); i++)
		cpu_number(parts, *dictionary_value(cpus, i));
	for (uint32_t i = 1; i <= dictionary_count(tasks); i++)
		task_number(parts, *dictionary_value(tasks, i));
}

/* By number, those that are 0 last. */
static void sort_elements(element *elements, unsigned count)
{
	for (unsigned i = 1; i < count; i++) {
		element one = elements[i];
		unsigned at = i;

		for (; at > 0 && (element)(elements[at - 1] - 1) > (element)(one - 1); at--)
			elements[at] = elements[at - 1];
		elements[at] = one;
	}
}

/* Elements as they lie in memory: their words are seen by this process only. */
static void pack_elements(const element *elements, unsigned count, uint64_t *words)
{
	words[element_words(count) - 1] = 0;
	memcpy(words, elements, count * sizeof(*elements));
}

static void unpack_elements(const uint64_t *words, unsigned count, element *elements)
{
	/* Word by word: a copy of a size that the compiler does not know is a call. */
	for (unsigned i = 0; i < count; i += ELEMENTS_PER_WORD)
		memcpy(elements + i, words + i / ELEMENTS_PER_WORD, sizeof(*words));
}

/* The values of CPUs, with the running tasks taken off the field of the tasks. Returns how many
 * tasks run. */
static unsigned cut_cpus(const struct pack_layout *layout, const uint64_t *words, uint64_t *value)
{
	unsigned runs = 0;

	for (unsigned place = 0; place < layout->config.cpus_count; place++) {
		unsigned at = layout->cpus_at + place * layout->cpu_field_bits;
		uint64_t field = pack_get(words, at, layout->cpu_field_bits);
		uint64_t allowed = layout->config.allowed >> layout->cpu_at[place] & 1;

		value[place] = field << CPU_FIELD | !allowed * (UINT64_C(1) << CPU_NOT_ALLOWED);
		if ((field & pack_mask(PACK_PHASE_BITS)) != PHASE_RUNS)
			continue;
		at = layout->tasks_at + runs++ * layout->task_field_bits;
		value[place] |= pack_get(words, at, layout->task_field_bits) << CPU_TASK;
	}
	return runs;
}

static uint64_t task_at(const struct pack_layout *layout, const uint64_t *words, unsigned task)
{
	return pack_get(
		words, layout->tasks_at + task * layout->task_field_bits, layout->task_field_bits);
}

static uint64_t outline_word(const struct machine_outline *outline, uint64_t child)
{
	assert(outline->users < 32 && outline->alive < 32 && outline->to_walk < 32);
	return (uint64_t)outline->users << OUTLINE_USERS |
	       (uint64_t)outline->alive << OUTLINE_ALIVE |
	       (uint64_t)outline->to_walk << OUTLINE_TO_WALK |
	       (uint64_t)outline->holder_runs << OUTLINE_HOLDER_RUNS |
	       (uint64_t)outline->holder_is_work << OUTLINE_HOLDER_IS_WORK |
	       (uint64_t)outline->spins << OUTLINE_SPINS | child << OUTLINE_CHILD;
}

/* 0: some part has no room. */
static state_id cut_sorted(
	struct parts *parts, const uint64_t *words, const struct machine_outline *outline)
{
	const struct pack_layout *layout = parts->layout;
	unsigned cpus = layout->config.cpus_count, tasks = layout->config.tasks_max, count = 0;
	uint64_t value[MACHINE_CPUS_MAX], mm[MM_WORDS], elements[DICTIONARY_WORDS_MAX], child = 0;
	unsigned task = cut_cpus(layout, words, value);
	element cpu[PARTS_ELEMENTS_MAX] = { 0 }, floating[PARTS_ELEMENTS_MAX] = { 0 };
	uint32_t number[3];
	bool all = true;

	if (task < tasks && task_at(layout, words, task) >> layout->task_content_bits) {
		child = task_at(layout, words, task++);
		value[(child >> layout->task_content_bits) - 1] |= 1u << CPU_CHILD;
		child &= pack_mask(layout->task_content_bits);
	}
	for (; task < tasks && task_at(layout, words, task); task++) {
		floating[count] = task_number(parts, task_at(layout, words, task));
		all &= floating[count++] != 0;
	}
	for (unsigned i = 0; i < cpus; i++) {
		cpu[i] = cpu_number(parts, value[i]);
		all &= cpu[i] != 0;
	}
	if (!all)
		return 0;
	mm[MM_FIELD] = pack_get(words, 0, layout->mm_bits);
	mm[MM_LEFT] = pack_get(words, layout->left_at, layout->cpus_at - layout->left_at);
	mm[MM_OUTLINE] = outline_word(outline, child);
	number[0] = dictionary_number(&parts->of[PART_MMS], mm);
	sort_elements(cpu, cpus);
	sort_elements(floating, count);
	pack_elements(cpu, cpus, elements);
	number[1] = dictionary_number(&parts->of[PART_CPUS], elements);
	pack_elements(floating, tasks, elements);
	number[2] = dictionary_number(&parts->of[PART_FLOATS], elements);
	if (!number[0] || !number[1] || !number[2])
		return 0;
	return parts_join(number[0], number[1], number[2]);
}

state_id parts_id(struct parts *parts, const struct machine *machine, const uint32_t *key)
{
	uint64_t words[PACK_WORDS_MAX / 2 + 1];
	struct machine_outline outline;
	struct parts_cut cut;
	state_id id = 0;

	pack_words(parts->layout, key, words);
	if (parts->sorts) {
		outline = machine_outline(machine, &parts->layout->config);
		if (outline.quiet)
			id = cut_sorted(parts, words, &outline);
	}
	if (id)
		return id;
	parts_cut_begin(parts, key, &cut);
	return parts_cut_end(parts, &cut);
}

/* Back */

struct bits_writer {
	uint64_t words[PACK_WORDS_MAX / 2 + 2];
	unsigned at;
};

static void write_bits(struct bits_writer *w, uint64_t value, unsigned bits)
{
	unsigned word = w->at / 64, shift = w->at % 64;

	assert(bits == 64 || value >> bits == 0);
	w->words[word] |= value << shift;
	if (shift + bits > 64)
		w->words[word + 1] |= value >> (64 - shift);
	w->at += bits;
}

static void write_half(struct bits_writer *w, const uint64_t *half, unsigned bits)
{
	for (unsigned done = 0; done < bits; done += 64)
		write_bits(w, half[done / 64], bits - done < 64 ? bits - done : 64);
}

static void join_halves(const struct parts *parts, state_id id, struct bits_writer *w)
{
	write_half(w, dictionary_value(&parts->of[PART_LEFT], parts_left(id)),
		left_bits(parts->layout));
	write_half(w, dictionary_value(&parts->of[PART_RIGHT], parts_right(id)),
		right_bits(parts->layout));
}

static uint64_t cpu_value(const struct parts *parts, element cpu)
{
	return *dictionary_value(&parts->of[PART_CPU], cpu);
}

static bool idles(const struct parts *parts, element cpu)
{
	return parts_cpu_traits(parts, cpu) & ELEMENT_IDLES;
}

static void join_sorted(const struct parts *parts, state_id id, struct bits_writer *w)
{
	const struct pack_layout *layout = parts->layout;
	unsigned cpus = layout->config.cpus_count, task = 0;
	uint64_t where = 0;
	struct parts_sorted sorted;
	const uint64_t *mm;

	parts_open(parts, id, &sorted);
	parts_place(parts, &sorted);
	mm = dictionary_value(&parts->of[PART_MMS], sorted.mm);
	write_bits(w, mm[MM_FIELD], layout->mm_bits);
	write_bits(w, mm[MM_LEFT], layout->cpus_at - layout->left_at);
	for (unsigned i = 0; i < cpus; i++)
		write_bits(
			w, cpu_field_of(cpu_value(parts, sorted.cpu[i])), layout->cpu_field_bits);
	for (unsigned i = 0; i < cpus; i++) {
		uint64_t value = cpu_value(parts, sorted.cpu[i]);

		if (value >> CPU_CHILD & 1)
			where = i + 1;
		if (!idles(parts, sorted.cpu[i]))
			write_bits(w, cpu_task_of(value), layout->task_field_bits);
	}
	if (where)
		write_bits(w, mm[MM_OUTLINE] >> OUTLINE_CHILD | where << layout->task_content_bits,
			layout->task_field_bits);
	for (; task < PARTS_ELEMENTS_MAX && sorted.task[task]; task++)
		write_bits(w, *dictionary_value(&parts->of[PART_TASK], sorted.task[task]),
			layout->task_field_bits);
}

void parts_key(const struct parts *parts, state_id id, uint32_t *key)
{
	struct bits_writer w = { .at = 0 };

	if (parts_is_sorted(id))
		join_sorted(parts, id, &w);
	else
		join_halves(parts, id, &w);
	for (unsigned i = 0; i < parts->layout->words; i++)
		key[i] = (uint32_t)(w.words[i / 2] >> i % 2 * 32);
	pack_set_depth(parts->layout, key, 0);
}

/* Elements */

static uint32_t cpus_of(state_id id)
{
	return parts_reverse(
		(uint32_t)(id >> PARTS_CPUS_AT & pack_mask(PARTS_CPUS_BITS)), PARTS_CPUS_BITS);
}

static uint32_t floats_of(state_id id)
{
	return (uint32_t)(id >> PARTS_FLOATS_AT & pack_mask(PARTS_FLOATS_BITS));
}

void parts_seek(const struct parts *parts, state_id id)
{
	if (!parts_is_sorted(id))
		return;
	__builtin_prefetch(dictionary_value(&parts->of[PART_CPUS], cpus_of(id)));
	__builtin_prefetch(dictionary_value(&parts->of[PART_FLOATS], floats_of(id)));
}

void parts_open(const struct parts *parts, state_id id, struct parts_sorted *sorted)
{
	const struct machine_config *config = &parts->layout->config;

	assert(parts_is_sorted(id));
	memset(sorted, 0, sizeof(*sorted));
	sorted->mm = parts_mm(id);
	sorted->floats = floats_of(id);
	sorted->cpus = cpus_of(id);
	unpack_elements(dictionary_value(&parts->of[PART_CPUS], sorted->cpus), config->cpus_count,
		sorted->cpu);
	unpack_elements(dictionary_value(&parts->of[PART_FLOATS], sorted->floats),
		config->tasks_max, sorted->task);
}

static void place(const struct dictionary *values, element *elements, unsigned count)
{
	for (unsigned i = 1; i < count && elements[i]; i++) {
		element one = elements[i];
		uint64_t value = *dictionary_value(values, one);
		unsigned at = i;

		for (; at > 0 && *dictionary_value(values, elements[at - 1]) > value; at--)
			elements[at] = elements[at - 1];
		elements[at] = one;
	}
}

void parts_place(const struct parts *parts, struct parts_sorted *sorted)
{
	place(&parts->of[PART_CPU], sorted->cpu, parts->layout->config.cpus_count);
	place(&parts->of[PART_TASK], sorted->task, parts->layout->config.tasks_max);
}

bool parts_keeps_order(const struct parts *parts, uint32_t before, uint32_t after)
{
	const uint64_t *b = dictionary_value(&parts->of[PART_MMS], before);
	const uint64_t *a = dictionary_value(&parts->of[PART_MMS], after);

	if ((b[MM_OUTLINE] >> OUTLINE_USERS & pack_mask(OUTLINE_ALIVE - OUTLINE_USERS)) == 0)
		return false;
	return pack_keeps_order(b[MM_FIELD], a[MM_FIELD]);
}

bool parts_spins(const struct parts *parts, state_id id)
{
	return dictionary_value(&parts->of[PART_MMS], parts_mm(id))[MM_OUTLINE] >> OUTLINE_SPINS &
	       1;
}
