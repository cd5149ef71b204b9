/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Random machines of every kind walk at random, and at each step what the packed words say is
 * compared with what the machine says. A failure prints the machine, its steps and its seed:
 *
 *     CIDSIM_SEED=SEED build/tests/test-unit-explore-pack TEST
 *
 * walks that one only.
 */

#include "sim/explore/state/pack.h"

#include <glib.h>

#include "sim/explore/state/expand.h"
#include "sim/explore/state/judge.h"
#include "sim/explore/state/set.h"
#include "sim/machine/invariants.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

/* CPUs and tasks at the most: of a seventh of the machines, and of the others. */
enum { MOST = 10, MOST_MOSTLY = 6, WALK_STEPS = 60 };

/* A machine that walks, and what led it there. */
struct walker {
	uint64_t seed;
	struct prng prng;
	struct machine_config config;
	struct pack_layout layout;
	struct expander raw, read; /* of the machine itself; of what its words say */
	struct machine *machine;
	uint32_t key[PACK_WORDS_MAX]; /* of the machine */
	GArray *steps;                /* that were taken */
};

/* What can come next: keys side by side, and of the machine itself also the steps. */
struct successors {
	struct walker *walker;
	GArray *keys, *steps;
};

static void fail_walk(struct walker *w, const char *what)
{
	char text[STEP_TEXT_MAX];

	machines_print_config(&w->config);
	for (guint i = 0; i < w->steps->len; i++) {
		const struct explore_step *step = &g_array_index(w->steps, struct explore_step, i);

		step_print(step, text);
		printf("%s%s", i ? ", " : "", text);
		if (step->stuck)
			printf(" (stuck 0x%x)", step->stuck);
	}
	printf("\n");
	fflush(stdout);
	ck_abort_msg(
		"%s: CIDSIM_SEED=%lu test-unit-explore-pack %s", what, (unsigned long)w->seed, suite_now());
}

static void fail_step(struct walker *w, const char *what, const struct explore_step *step)
{
	g_array_append_val(w->steps, *step);
	fail_walk(w, what);
}

static bool walker_init(struct walker *w, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->prng = (struct prng){ prng_key(seed, 0), 0 };
	w->config = machines_random_config(&w->prng, seed % 7 == 0 ? MOST : MOST_MOSTLY);
	if (!pack_layout_init(&w->layout, &w->config))
		return false;
	expander_init(&w->raw, &w->layout);
	expander_init(&w->read, &w->layout);
	w->machine = machines_new(&w->config);
	w->steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	return true;
}

static void walker_free(struct walker *w)
{
	expander_free(&w->raw);
	expander_free(&w->read);
	pack_layout_free(&w->layout);
	free(w->machine);
	g_array_free(w->steps, TRUE);
}

static void on_raw(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct successors *s = context;

	(void)next;
	g_array_append_vals(s->keys, key, s->walker->layout.words);
	g_array_append_val(s->steps, *step);
}

/* Take one of @steps; false if there is none. */
static bool walker_step(struct walker *w, const GArray *steps)
{
	const struct explore_step *all = (const void *)steps->data, *step;

	if (steps->len == 0)
		return false;
	step = &all[machines_random_pick(&w->prng, all, steps->len)];
	machine_apply(w->machine, &w->config, step, NULL);
	g_array_append_val(w->steps, *step);
	return true;
}

/* What is asked at each machine: @raw is what can come next. */
typedef void (*walker_check)(struct walker *w, const struct successors *raw);

static void walk(struct walker *w, walker_check check)
{
	for (unsigned i = 0; i < WALK_STEPS; i++) {
		struct successors raw = { w, g_array_new(FALSE, FALSE, sizeof(uint32_t)),
			g_array_new(FALSE, FALSE, sizeof(struct explore_step)) };
		bool goes_on;

		pack_write(&w->layout, w->machine, w->key);
		expander_put(&w->raw, w->machine);
		expander_steps(&w->raw, on_raw, &raw);
		check(w, &raw);
		goes_on = walker_step(w, raw.steps);
		g_array_free(raw.keys, TRUE);
		g_array_free(raw.steps, TRUE);
		if (!goes_on)
			return;
	}
}

