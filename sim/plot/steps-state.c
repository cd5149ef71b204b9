/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* One row of the sequence chart: who owns which CID, who runs where, who holds which lock. */
#include "sim/plot/steps.h"

#include <string.h>

#include "model/pool.h"
#include "model/walk.h"
#include "sim/machine/describe.h"
#include "sim/machine/step-text.h"

enum { MM = 0 };

/* How a text looks: as the row above has it, new, about a lock. */
enum tone { TONE_SAME, TONE_NEW, TONE_LOCK };

/* --- words --- */

/* How a word looks. */
enum style { STYLE_TEXT, STYLE_OWNED, STYLE_TRANSIT, STYLE_USED };

static void write_word(struct steps_page *page, int lane, cid_word word, enum style style)
{
	static const unsigned marks[] = { 0, STEPS_OWNED, STEPS_TRANSIT, STEPS_USED };
	char text[DESCRIBE_WORD_MAX];
	char *above;
	bool is_new;

	g_assert(lane >= STEPS_CPU0 && lane < (int)page->lanes);
	above = page->row.word[lane];
	is_new = strcmp(above, describe_word(word, text)) != 0 && !page->is_first;
	page->legend |= marks[style];
	fprintf(page->words, "%d %u %d %u %d \"%s\"\n", lane, page->y, style, word & CID_NUMBER,
		is_new, text);
	g_strlcpy(above, text, STEPS_TEXT_MAX);
}

/* A task that has left its CPU, or spins on another, may remember a CID that a CPU owns. */
static bool uses_cid_of_cpu(const struct machine *machine, uint32_t task)
{
	const struct model *model = machine_model_const(machine);
	const struct model_task *t = model_task_const(model, task);

	return model_is_running(model, task) && cid_is_cpu_owned(t->cid) &&
	       model_word(model, machine_mm(machine), t->cpu) == t->cid;
}

static enum style style_of_task(const struct machine *machine, uint32_t task)
{
	cid_word word = model_task_const(machine_model_const(machine), task)->cid;

	if (cid_is_unset(word) || cid_is_cpu_owned(word))
		return uses_cid_of_cpu(machine, task) ? STYLE_USED : STYLE_TEXT;
	return cid_is_in_transit(word) ? STYLE_TRANSIT : STYLE_OWNED;
}

/* --- texts --- */

static void write_text(struct steps_page *page, int lane, unsigned line, bool is_lock,
	const char *format, ...) G_GNUC_PRINTF(5, 6);
static void write_text(
	struct steps_page *page, int lane, unsigned line, bool is_lock, const char *format, ...)
{
	char text[STEPS_TEXT_MAX], *above;
	enum tone tone;
	va_list arguments;

	g_assert(lane >= STEPS_MODE && line < 2);
	above = page->row.text[lane - STEPS_MODE][line];
	va_start(arguments, format);
	g_vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	tone = is_lock                                      ? TONE_LOCK
	       : page->is_first || strcmp(above, text) != 0 ? TONE_NEW
	                                                    : TONE_SAME;
	fprintf(page->texts, "%d %u %u %d \"%s\"\n", lane, page->y, line, tone, text);
	g_strlcpy(above, text, STEPS_TEXT_MAX);
}

static void no_text(struct steps_page *page, int lane, unsigned line)
{
	g_assert(lane >= STEPS_MODE && line < 2);
	page->row.text[lane - STEPS_MODE][line][0] = '\0';
}

/* @mark is one of STEPS_*, or 0 for a taken CID of the pool and the mode, that need no legend. */
static void write_mark(struct steps_page *page, int lane, unsigned mark, unsigned value)
{
	g_assert(!(mark & (mark - 1)));
	page->legend |= mark;
	fprintf(page->marks, "%d %u %u %u\n", lane, page->y, mark, value);
}

/* --- the mm --- */

static void write_walk(struct steps_page *page, const struct machine *machine)
{
	const struct model_mm *mm = machine_mm(machine);
	bool over_tasks = mm->phase == PHASE_WALK_TASKS;
	int next = over_tasks ? steps_task_lane(page->config, mm->cursor) : (int)mm->cursor;

	g_assert(mm->phase == PHASE_WALK_TASKS || mm->phase == PHASE_WALK_CPUS);
	write_text(page, STEPS_MODE, 1, false, "walk: %s%u next", over_tasks ? "T" : "CPU",
		mm->cursor);
	if (next < (int)page->lanes)
		write_mark(page, next, STEPS_WALK, 0);
}

static void write_phase(struct steps_page *page, const struct machine *machine)
{
	switch ((enum mm_phase)machine_mm(machine)->phase) {
	case PHASE_WALK_TASKS:
	case PHASE_WALK_CPUS:
		write_walk(page, machine);
		break;
	case PHASE_COMPLETE:
		write_text(page, STEPS_MODE, 1, false, "complete is next");
		break;
	case PHASE_GET_LOCKED:
	case PHASE_GET_MUTEX:
		write_text(page, STEPS_MODE, 1, false, "get of the fork");
		break;
	case PHASE_IDLE:
		if (machine->work)
			write_text(page, STEPS_MODE, 1, false, "work is queued");
		else
			no_text(page, STEPS_MODE, 1);
	}
}

