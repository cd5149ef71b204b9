/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <glib.h>
#include <string.h>

#include "model/mm.h"
#include "sim/explore/state/pack-private.h"

static unsigned bits_for(unsigned codes)
{
	unsigned bits = 0;

	assert(codes >= 1);
	while ((1u << bits) < codes)
		bits++;
	return bits;
}

static bool pc_occurs(const struct machine_config *config, enum machine_pc pc)
{
	const uint8_t *may = config->may;
	bool forks = may[MACHINE_FORKS] || may[MACHINE_CLONE_VMS];

	switch (pc) {
	case PC_FREE:
	case PC_USER:
		return true;
	case PC_DEAD:
	case PC_EXITS:
		return may[MACHINE_EXITS] || may[MACHINE_EXECS] || config->may_all_exit;
	case PC_BORN:
		return forks || may[MACHINE_VFORKS];
	case PC_FORKS:
		return forks;
	case PC_SHOWS:
		return forks && config->protocol.early_count;
	case PC_VFORKS:
	case PC_WAITS:
		return may[MACHINE_VFORKS];
	case PC_VSHOWS:
		return may[MACHINE_VFORKS] && config->protocol.early_count;
	case PC_LEAVES:
	case PC_EXEC:
		return may[MACHINE_EXECS];
	case PC_LEAVES_TO_FAIL:
	case PC_EXEC_TO_FAIL:
	case PC_RETURNS:
		return may[MACHINE_FAILED_EXECS];
	case PC_COUNT:
		break;
	}
	return false;
}

static void layout_pcs(struct pack_layout *layout)
{
	uint8_t codes = 0;

	for (unsigned pc = 0; pc < PC_COUNT; pc++) {
		if (!pc_occurs(&layout->config, pc))
			continue;
		layout->pc_code[pc] = codes;
		layout->pc_of[codes++] = (uint8_t)pc;
	}
	assert(layout->pc_of[0] == PC_FREE); /* as a field of zeros is read */
	layout->pc_bits = bits_for(codes);
}

/* Words of tasks: task-owned, CPU-owned, in transit numbers; unset; unset in transit (B7). */
static void layout_words(struct pack_layout *layout)
{
	uint8_t cpus = (uint8_t)layout->config.cpus_count;

	assert(3 * cpus + 2 <= PACK_CODES_MAX);
	memset(layout->word_base, 3 * cpus + 1, sizeof(layout->word_base));
	layout->word_base[0] = 0;
	layout->word_base[CID_ONCPU >> PACK_FLAGS_SHIFT] = cpus;
	layout->word_base[CID_TRANSIT >> PACK_FLAGS_SHIFT] = 2 * cpus;
	layout->word_base[CID_UNSET >> PACK_FLAGS_SHIFT] = 3 * cpus;
	for (uint8_t number = 0; number < cpus; number++) {
		layout->word_of[number] = number;
		layout->word_of[cpus + number] = number | CID_ONCPU;
		layout->word_of[2 * cpus + number] = number | CID_TRANSIT;
	}
	layout->word_of[3 * cpus] = CID_UNSET;
	layout->word_of[3 * cpus + 1] = CID_UNSET | CID_TRANSIT;
	layout->word_bits = bits_for(3 * cpus + 2u);
}

/* Words of CPUs: owned numbers; task-owned; all others. Or all that a task's can be. */
static void layout_cpu_words(struct pack_layout *layout)
{
	uint8_t cpus = (uint8_t)layout->config.cpus_count;

	if (layout->cpu_numbers) {
		memcpy(layout->cpu_word_base, layout->word_base, sizeof(layout->word_base));
		memset(layout->cpu_word_mask, UINT8_MAX, sizeof(layout->cpu_word_mask));
		memcpy(layout->cpu_word_of, layout->word_of, sizeof(layout->word_of));
		layout->cpu_word_bits = layout->word_bits;
		return;
	}
	assert(cpus + 2 <= PACK_CODES_MAX);
	memset(layout->cpu_word_base, cpus + 1, sizeof(layout->cpu_word_base));
	layout->cpu_word_base[0] = cpus;
	layout->cpu_word_base[CID_ONCPU >> PACK_FLAGS_SHIFT] = 0;
	layout->cpu_word_mask[CID_ONCPU >> PACK_FLAGS_SHIFT] = UINT8_MAX;
	for (uint8_t number = 0; number < cpus; number++)
		layout->cpu_word_of[number] = number | CID_ONCPU;
	layout->cpu_word_of[cpus] = 0;
	layout->cpu_word_of[cpus + 1] = CID_UNSET;
	layout->cpu_word_bits = bits_for(cpus + 2u);
}

static bool leaves_occur(const struct machine_config *config)
{
	const uint8_t *may = config->may;

	return may[MACHINE_EXITS] || may[MACHINE_EXECS] || may[MACHINE_FAILED_EXECS] ||
	       may[MACHINE_AFFINITIES] || config->may_all_exit;
}

static void layout_features(struct pack_layout *layout)
{
	const struct machine_config *config = &layout->config;
	const struct protocol *protocol = &config->protocol;

	layout->cpu_numbers =
		protocol->exit_change == EXIT_DROPS_CPU && !protocol->drop_tests_owned;
	layout->floats = machine_floats(config);
	layout->partners = protocol->early_count || config->may[MACHINE_VFORKS];
	layout->walked_cpus = config->any_cpu_order && leaves_occur(config);
	layout->walked_tasks = config->any_task_order;
	layout->passes = protocol->walk_users == WALK_USERS_SYSTEM;
	layout->views = config->weak && protocol->split_mode;
	layout->affinities = config->may[MACHINE_AFFINITIES] > 0;
	assert(!layout->floats || !layout->views); /* see machine_floats() */
}