/* All seeds, or the one that the environment asks for. */
static void walk_all(uint64_t seeds, walker_check check)
{
	const char *text = getenv("CIDSIM_SEED");
	uint64_t first = text ? strtoull(text, NULL, 10) : 1, last = text ? first : seeds;

	for (uint64_t seed = first; seed <= last; seed++) {
		struct walker w;

		if (!walker_init(&w, seed))
			ck_abort_msg("seed %lu cannot be packed", (unsigned long)seed);
		walk(&w, check);
		walker_free(&w);
	}
}

static bool is_same(const struct walker *w, const uint32_t *a, const uint32_t *b)
{
	return memcmp(a, b, w->layout.words * sizeof(*a)) == 0;
}

/* Reading and writing */

static void check_words_again(struct walker *w, const struct successors *raw)
{
	uint32_t again[PACK_WORDS_MAX];

	(void)raw;
	expander_read(&w->read, w->key);
	pack_write(&w->layout, w->read.base, again);
	if (!is_same(w, w->key, again))
		fail_walk(w, "what is read is not written as the same words");
}

SUITE(.timeout = 120);

TEST(what_is_read_is_written_as_the_same_words)
{
	walk_all(4000, check_words_again);
}

/* ... and is a machine, of which all parts agree, as is each that it may become. */
static void check_next(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	(void)step;
	(void)key;
	machine_invariants_assert(next, context);
}

static void check_invariants(struct walker *w, const struct successors *raw)
{
	(void)raw;
	expander_read(&w->read, w->key);
	machine_invariants_assert(w->read.base, &w->config);
	expander_steps(&w->read, check_next, &w->config);
}

TEST(what_is_read_is_a_machine_as_if_it_had_come_there_step_by_step)
{
	walk_all(1000, check_invariants);
}

/* The words say all that matters: the same properties are broken, ... */
static void check_properties(struct walker *w, const struct successors *raw)
{
	(void)raw;
	expander_read(&w->read, w->key);
	if (machine_check(w->read.base) != machine_check(w->machine))
		fail_walk(w, "a property differs");
	if (machine_spins(w->read.base) != machine_spins(w->machine))
		fail_walk(w, "one spins, the other does not");
	if (judge_never_returns(w->read.base, &w->config) !=
		judge_never_returns(w->machine, &w->config))
		fail_walk(w, "one never returns, the other does");
}

TEST(what_is_read_breaks_the_same_properties)
{
	walk_all(4000, check_properties);
}

/* ... and the same can come next, though steps of twins are not even taken. */

static bool has_key(const struct successors *s, const uint32_t *key)
{
	unsigned words = s->walker->layout.words;

	for (guint at = 0; at < s->keys->len; at += words) {
		if (is_same(s->walker, &g_array_index(s->keys, uint32_t, at), key))
			return true;
	}
	return false;
}

/* The first step that leads where none of @other leads; NULL if there is none. */
static const struct explore_step *missing(
	const struct successors *s, const struct successors *other)
{
	unsigned words = s->walker->layout.words;

	for (guint i = 0; i < s->steps->len; i++) {
		if (!has_key(other, &g_array_index(s->keys, uint32_t, i * words)))
			return &g_array_index(s->steps, struct explore_step, i);
	}
	return NULL;
}

static void check_successors(struct walker *w, const struct successors *raw)
{
	struct successors read = { w, g_array_new(FALSE, FALSE, sizeof(uint32_t)),
		g_array_new(FALSE, FALSE, sizeof(struct explore_step)) };
	const struct explore_step *step;

	expander_read(&w->read, w->key);
	expander_steps(&w->read, on_raw, &read);
	step = missing(raw, &read);
	if (step)
		fail_step(w, "the last step leads where none of the machine as read does", step);
	step = missing(&read, raw);
	if (step)
		fail_step(w, "the last step, of the machine as read, leads where no other does",
			step);
	g_array_free(read.keys, TRUE);
	g_array_free(read.steps, TRUE);
}