static void write_mm(struct steps_page *page, const struct machine *machine)
{
	const struct model *model = machine_model_const(machine);
	const struct model_mm *mm = machine_mm(machine);

	write_mark(page, STEPS_MODE, 0, mm->mode);
	write_text(page, STEPS_MODE, 0, false, "%s", step_mode_to_string(mm->mode));
	write_phase(page, machine);
	write_text(page, STEPS_USERS, 0, false, "%u", mm->users);
	write_text(page, STEPS_MAX, 0, false, "%u", mm->max_cids);
	write_text(page, STEPS_THRS, 0, false, "%u", mm->pcpu_thrs);
	for (uint32_t number = 0; number < model->cpus_count; number++) {
		bool taken = pool_is_taken(model, MM, number);

		write_mark(page, STEPS_POOL, 0, number + (taken ? 0 : MACHINE_CPUS_MAX));
	}
}

/* --- CPUs --- */

static void write_cpu_phase(struct steps_page *page, const struct machine *machine, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(machine_model_const(machine), cpu);

	if (c->phase != CPU_FREE)
		write_mark(page, (int)cpu, STEPS_RQ_LOCK, 0);
	if (c->phase == CPU_SPINS && c->found > 0)
		write_text(page, (int)cpu, 1, true, "found %u", c->found - 1U);
	else if (c->phase == CPU_SPINS)
		write_text(page, (int)cpu, 1, true, "spins in get");
	else if (c->phase == CPU_BETWEEN)
		write_text(page, (int)cpu, 1, true, "in a switch");
	else if (machine->view[cpu])
		write_text(page, (int)cpu, 1, false, "sees old mode");
	else
		no_text(page, (int)cpu, 1);
}

static void write_cpu(struct steps_page *page, const struct machine *machine, uint32_t cpu)
{
	const struct model *model = machine_model_const(machine);
	const struct model_cpu *c = model_cpu_const(model, cpu);
	cid_word word = model_word(model, machine_mm(machine), cpu);

	write_word(page, (int)cpu, word, cid_is_cpu_owned(word) ? STYLE_OWNED : STYLE_TEXT);
	if (c->curr == TASK_NONE)
		write_text(page, (int)cpu, 0, false, "%s",
			c->phase == CPU_BETWEEN ? "between" : "idle");
	else
		write_text(page, (int)cpu, 0, false, "runs T%u", c->curr);
	write_cpu_phase(page, machine, cpu);
}

/* --- tasks --- */

/* What a task does, in a word or two; NULL: nothing in particular. */
static const char *const doing[PC_COUNT] = {
	[PC_BORN] = "being forked",
	[PC_FORKS] = "forks",
	[PC_VFORKS] = "vforks",
	[PC_SHOWS] = "child hidden",
	[PC_VSHOWS] = "child hidden",
	[PC_WAITS] = "waits (vfork)",
	[PC_EXITS] = "exits",
	[PC_DEAD] = "dead",
	[PC_LEAVES] = "exec",
	[PC_LEAVES_TO_FAIL] = "exec, will fail",
	[PC_EXEC] = "exec",
	[PC_EXEC_TO_FAIL] = "exec, will fail",
	[PC_RETURNS] = "exec failed",
};

static void write_place(struct steps_page *page, const struct machine *machine, uint32_t task)
{
	const struct model *model = machine_model_const(machine);
	uint32_t cpu = model_task_const(model, task)->cpu;
	int lane = steps_task_lane(page->config, task);
	bool floats = machine_floats(page->config) && machine_floating(machine) >> task & 1;

	g_assert(machine->pc[task] != PC_FREE);
	if (model_is_running(model, task))
		write_text(page, lane, 0, false, "on CPU%u", cpu);
	else if (machine->pc[task] == PC_BORN || machine->pc[task] == PC_WAITS)
		no_text(page, lane, 0);
	else if (floats)
		write_text(page, lane, 0, false, "in some queue");
	else
		write_text(page, lane, 0, model_cpu_const(model, cpu)->phase != CPU_FREE,
			"queue CPU%u", cpu);
}

static void write_doing(struct steps_page *page, const struct machine *machine, uint32_t task)
{
	const struct model_mm *mm = machine_mm(machine);
	int lane = steps_task_lane(page->config, task);
	bool is_initiator = mm->phase != PHASE_IDLE && mm->initiator == task;

	if (is_initiator)
		write_mark(page, lane, STEPS_MUTEX, 0);
	if (is_initiator && machine->waiting)
		write_text(page, lane, 1, true, "waits: lock %u",
			walk_next_cpu(machine_model_const(machine), MM));
	else if (is_initiator && mm->phase == PHASE_GET_LOCKED)
		write_text(page, lane, 1, true, "spins in get");
	else if (doing[machine->pc[task]])
		write_text(page, lane, 1, false, "%s", doing[machine->pc[task]]);
	else
		no_text(page, lane, 1);
}

static void write_task(struct steps_page *page, const struct machine *machine, uint32_t task)
{
	cid_word word = model_task_const(machine_model_const(machine), task)->cid;
	int lane = steps_task_lane(page->config, task);

	if (machine->pc[task] == PC_FREE) {
		page->row.word[lane][0] = '\0';
		no_text(page, lane, 0);
		no_text(page, lane, 1);
		return;
	}
	write_word(page, lane, word, style_of_task(machine, task));
	write_place(page, machine, task);
	write_doing(page, machine, task);
}

void steps_write_state(struct steps_page *page, const struct machine *machine)
{
	g_assert(page->lanes >= page->config->cpus_count && page->lanes <= STEPS_LANES_MAX);
	write_mm(page, machine);
	for (uint32_t cpu = 0; cpu < page->config->cpus_count; cpu++)
		write_cpu(page, machine, cpu);
	for (uint32_t task = 0; task < page->lanes - page->config->cpus_count; task++)
		write_task(page, machine, task);
}
