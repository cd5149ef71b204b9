/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/hash.h"
#include "sim/kernel/explore/world.h"

/*
 * What tells states apart: all that the kernel's code can read, where each operation is (struct
 * code.place), and of the model what the words do not say. Not the bytes of stacks: in them are
 * things that nobody reads any more, and they are another's with each compiler.
 */

static void add(struct key *key, uint64_t word)
{
	key->a = (key->a ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	key->a ^= key->a >> 32;
	key->b = (key->b ^ (word + UINT64_C(0xd1b54a32d192ed03))) * UINT64_C(0xff51afd7ed558ccd);
	key->b ^= key->b >> 29;
}

static void add_bytes(struct key *key, const char *from, size_t bytes)
{
	uint64_t word;

	for (; bytes >= sizeof(word); bytes -= sizeof(word), from += sizeof(word)) {
		memcpy(&word, from, sizeof(word));
		add(key, word);
	}
	if (bytes == 0)
		return;
	word = 0;
	memcpy(&word, from, bytes);
	add(key, word);
}

/* The object's memory but for its own part. */
static void add_code(struct key *key, const struct world *world)
{
	const struct memory_part *part = &world->memory.parts[0];
	const char *own = world->pair->code->own, *end = own + world->pair->code->own_size;

	add_bytes(key, part->from, (size_t)(own - part->from));
	add_bytes(key, end, (size_t)(part->from + part->bytes - end));
}

static void add_operation(struct key *key, const struct world *world, uint32_t actor)
{
	const struct pair *pair = world->pair;
	const struct operation *operation = &pair->operations[actor];
	void *stack;

	if (!operation->busy)
		return;
	add(key, actor | (uint64_t)operation->op << 16 | (uint64_t)operation->due << 24 |
			 (uint64_t)operation->waits << 32 | (uint64_t)operation->fails << 33);
	add(key, operation->what | (uint64_t)operation->task << 32);
	add(key, pair->code->place(actor));
	if (world->config->stacks) {
		uint32_t bytes = pair->code->stack(actor, &stack);

		add_bytes(key, stack, bytes);
	}
}

static void add_task(struct key *key, const struct world *world, uint32_t task)
{
	const struct pair_task *t = &world->pair->tasks[task];

	add(key, (uint64_t)t->life << 32 | (uint64_t)t->fails << 40 | (uint64_t)t->waits_on << 48 |
			 task);
	if (t->life != LIFE_NONE)
		add(key, t->mask);
}

/* What of the model is not in words: the step that is due. Numbers of what is over do not count. */
static void add_model(struct key *key, const struct world *world)
{
	const struct model *model = world->pair->model;
	const struct model_mm *mm = model_mm_const(model, 0);

	add(key, mm->phase | (uint64_t)mm->live << 8 | (uint64_t)mm->faults << 16);
	if (mm->phase != PHASE_IDLE) {
		add(key, mm->initiator | (uint64_t)mm->child << 32);
		add(key, mm->cursor | (uint64_t)mm->budget << 32);
		add(key, mm->found | (uint64_t)mm->pass << 32);
	}
	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		const struct model_cpu *c = model_cpu_const(model, cpu);

		add(key, c->phase | (uint64_t)(c->phase == CPU_SPINS ? c->mode : 0) << 8 |
				 (uint64_t)(c->phase == CPU_SPINS ? c->found : 0) << 16);
	}
}

struct key world_key(const struct world *world)
{
	const struct memory *memory = &world->memory;
	struct key key = { HASH_BYTES_START, HASH_GOLDEN };
	uint64_t left;

	add_code(&key, world);
	for (uint32_t i = 0; i < memory->actors_count; i++)
		add_operation(&key, world, memory->actors[i]);
	for (uint32_t task = 0; task < world->pair->shape.tasks_max; task++)
		add_task(&key, world, task);
	if (!world->config->alone)
		add_model(&key, world);
	memcpy(&left, world->left, sizeof(left));
	add(&key, world->exits_only ? 0 : left);
	return (struct key){ hash_mix(key.a ^ key.b >> 32), hash_mix(key.b) };
}