TEST(from_what_is_read_the_same_can_come_next)
{
	walk_all(4000, check_successors);
}

/* The shorter way to write what a step has made */

static void on_read(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct walker *w = context;
	uint32_t whole[PACK_WORDS_MAX];

	pack_write(&w->layout, next, whole);
	if (!is_same(w, whole, key))
		fail_step(w, "the last step, of the machine as read, is written differently", step);
}

static void check_write_after(struct walker *w, const struct successors *raw)
{
	(void)raw;
	expander_read(&w->read, w->key);
	expander_steps(&w->read, on_read, w);
}

TEST(the_shorter_way_to_write_a_step_gives_the_same_state)
{
	walk_all(4000, check_write_after);
}

/* Names */

/* New numbers: of old CPU or task i is [i]. */
struct names {
	uint8_t cpu[MACHINE_CPUS_MAX], task[MACHINE_TASKS_MAX];
};

/* Swap each of the first @count with a random one that @alike has the same bit for. */
static void shuffle(struct prng *prng, uint8_t *names, uint32_t count, uint32_t alike)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t j = machines_below(prng, count);
		uint8_t name = names[i];

		if ((alike >> i & 1) != (alike >> j & 1))
			continue;
		names[i] = names[j];
		names[j] = name;
	}
}

static uint16_t rename_mask(uint16_t mask, const uint8_t *names)
{
	uint16_t renamed = 0;

	for (; mask; mask &= (uint16_t)(mask - 1))
		renamed |= (uint16_t)(1u << names[__builtin_ctz(mask)]);
	return renamed;
}

static void rename_cpus(const struct machine *from, const struct names *names, struct machine *to)
{
	const struct model *model = machine_model_const(from);
	cid_word *words = model_words(machine_model(to), machines_mm(to));

	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		struct model_cpu *c = machines_cpu(to, names->cpu[cpu]);

		*c = *model_cpu_const(model, cpu);
		if (c->curr != TASK_NONE)
			c->curr = names->task[c->curr];
		to->view[names->cpu[cpu]] = from->view[cpu];
		words[names->cpu[cpu]] = model_word(model, machine_mm(from), cpu);
	}
}

static void rename_tasks(const struct machine *from, const struct names *names, struct machine *to)
{
	const struct model *model = machine_model_const(from);

	for (uint32_t task = 0; task < model->tasks_count; task++) {
		struct model_task *t = machines_task(to, names->task[task]);

		*t = *model_task_const(model, task);
		to->pc[names->task[task]] = from->pc[task];
		to->partner[names->task[task]] = names->task[from->partner[task]];
		if (from->pc[task] == PC_FREE)
			continue;
		t->cpu = names->cpu[t->cpu];
		if (!t->listed)
			continue;
		t->older = names->task[t->older];
		t->newer = names->task[t->newer];
	}
	to->wide = rename_mask(from->wide, names->task);
}

static void rename_mm(const struct machine *from, const struct names *names, struct machine *to)
{
	struct model_mm *mm = machines_mm(to);

	if (mm->newest != TASK_NONE)
		mm->newest = names->task[mm->newest];
	if (mm->initiator != TASK_NONE)
		mm->initiator_cpu = names->cpu[mm->initiator_cpu];
	if (mm->initiator != TASK_NONE)
		mm->initiator = names->task[mm->initiator];
	if (mm->child != TASK_NONE)
		mm->child = names->task[mm->child];
	if (mm->phase == PHASE_WALK_TASKS) {
		mm->cursor = names->task[mm->cursor];
		to->walked = rename_mask(from->walked, names->task);
	} else if (mm->phase == PHASE_WALK_CPUS) {
		mm->cursor = names->cpu[mm->cursor];
		to->walked = rename_mask(from->walked, names->cpu);
	}
}

