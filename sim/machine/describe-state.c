/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/machine/describe.h"

#include <glib.h>
#include <stdarg.h>
#include <string.h>

#include "model/pool.h"
#include "model/walk.h"
#include "sim/base/cpu-ids.h"
#include "sim/machine/private.h"

const char *describe_word(cid_word word, char buffer[DESCRIBE_WORD_MAX])
{
	bool has_number = !cid_is_unset(word) || (word & CID_NUMBER) != 0;
	char number[8] = "";

	if (has_number)
		g_snprintf(number, sizeof(number), "%u", word & CID_NUMBER);
	g_snprintf(buffer, DESCRIBE_WORD_MAX, "%s%s%s%s", cid_is_unset(word) ? "-" : "", number,
		cid_is_cpu_owned(word) ? "c" : "", cid_is_in_transit(word) ? "t" : "");
	return buffer;
}

/* What is being described, and where its present line begins. */
struct description {
	const struct machine *machine;
	const struct model *model;
	uint16_t nowhere; /* tasks that sit nowhere in particular */
	GString *text;
	size_t line; /* offset */
};

static void begin(struct description *about, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(struct description *about, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A line of its own. */
static void begin(struct description *about, const char *format, ...)
{
	va_list arguments;

	if (about->text->len > 0)
		g_string_append_c(about->text, '\n');
	about->line = about->text->len;
	va_start(arguments, format);
	g_string_append_vprintf(about->text, format, arguments);
	va_end(arguments);
}

/* More about the same, on the same line if there is room. */
static void add(struct description *about, const char *format, ...)
{
	va_list arguments;
	g_autofree char *more = NULL;

	va_start(arguments, format);
	more = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (about->text->len - about->line + 2 + strlen(more) > DESCRIBE_COLUMNS)
		begin(about, "    %s", more);
	else
		g_string_append_printf(about->text, "; %s", more);
}

/* The mm. */

static void add_pool(struct description *about)
{
	const struct model_mm *mm = machine_mm(about->machine);
	struct cpu_ids taken = { 0 };
	g_autofree char *list = NULL;

	for (uint32_t number = 0; number < about->model->cpus_count; number++) {
		if (pool_is_taken(about->model, MM, number))
			cpu_ids_add(&taken, number);
	}
	list = taken.count > 0 ? cpu_ids_to_string(&taken) : g_strdup("none");
	add(about, "CIDs taken: %s", list);
	if (mm->faults & FAULT_DROP_CLEAR)
		add(about, "a CID was dropped that was not taken");
	if (mm->faults & FAULT_DROP_RANGE)
		add(about, "a bit was cleared that is not in the pool");
}

static void add_mm(struct description *about)
{
	const struct model_mm *mm = machine_mm(about->machine);

	begin(about, "mode %s%s", mm_is_per_cpu(mm) ? "per CPU" : "per task",
		mm->mode & MODE_TRANSIT ? " in transit" : "");
	add(about, "%u user%s", mm->users, mm->users == 1 ? "" : "s");
	add(about, "max_cids %u", mm->max_cids);
	add(about, "pcpu_thrs %u", mm->pcpu_thrs);
	add_pool(about);
	if (about->machine->work)
		add(about, "the deferred work is queued");
}

static void add_walk(struct description *about)
{
	const struct model_mm *mm = machine_mm(about->machine);

	g_assert(mm->cursor < MAX(about->model->tasks_count, about->model->cpus_count));
	if (mm->phase == PHASE_WALK_TASKS)
		add(about, "walks over the tasks, T%u is next", mm->cursor);
	else
		add(about, "walks over the CPUs, CPU%u is next", mm->cursor);
	if (about->machine->waiting)
		add(about, "waits for the rq lock of CPU%u", walk_next_cpu(about->model, MM));
}

static void add_mutex(struct description *about)
{
	const struct model_mm *mm = machine_mm(about->machine);

	if (mm->phase == PHASE_IDLE)
		return;
	if (mm->initiator == TASK_NONE)
		begin(about, "the deferred work holds the mutex");
	else
		begin(about, "T%u holds the mutex", mm->initiator);
	switch ((enum mm_phase)mm->phase) {
	case PHASE_GET_LOCKED:
		add(about, "its fork spins in get, holds the mm's lock, interrupts off");
		break;
	case PHASE_GET_MUTEX:
		add(about, pool_has_room(machine_model_const(about->machine), MM)
				   ? "the get of its fork is next"
				   : "its fork spins in get");
		break;
	case PHASE_WALK_TASKS:
	case PHASE_WALK_CPUS:
		add_walk(about);
		break;
	case PHASE_COMPLETE:
		add(about, "its walk is over, complete is next");
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

static void add_doing(struct description *about, uint32_t task)
{
	uint8_t pc = about->machine->pc[task];

	g_assert(pc < PC_COUNT && about->machine->partner[task] < MACHINE_TASKS_MAX);
	if (doing[pc].with_partner)
		add(about, "%s T%u", doing[pc].text, about->machine->partner[task]);
	else if (doing[pc].text)
		add(about, "%s", doing[pc].text);
}

static void add_phase(struct description *about, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(about->model, cpu);

	if (c->phase == CPU_BETWEEN)
		add(about, "is between two tasks, holds its rq lock");
	else if (c->phase == CPU_SPINS && c->found > 0)
		add(about, "has found %u in get, holds its rq lock", c->found - 1U);
	else if (c->phase == CPU_SPINS)
		add(about, "spins in get, holds its rq lock");
}

static void add_view(struct description *about, uint32_t cpu)
{
	static const char *const old[] = {
		[VIEW_OLD_PERCPU] = "percpu",
		[VIEW_OLD_TRANSIT] = "transit",
		[VIEW_OLD_PERCPU | VIEW_OLD_TRANSIT] = "percpu and transit",
	};
	uint8_t view = about->machine->view[cpu] & (VIEW_OLD_PERCPU | VIEW_OLD_TRANSIT);

	if (view != 0)
		add(about, "may still read the old %s", old[view]);
}

static void add_cpu(struct description *about, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(about->model, cpu);
	char word[DESCRIBE_WORD_MAX];

	begin(about, "CPU%u: word %s", cpu,
		describe_word(model_word(about->model, machine_mm(about->machine), cpu), word));
	if (c->curr == TASK_NONE && c->phase != CPU_BETWEEN)
		add(about, "idles");
	if (c->curr != TASK_NONE) {
		add(about, "runs T%u with word %s", c->curr,
			describe_word(model_task_const(about->model, c->curr)->cid, word));
		add_doing(about, c->curr);
	}
	add_phase(about, cpu);
	add_view(about, cpu);
}

/* One that does not run. */
static void add_task(struct description *about, uint32_t task)
{
	const struct model_task *t = model_task_const(about->model, task);
	bool locked = model_cpu_const(about->model, t->cpu)->phase != CPU_FREE;
	char word[DESCRIBE_WORD_MAX];

	begin(about, "T%u: word %s", task, describe_word(t->cid, word));
	if (about->nowhere >> task & 1)
		add(about, "in some queue");
	else if (about->machine->pc[task] != PC_BORN && about->machine->pc[task] != PC_WAITS)
		add(about, "in the queue of CPU%u%s", t->cpu,
			locked ? ", whose rq lock is held" : "");
	add_doing(about, task);
}

char *describe_state(const struct machine *machine, const struct machine_config *config)
{
	struct description about = {
		.machine = machine,
		.model = machine_model_const(machine),
		.nowhere = machine_floats(config) ? machine_floating(machine) : 0,
		.text = g_string_new(NULL),
	};

	g_assert(config->cpus_count == about.model->cpus_count);
	g_assert(config->tasks_max == about.model->tasks_count);
	add_mm(&about);
	add_mutex(&about);
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++)
		add_cpu(&about, cpu);
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (machine->pc[task] != PC_FREE && !model_is_running(about.model, task))
			add_task(&about, task);
	}
	return g_string_free(about.text, FALSE);
}
