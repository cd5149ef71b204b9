/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/machine/tell.h"

#include <glib.h>
#include <stdarg.h>
#include <string.h>

#include "model/pool.h"
#include "model/walk.h"
#include "sim/base/cpu-ids.h"

enum { MM = 0 };

const char *tell_word(cid_word word, char buffer[TELL_WORD_MAX])
{
	bool has_number = !cid_is_unset(word) || (word & CID_NUMBER) != 0;
	char number[8] = "";

	if (has_number)
		g_snprintf(number, sizeof(number), "%u", word & CID_NUMBER);
	g_snprintf(buffer, TELL_WORD_MAX, "%s%s%s%s", cid_is_unset(word) ? "-" : "", number,
		cid_is_cpu_owned(word) ? "c" : "", cid_is_in_transit(word) ? "t" : "");
	return buffer;
}

/* What is being told, and where its present line begins. */
struct story {
	const struct machine *machine;
	const struct model *model;
	uint16_t nowhere; /* tasks that sit nowhere in particular */
	GString *text;
	size_t line; /* offset */
};

static void begin(struct story *story, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(struct story *story, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A line of its own. */
static void begin(struct story *story, const char *format, ...)
{
	va_list arguments;

	if (story->text->len > 0)
		g_string_append_c(story->text, '\n');
	story->line = story->text->len;
	va_start(arguments, format);
	g_string_append_vprintf(story->text, format, arguments);
	va_end(arguments);
}

/* More about the same, on the same line if there is room. */
static void add(struct story *story, const char *format, ...)
{
	va_list arguments;
	g_autofree char *more = NULL;

	va_start(arguments, format);
	more = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (story->text->len - story->line + 2 + strlen(more) > TELL_COLUMNS)
		begin(story, "    %s", more);
	else
		g_string_append_printf(story->text, "; %s", more);
}

/* The mm. */

static void tell_pool(struct story *story)
{
	const struct model_mm *mm = machine_mm(story->machine);
	struct cpu_ids taken = { 0 };
	g_autofree char *list = NULL;

	for (uint32_t number = 0; number < story->model->cpus_count; number++) {
		if (pool_is_taken(story->model, MM, number))
			cpu_ids_add(&taken, number);
	}
	list = taken.count > 0 ? cpu_ids_to_string(&taken) : g_strdup("none");
	add(story, "CIDs taken: %s", list);
	if (mm->faults & FAULT_DROP_CLEAR)
		add(story, "a CID was dropped that was not taken");
	if (mm->faults & FAULT_DROP_RANGE)
		add(story, "a bit was cleared that is not in the pool");
}

static void tell_mm(struct story *story)
{
	const struct model_mm *mm = machine_mm(story->machine);

	begin(story, "mode %s%s", mm_is_per_cpu(mm) ? "per CPU" : "per task",
		mm->mode & MODE_TRANSIT ? " in transit" : "");
	add(story, "%u user%s", mm->users, mm->users == 1 ? "" : "s");
	add(story, "max_cids %u", mm->max_cids);
	add(story, "pcpu_thrs %u", mm->pcpu_thrs);
	tell_pool(story);
	if (story->machine->work)
		add(story, "the deferred work is queued");
}

static void tell_walk(struct story *story)
{
	const struct model_mm *mm = machine_mm(story->machine);

	if (mm->phase == PHASE_WALK_TASKS)
		add(story, "walks over the tasks, T%u is next", mm->cursor);
	else
		add(story, "walks over the CPUs, CPU%u is next", mm->cursor);
	if (story->machine->waiting)
		add(story, "waits for the rq lock of CPU%u", walk_next_cpu(story->model, MM));
}

static void tell_mutex(struct story *story)
{
	const struct model_mm *mm = machine_mm(story->machine);

	if (mm->phase == PHASE_IDLE)
		return;
	if (mm->initiator == TASK_NONE)
		begin(story, "the deferred work holds the mutex");
	else
		begin(story, "T%u holds the mutex", mm->initiator);
	switch ((enum mm_phase)mm->phase) {
	case PHASE_GET_LOCKED:
		add(story, "its fork spins in get, holds the mm's lock, interrupts off");
		break;
	case PHASE_GET_MUTEX:
		add(story, "its fork spins in get");
		break;
	case PHASE_WALK_TASKS:
	case PHASE_WALK_CPUS:
		tell_walk(story);
		break;
	case PHASE_COMPLETE:
		add(story, "its walk is over, complete is next");
		break;
	case PHASE_IDLE:
		break;
	}
}

/* Tasks and CPUs. */

static const struct {
	const char *text;
	bool with_partner; /* whose name comes last */
} doing[PC_COUNT] = {
	[PC_BORN] = { "is being forked by", true },
	[PC_FORKS] = { "forks", true },
	[PC_VFORKS] = { "vforks", true },
	[PC_SHOWS] = { "has not yet shown walks its child", true },
	[PC_VSHOWS] = { "has not yet shown walks its child", true },
	[PC_WAITS] = { "waits for its vfork child", true },
	[PC_EXITS] = { "exits", false },
	[PC_DEAD] = { "has gone from the mm", false },
	[PC_LEAVES] = { "leaves the mm for an exec", false },
	[PC_LEAVES_TO_FAIL] = { "leaves the mm for an exec that will fail", false },
	[PC_EXEC] = { "is in an exec", false },
	[PC_EXEC_TO_FAIL] = { "is in an exec that will fail", false },
	[PC_RETURNS] = { "comes back from a failed exec", false },
};

static void tell_doing(struct story *story, uint32_t task)
{
	uint8_t pc = story->machine->pc[task];

	if (doing[pc].with_partner)
		add(story, "%s T%u", doing[pc].text, story->machine->partner[task]);
	else if (doing[pc].text != NULL)
		add(story, "%s", doing[pc].text);
}

static void tell_phase(struct story *story, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(story->model, cpu);

	if (c->phase == CPU_BETWEEN)
		add(story, "is between two tasks, holds its rq lock");
	else if (c->phase == CPU_SPINS && c->found > 0)
		add(story, "has found %u in get, holds its rq lock", c->found - 1U);
	else if (c->phase == CPU_SPINS)
		add(story, "spins in get, holds its rq lock");
}

static void tell_view(struct story *story, uint32_t cpu)
{
	static const char *const old[] = {
		[VIEW_OLD_PERCPU] = "percpu",
		[VIEW_OLD_TRANSIT] = "transit",
		[VIEW_OLD_PERCPU | VIEW_OLD_TRANSIT] = "percpu and transit",
	};
	uint8_t view = story->machine->view[cpu] & (VIEW_OLD_PERCPU | VIEW_OLD_TRANSIT);

	if (view != 0)
		add(story, "may still read the old %s", old[view]);
}

static void tell_cpu(struct story *story, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(story->model, cpu);
	char word[TELL_WORD_MAX];

	begin(story, "CPU%u: word %s", cpu,
		tell_word(model_word(story->model, machine_mm(story->machine), cpu), word));
	if (c->curr == TASK_NONE && c->phase != CPU_BETWEEN)
		add(story, "idles");
	if (c->curr != TASK_NONE) {
		add(story, "runs T%u with word %s", c->curr,
			tell_word(model_task_const(story->model, c->curr)->cid, word));
		tell_doing(story, c->curr);
	}
	tell_phase(story, cpu);
	tell_view(story, cpu);
}

/* One that does not run. */
static void tell_task(struct story *story, uint32_t task)
{
	const struct model_task *t = model_task_const(story->model, task);
	bool locked = model_cpu_const(story->model, t->cpu)->phase != CPU_FREE;
	char word[TELL_WORD_MAX];

	begin(story, "T%u: word %s", task, tell_word(t->cid, word));
	if (story->nowhere >> task & 1)
		add(story, "in some queue");
	else if (story->machine->pc[task] != PC_BORN && story->machine->pc[task] != PC_WAITS)
		add(story, "in the queue of CPU%u%s", t->cpu,
			locked ? ", whose rq lock is held" : "");
	tell_doing(story, task);
}

char *tell_state(const struct machine *machine, const struct machine_config *config)
{
	struct story story = {
		.machine = machine,
		.model = machine_model_const(machine),
		.nowhere = machine_floats(config) ? machine_floating(machine) : 0,
		.text = g_string_new(NULL),
	};

	tell_mm(&story);
	tell_mutex(&story);
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++)
		tell_cpu(&story, cpu);
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (machine->pc[task] != PC_FREE && !model_is_running(story.model, task))
			tell_task(&story, task);
	}
	return g_string_free(story.text, FALSE);
}
