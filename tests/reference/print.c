/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/reference/print.h"

#include <glib.h>
#include <stdio.h>

#include "model/check.h"
#include "model/mm.h"
#include "model/pool.h"

/* State */

static void print_number(GString *line, int64_t number)
{
	g_string_append_printf(line, "%s%" G_GINT64_FORMAT, line->len ? " " : "", number);
}

static int64_t id_of(uint32_t number)
{
	return number == TASK_NONE ? -1 : (int64_t)number;
}

/* The bits for which @is_set holds, as one number in hexadecimal. */
static void print_bits(GString *line, const struct model *model, uint32_t mm,
	bool (*is_set)(const struct model *model, uint32_t mm, uint32_t bit))
{
	bool begun = false;

	g_string_append_c(line, ' ');
	for (int nibble = (int)(model->cpus_count + 3) / 4 - 1; nibble >= 0; nibble--) {
		unsigned digit = 0;

		for (unsigned bit = 0; bit < 4; bit++) {
			uint32_t at = (uint32_t)nibble * 4 + bit;

			if (at < model->cpus_count && is_set(model, mm, at))
				digit |= 1u << bit;
		}
		begun |= digit > 0 || nibble == 0;
		if (begun)
			g_string_append_printf(line, "%x", digit);
	}
}

static void print_cpu(GString *line, const struct model *model, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(model, cpu);

	print_number(line, id_of(c->curr));
	print_number(line, c->phase);
	print_number(line, c->phase == CPU_SPINS ? c->mode : 0);
	print_number(line, c->found);
}

static void print_mm(GString *line, const struct world *world, uint32_t number)
{
	const struct model *model = world->model;
	const struct model_mm *mm = model_mm_const(model, number);
	bool held = mm->phase != PHASE_IDLE;
	bool walks = mm->phase == PHASE_WALK_TASKS || mm->phase == PHASE_WALK_CPUS;

	print_number(line, number);
	print_number(line, mm->users);
	print_number(line, mm->allowed_count);
	print_number(line, mm->max_cids);
	print_number(line, mm->pcpu_thrs);
	print_number(line, mm->mode);
	print_number(line, mm->update_deferred);
	print_number(line, mm->phase);
	print_number(line, held ? id_of(mm->initiator) : -1);
	print_number(line, held ? mm->initiator_cpu : -1);
	print_number(line, held ? id_of(mm->child) : -1);
	print_number(line, walks ? (int64_t)mm->cursor : -1);
	print_number(line, mm->found);
	print_number(line, world->work[number]);
	print_number(line, world->waits[number]);
	print_number(line, mm->faults);
	print_bits(line, model, number, mm_allows);
	print_bits(line, model, number, pool_is_taken);
	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++)
		print_number(line, cid_to_kernel(model_word(model, mm, cpu)));
}

static void print_task(GString *line, const struct model *model, uint32_t number)
{
	const struct model_task *task = model_task_const(model, number);

	print_number(line, number);
	print_number(line, task->has_mm ? task->mm : -1);
	print_number(line, task->active);
	print_number(line, task->has_mm && task->visible);
	print_number(line, task->group);
	print_number(line, task->cpu);
	print_number(line, cid_to_kernel(task->cid));
}

void print_state(const struct world *world)
{
	GString *line = g_string_new(NULL);

	for (uint32_t cpu = 0; cpu < world->config.cpus_count; cpu++)
		print_cpu(line, world->model, cpu);
	for (uint32_t mm = 0; mm < world->config.mms_count; mm++) {
		if (model_mm(world->model, mm)->live)
			print_mm(line, world, mm);
	}
	for (uint32_t task = 0; task < world->config.tasks_count; task++) {
		if (world->place[task] != FREE_TASK)
			print_task(line, world->model, task);
	}
	puts(line->str);
	g_string_free(line, TRUE);
}

/* Steps */

static void print_mask(const struct choice *c)
{
	unsigned at = WORLD_MASK_WORDS - 1;

	while (at > 0 && c->mask[at] == 0)
		at--;
	printf(" %" G_GINT64_MODIFIER "x", c->mask[at]);
	while (at-- > 0)
		printf("%016" G_GINT64_MODIFIER "x", c->mask[at]);
}

void print_choice(const struct choice *c, bool drawn)
{
	printf("%s", verb_to_string(c->verb));
	if (c->cpu != WORLD_NONE && c->verb != MIGRATE && c->verb != WORK)
		printf(" %u", c->cpu);
	if (c->verb == ENTER && c->task == WORLD_NONE)
		printf(" -1");
	else if (c->task != WORLD_NONE && c->verb != DECIDE && c->verb != CHANGE)
		printf(" %u", c->task);
	if (c->verb == MIGRATE)
		printf(" %u", c->cpu);
	if (c->mm != WORLD_NONE && c->verb >= WALK && c->verb != AFFINITY)
		printf(" %u", c->mm);
	if (!drawn)
		return;
	if (c->verb == WORK)
		printf(" %u", c->cpu);
	if (c->child != WORLD_NONE)
		printf(" %u", c->child);
	if (c->new_mm != WORLD_NONE)
		printf(" %u", c->new_mm);
	if (c->verb == AFFINITY || c->new_mm != WORLD_NONE)
		print_mask(c);
	if (c->sees != WORLD_NONE)
		printf(" %u", c->sees);
}

void print_answer(struct step step)
{
	static const char *const answers[] = {
		[STEP_DONE] = "done",
		[STEP_WINDOW] = "window",
		[STEP_SPINS] = "spins",
		[STEP_FOUND] = "found",
		[STEP_GET] = "get",
		[STEP_NEEDS_RQ_LOCK] = "rq",
		[STEP_NEEDS_MUTEX] = "mutex",
		[STEP_NEEDS_LOCK] = "lock",
		[STEP_NEEDS_EXTENT] = "extent",
	};

	printf(";%s;", answers[step.outcome]);
}

/* "1 4 8" for each mm: the properties that it breaks. */
static void print_broken(const struct world *world)
{
	uint64_t seen[WORLD_MASK_WORDS];

	for (uint32_t mm = 0; mm < world->config.mms_count; mm++) {
		unsigned broken;

		if (!model_mm(world->model, mm)->live)
			continue;
		broken = check_mm(world->model, mm, seen);
		printf("mm %u", mm);
		for (unsigned i = 1; i <= 8; i++) {
			if (broken >> i & 1)
				printf(" I%u", i);
		}
		putchar(';');
	}
}

void print_possible(struct world *world)
{
	static struct choice choices[WORLD_CHOICES_MAX];
	bool first = true;

	putchar('?');
	print_broken(world);

	for (int verb = 0; verb < VERBS; verb++) {
		unsigned count;

		if (verb == FORKPART || verb == CLONEPART || verb == EXITPART)
			continue;
		count = world_choices(world, (enum verb)verb, true, choices);
		for (unsigned i = 0; i < count; i++) {
			if (!first)
				putchar(',');
			first = false;
			print_choice(&choices[i], false);
		}
	}
	putchar('\n');
}