/* Tasks may have any numbers. CPUs, too, where walks take them in any order, but for those that the
 * tasks are allowed on and those that they are not. */
static void check_renamed(struct walker *w, const struct successors *raw)
{
	struct successors renamed = { w, g_array_new(FALSE, FALSE, sizeof(uint32_t)),
		g_array_new(FALSE, FALSE, sizeof(struct explore_step)) };
	struct names names;
	struct machine to = *w->machine;
	uint32_t key[PACK_WORDS_MAX];

	for (unsigned i = 0; i < MACHINE_CPUS_MAX; i++)
		names.cpu[i] = names.task[i] = (uint8_t)i;
	shuffle(&w->prng, names.task, w->config.tasks_max, 0);
	if (w->config.any_cpu_order)
		shuffle(&w->prng, names.cpu, w->config.cpus_count, w->config.allowed);
	rename_cpus(w->machine, &names, &to);
	rename_tasks(w->machine, &names, &to);
	rename_mm(w->machine, &names, &to);
	pack_write(&w->layout, &to, key);
	if (!is_same(w, w->key, key))
		fail_walk(w, "renamed, it is written differently");
	expander_put(&w->raw, &to);
	expander_steps(&w->raw, on_raw, &renamed);
	if (missing(raw, &renamed) || missing(&renamed, raw))
		fail_walk(w, "renamed, it leads to another state");
	g_array_free(renamed.keys, TRUE);
	g_array_free(renamed.steps, TRUE);
}

TEST(names_change_neither_the_words_nor_what_can_come_next)
{
	walk_all(4000, check_renamed);
}

/* Depth */

static void check_depth(struct walker *w, const struct successors *raw)
{
	struct pack_layout *layout = &w->layout;
	unsigned depth = machines_below(&w->prng, PACK_DEPTH_MAX + 1);
	uint32_t deep[PACK_WORDS_MAX], again[PACK_WORDS_MAX];

	(void)raw;
	memcpy(deep, w->key, sizeof(deep));
	pack_set_depth(layout, deep, depth);
	if (pack_depth(layout, w->key) != 0 || pack_depth(layout, deep) != depth)
		fail_walk(w, "a depth is not what it was set to");
	if (set_hash(deep, layout->words) != set_hash(w->key, layout->words))
		fail_walk(w, "the depth is part of the hash");
	expander_read(&w->read, deep);
	pack_write(layout, w->read.base, again);
	if (!is_same(w, w->key, again))
		fail_walk(w, "the depth is part of the machine");
	pack_set_depth(layout, deep, 0);
	if (!is_same(w, w->key, deep))
		fail_walk(w, "setting a depth changes the state");
}

TEST(the_depth_is_beside_the_state)
{
	walk_all(1000, check_depth);
}

/* Layout */

TEST(a_machine_that_is_too_large_has_no_layout)
{
	struct machine_config config =
		machines_config("v3", MACHINE_CPUS_MAX, 2, MACHINE_TASKS_MAX);
	struct pack_layout layout;

	memset(config.may, MACHINE_LEFT_MAX, sizeof(config.may));
	ck_assert(!pack_layout_init(&layout, &config));
	config.cpus_count = config.tasks_max = 10;
	config.allowed = 0x3ff;
	ck_assert(pack_layout_init(&layout, &config));
	ck_assert_uint_le(layout.words, PACK_WORDS_MAX);
	pack_layout_free(&layout);
}

TEST(a_machine_that_cannot_begin_has_no_layout)
{
	struct machine_config config = machines_config("v1", 1, 2, 2);
	struct pack_layout layout;

	ck_assert(!pack_layout_init(&layout, &config));
	config.tasks_start = 1;
	ck_assert(pack_layout_init(&layout, &config));
	pack_layout_free(&layout);
}