static void layout_mm(struct pack_layout *layout)
{
	const struct machine_config *config = &layout->config;
	unsigned cpus = config->cpus_count, tasks = config->tasks_max;

	layout->task_bits = bits_for(tasks + 1);
	layout->cursor_bits = bits_for(MAX(tasks, cpus) + 1);
	layout->thrs_bits = bits_for(cpus + 2); /* no policy asks for more than cpus + 1 */
	layout->budget_bits = layout->passes ? bits_for(tasks + 1) : 0;
	layout->mm_bits = PACK_MODE_BITS + PACK_MM_PHASE_BITS + PACK_FAULT_BITS + 1 + cpus +
	                  layout->thrs_bits + layout->cursor_bits +
	                  (layout->passes ? 1 + layout->budget_bits : 0) +
	                  (layout->affinities ? 3 : 0);
	layout->left_at = layout->mm_bits;
	layout->cpus_at = layout->left_at;
	for (unsigned op = 0; op < MACHINE_OPS; op++) {
		layout->left_bits[op] = bits_for(config->may[op] + 1u);
		layout->cpus_at += layout->left_bits[op];
		if (layout->left_bits[op])
			layout->ops[layout->ops_count++] = (uint8_t)op;
	}
	assert(layout->mm_bits <= 64);
}

static void layout_fields(struct pack_layout *layout)
{
	const struct machine_config *config = &layout->config;

	layout->found_bits = config->protocol.split_get ? bits_for(config->cpus_count + 1) : 0;
	/* Only a walk over the system asks for groups; new ones are beyond MACHINE_TASKS_MAX. */
	layout->group_bits = layout->passes ? bits_for(2 * MACHINE_TASKS_MAX) : 0;
	layout->where_bits = bits_for(config->cpus_count + 1);
	layout->cpu_bits = PACK_PHASE_BITS + layout->cpu_word_bits + layout->found_bits +
	                   layout->walked_cpus + (layout->views ? 2 : 0);
	layout->cpu_field_bits =
		layout->cpu_bits + (config->any_task_order ? 0 : layout->task_bits);
	layout->task_content_bits = layout->pc_bits + layout->word_bits + layout->group_bits +
	                            layout->walked_tasks + layout->affinities;
	layout->task_field_bits = layout->task_content_bits +
	                          (layout->partners ? layout->task_bits : 0) + layout->where_bits;
	layout->tasks_at = layout->cpus_at + config->cpus_count * layout->cpu_field_bits;
	/* pack-after.c sorts by both, in one word of 64 bits with two flags */
	assert(layout->cpu_field_bits <= 31 && layout->task_field_bits <= 31);
}

static void layout_max_cids(struct pack_layout *layout)
{
	const struct model *model = machine_model_const(layout->blank);
	uint32_t allowed = (uint32_t)__builtin_popcount(layout->config.allowed);

	assert(allowed >= 1 && allowed <= layout->config.cpus_count);
	for (uint32_t users = 0; users <= MACHINE_TASKS_MAX; users++) {
		layout->max_cids[0][users] = mm_constraints(model, users, allowed).max_cids;
		layout->max_cids[1][users] =
			mm_constraints(model, users, layout->config.cpus_count).max_cids;
	}
}

/* Where CPUs have no names, those allowed come first. */
static void layout_cpu_places(struct pack_layout *layout)
{
	const struct machine_config *config = &layout->config;
	uint8_t place = 0;

	for (uint8_t cpu = 0; cpu < config->cpus_count; cpu++) {
		if (!config->any_cpu_order || config->allowed >> cpu & 1)
			layout->cpu_at[place++] = cpu;
	}
	for (uint8_t cpu = 0; place < config->cpus_count; cpu++) {
		if (!(config->allowed >> cpu & 1))
			layout->cpu_at[place++] = cpu;
	}
	assert(place == config->cpus_count);
}

bool pack_layout_init(struct pack_layout *layout, const struct machine_config *config)
{
	unsigned bits;

	/* A partner is named by its number, so tasks that have one must keep theirs. */
	assert(!config->any_task_order ||
		!(config->protocol.early_count || config->may[MACHINE_VFORKS]));
	memset(layout, 0, sizeof(*layout));
	layout->config = *config;
	layout_features(layout);
	layout_pcs(layout);
	layout_words(layout);
	layout_cpu_words(layout);
	layout_mm(layout);
	layout_fields(layout);
	layout_cpu_places(layout);
	bits = layout->tasks_at + config->tasks_max * layout->task_field_bits + PACK_DEPTH_BITS;
	layout->words = (bits + 31) / 32;
	if (layout->words > PACK_WORDS_MAX)
		return false;
	layout->blank = g_new(struct machine, 1);
	if (!machine_start(layout->blank, config)) {
		pack_layout_free(layout);
		return false;
	}
	layout_max_cids(layout);
	return true;
}

void pack_layout_free(struct pack_layout *layout)
{
	g_free(layout->blank);
	layout->blank = NULL;
}
