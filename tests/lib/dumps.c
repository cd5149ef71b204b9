/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/dumps.h"

#include <inttypes.h>
#include <string.h>

#include "model/pool.h"
#include "sim/base/cpu-ids.h"

enum { PID = 4700, NOT_OF_MM = 99 };
#define ADDRESS G_GUINT64_CONSTANT(0xffff888105000000)

/* Whose a fact is. */
enum whose { OF_MM, OF_CPU, OF_TASK };

struct fact {
	enum whose whose;
	uint32_t id; /* a CPU, a pid */
	const char *key;
	char *value;
};

struct facts {
	GArray *list; /* struct fact */
	const struct machine *machine;
	const struct model *model;
	struct prng *prng;
};

static void add(struct facts *facts, enum whose whose, uint32_t id, const char *key,
	const char *format, ...) G_GNUC_PRINTF(5, 6);

static void add(struct facts *facts, enum whose whose, uint32_t id, const char *key,
	const char *format, ...)
{
	struct fact fact = { whose, id, key, NULL };
	va_list arguments;

	va_start(arguments, format);
	fact.value = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_array_append_val(facts->list, fact);
}

static bool chance(struct prng *prng, unsigned percent)
{
	return prng_below(prng, 100) < percent;
}

/* Facts of the mm */

static char *taken(const struct model *model)
{
	struct cpu_ids ids = { 0 };

	for (uint32_t number = 0; number < model->cpus_count; number++) {
		if (pool_is_taken(model, 0, number))
			cpu_ids_add(&ids, number);
	}
	return ids.count ? cpu_ids_to_string(&ids) : g_strdup("none");
}

static void add_mode(struct facts *facts, const struct model_mm *mm)
{
	uint32_t mode = (mm->mode & MODE_PER_CPU ? CID_KERNEL_ONCPU : 0) |
	                (mm->mode & MODE_TRANSIT ? CID_KERNEL_TRANSIT : 0);

	if (!facts->model->protocol.split_mode) {
		add(facts, OF_MM, 0, "mode", "%u", mode);
		return;
	}
	add(facts, OF_MM, 0, "percpu", "%d", (mm->mode & MODE_PER_CPU) != 0);
	add(facts, OF_MM, 0, "transit", "%u", mode & CID_KERNEL_TRANSIT);
}

static void add_mm(struct facts *facts, const struct dumps_options *options)
{
	const struct model_mm *mm = machine_mm(facts->machine);
	g_autofree char *pool = taken(facts->model);

	if (options->kernel)
		add(facts, OF_MM, 0, "", "%s", options->kernel);
	if (options->bit)
		add(facts, OF_MM, 0, "bit", "%u", options->bit);
	add_mode(facts, mm);
	add(facts, OF_MM, 0, "users", "%u", mm->users);
	add(facts, OF_MM, 0, "max_cids", "%u", mm->max_cids);
	add(facts, OF_MM, 0, "pcpu_thrs", "%u", mm->pcpu_thrs);
	add(facts, OF_MM, 0, "nr_cpus_allowed", "%u", mm->allowed_count);
	add(facts, OF_MM, 0, "update_deferred", "%u", mm->update_deferred);
	add(facts, OF_MM, 0, "possible", "%u", facts->model->cpus_count);
	add(facts, OF_MM, 0, "pool", "%s", pool);
	add(facts, OF_MM, 0, "lock", "%d", mm->phase == PHASE_GET_LOCKED);
	if (mm->phase == PHASE_IDLE)
		add(facts, OF_MM, 0, "mutex", "0");
	else
		add(facts, OF_MM, 0, "mutex", "%u",
			mm->initiator == TASK_NONE ? 1 : PID + mm->initiator);
}

/* Facts of CPUs and tasks */

static bool is_of_mm(const struct facts *facts, uint32_t task)
{
	return task != TASK_NONE && facts->machine->pc[task] != PC_DEAD;
}

static void add_cpu(struct facts *facts, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(facts->model, cpu);
	cid_word word = model_word(facts->model, machine_mm(facts->machine), cpu);

	add(facts, OF_CPU, cpu, "word", "%u", cid_to_kernel(word));
	add(facts, OF_CPU, cpu, "rq_lock", "%d", c->phase != CPU_FREE);
	if (is_of_mm(facts, c->curr))
		add(facts, OF_CPU, cpu, "runs", "%u", PID + c->curr);
	else if (c->curr == TASK_NONE)
		add(facts, OF_CPU, cpu, "runs", "0");
	else if (chance(facts->prng, 50))
		add(facts, OF_CPU, cpu, "runs", "other");
	else
		add(facts, OF_CPU, cpu, "runs", "%u", NOT_OF_MM + cpu);
}

static char *doing(const struct facts *facts, uint32_t task)
{
	static const char *const by_pc[PC_COUNT] = {
		[PC_FORKS] = "fork",
		[PC_VFORKS] = "fork",
		[PC_SHOWS] = "fork",
		[PC_VSHOWS] = "fork",
		[PC_EXITS] = "exit",
		[PC_LEAVES] = "exec",
		[PC_LEAVES_TO_FAIL] = "exec",
		[PC_EXEC] = "exec",
		[PC_EXEC_TO_FAIL] = "exec",
		[PC_RETURNS] = "exec",
	};
	const struct model_mm *mm = machine_mm(facts->machine);
	const char *word = by_pc[facts->machine->pc[task]];
	uint32_t cpu = model_task_const(facts->model, task)->cpu;
	bool spins = model_is_running(facts->model, task) &&
	             model_cpu_const(facts->model, cpu)->phase == CPU_SPINS;
	bool get, walk;

	/* the compiler may have left no frame of the get */
	get = (spins || (mm->phase == PHASE_GET_LOCKED && mm->initiator == task)) &&
	      chance(facts->prng, 50);
	walk = mm->initiator == task &&
	       (mm->phase == PHASE_WALK_TASKS || mm->phase == PHASE_WALK_CPUS);
	return g_strdup_printf(
		"%s%s%s", word ? word : "nothing", walk ? " walk" : "", get ? " get" : "");
}

static void add_task(struct facts *facts, uint32_t task)
{
	const struct model_task *t = model_task_const(facts->model, task);
	bool unseen = facts->machine->pc[task] == PC_BORN && !t->visible;
	g_autofree char *does = doing(facts, task);
	uint32_t pid = PID + task;

	/* a list of the tasks does not have it: somebody has looked into the stack of its parent */
	if (unseen && chance(facts->prng, 50))
		return;
	add(facts, OF_TASK, pid, "word", "%u", cid_to_kernel((cid_word)t->cid));
	add(facts, OF_TASK, pid, "active", "%d", t->active);
	add(facts, OF_TASK, pid, "group", "%u", PID + t->group);
	add(facts, OF_TASK, pid, "new", "%d", unseen);
	if (facts->machine->pc[task] != PC_BORN)
		add(facts, OF_TASK, pid, "cpu", "%u", t->cpu);
	add(facts, OF_TASK, pid, "doing", "%s", does);
}

/* What is left of them, and in which order */

static void fact_clear(void *data)
{
	g_free(((struct fact *)data)->value);
}

static void shuffle(GArray *list, struct prng *prng)
{
	for (guint i = list->len; i > 1; i--) {
		guint j = (guint)prng_below(prng, i);
		struct fact *a = &g_array_index(list, struct fact, i - 1);
		struct fact *b = &g_array_index(list, struct fact, j), kept = *a;

		*a = *b;
		*b = kept;
	}
}

/* Printing */

static const char *const owners[] = { "", "cpu", "task" };

/* In decimal or hexadecimal, as it comes. */
static void append_value(GString *text, const char *value, struct prng *prng)
{
	char *end;
	guint64 number = g_ascii_strtoull(value, &end, 10);

	if (*value && !*end && chance(prng, 60))
		g_string_append_printf(text, "0x%" G_GINT64_MODIFIER "x", number);
	else
		g_string_append(text, value);
}

static bool is_raw(const struct fact *fact)
{
	return strcmp(fact->key, "pool") == 0 || !*fact->key;
}

static void append_fact(
	GString *text, const struct fact *fact, const char *between, struct prng *prng)
{
	if (is_raw(fact)) {
		g_string_append_printf(
			text, "%s%s%s", fact->key, *fact->key ? " " : "", fact->value);
		return;
	}
	g_string_append_printf(text, "%s%s", fact->key, between);
	append_value(text, fact->value, prng);
}

static void print_lines(GString *text, const GArray *list, struct prng *prng)
{
	for (guint i = 0; i < list->len; i++) {
		const struct fact *fact = &g_array_index(list, struct fact, i);

		if (fact->whose != OF_MM)
			g_string_append_printf(text, "%s %u%s ", owners[fact->whose], fact->id,
				chance(prng, 30) ? ":" : "");
		append_fact(text, fact, chance(prng, 30) ? " = " : " ", prng);
		g_string_append_c(text, '\n');
	}
}

/* Call @each for the mm, then for each CPU and task, with its facts. */
static void each_owner(GString *text, const GArray *list, struct prng *prng,
	void (*each)(GString *text, const GArray *own, struct prng *prng))
{
	g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < list->len; i++) {
		const struct fact *first = &g_array_index(list, struct fact, i);
		g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(struct fact));

		if (!g_hash_table_add(done, GUINT_TO_POINTER(first->id * 3 + first->whose)))
			continue;
		for (guint j = i; j < list->len; j++) {
			struct fact fact = g_array_index(list, struct fact, j);

			if (fact.whose == first->whose && fact.id == first->id)
				g_array_append_val(own, fact);
		}
		each(text, own, prng);
	}
}

static void print_plain(GString *text, const GArray *own, struct prng *prng)
{
	const struct fact *first = &g_array_index(own, struct fact, 0);

	if (first->whose != OF_MM)
		g_string_append_printf(text, "%s %u", owners[first->whose], first->id);
	for (guint i = 0; i < own->len; i++) {
		g_string_append_c(text, ' ');
		append_fact(text, &g_array_index(own, struct fact, i), " ", prng);
	}
	g_string_append_c(text, '\n');
}

/* A member of a struct; false: the structs do not have it. */
static bool append_member(
	GString *text, const struct fact *fact, const char *dot, struct prng *prng)
{
	static const char *const members[] = { "mode", "percpu", "transit", "users", "max_cids",
		"pcpu_thrs", "nr_cpus_allowed", "update_deferred", "lock", "active", "word", NULL };
	bool is_lock = strcmp(fact->key, "lock") == 0;

	if (!g_strv_contains(members, fact->key))
		return false;
	g_string_append_printf(
		text, "%s%s = ", dot, strcmp(fact->key, "word") == 0 ? "cid" : fact->key);
	g_string_append(text, is_lock ? "{raw_lock = {{val = {counter = " : "");
	append_value(text, fact->value, prng);
	g_string_append(text, is_lock ? "}, {locked = 0}}}}" : "");
	return true;
}

/* What no struct has, as plain lines: those that are not yet printed. */
static void print_rest(GString *text, const GArray *own, const bool *done, struct prng *prng)
{
	for (guint i = 0; i < own->len; i++) {
		const struct fact *fact = &g_array_index(own, struct fact, i);

		if (done[i])
			continue;
		if (fact->whose != OF_MM)
			g_string_append_printf(text, "%s %u ", owners[fact->whose], fact->id);
		append_fact(text, fact, " ", prng);
		g_string_append_c(text, '\n');
	}
}

/* The mutex names its holder by the address of the task. */
static bool append_mutex(GString *text, const struct fact *fact)
{
	guint64 holder = g_ascii_strtoull(fact->value, NULL, 10);

	if (strcmp(fact->key, "mutex") != 0)
		return false;
	g_string_append_printf(text,
		"    mutex = {\n      owner = {\n        counter = %" G_GINT64_FORMAT "\n      },\n"
		"      wait_lock = {\n        raw_lock = {\n          val = 1\n        }\n      "
	        "}\n    }",
		holder ? (gint64)(ADDRESS + holder * 64) | 1 : 0);
	return true;
}

static void print_crash(GString *text, const GArray *own, struct prng *prng)
{
	const struct fact *first = &g_array_index(own, struct fact, 0);
	bool done[64] = { false };

	g_assert(own->len <= G_N_ELEMENTS(done));
	if (first->whose == OF_MM)
		g_string_append(
			text, "struct mm_struct {\n  mm_cid = {\n    pcpu = 0x607fe0c0a3c0,\n");
	else if (first->whose == OF_CPU)
		g_string_append_printf(
			text, "[%u]: ffff88807da3a3c0\nstruct mm_cid_pcpu {\n", first->id);
	else
		g_string_append_printf(text,
			"PID: %u  TASK: %" G_GINT64_MODIFIER "x  COMMAND: \"app\"\n"
			"struct task_struct {\n  mm_cid = {\n",
			first->id, ADDRESS + first->id * 64);
	for (guint i = 0; i < own->len; i++) {
		const struct fact *fact = &g_array_index(own, struct fact, i);

		done[i] = append_member(text, fact, "    ", prng) || append_mutex(text, fact);
		g_string_append(text, done[i] ? ",\n" : "");
	}
	g_string_append(text, first->whose == OF_CPU ? "}\n" : "  }\n}\n");
	print_rest(text, own, done, prng);
}

static void print_one_line(GString *text, const GArray *own, struct prng *prng)
{
	const struct fact *first = &g_array_index(own, struct fact, 0);
	bool drgn = chance(prng, 50), done[64] = { false };

	g_assert(own->len <= G_N_ELEMENTS(done));
	if (first->whose != OF_MM)
		g_string_append_printf(text, "%s %u\n", owners[first->whose], first->id);
	g_string_append(text, drgn ? "(struct sched_mm_cid){" : "$7 = {");
	for (guint i = 0; i < own->len; i++) {
		done[i] = append_member(
			text, &g_array_index(own, struct fact, i), drgn ? " ." : " ", prng);
		g_string_append(text, done[i] ? "," : "");
	}
	g_string_append(text, "}\n");
	print_rest(text, own, done, prng);
}

char *dumps_print(
	const struct machine *machine, const struct dumps_options *options, struct prng *prng)
{
	struct facts facts = {
		.list = g_array_new(FALSE, FALSE, sizeof(struct fact)),
		.machine = machine,
		.model = machine_model_const(machine),
		.prng = prng,
	};
	GString *text = g_string_new(NULL);

	g_array_set_clear_func(facts.list, fact_clear);
	add_mm(&facts, options);
	for (uint32_t cpu = 0; cpu < facts.model->cpus_count; cpu++)
		add_cpu(&facts, cpu);
	for (uint32_t task = 0; task < facts.model->tasks_count; task++) {
		if (machine->pc[task] != PC_FREE && machine->pc[task] != PC_DEAD)
			add_task(&facts, task);
	}
	shuffle(facts.list, prng);
	g_array_set_size(facts.list, facts.list->len - facts.list->len * options->percent / 100);
	switch (options->form) {
	case DUMPS_LINES:
		print_lines(text, facts.list, prng);
		break;
	case DUMPS_PLAIN:
		each_owner(text, facts.list, prng, print_plain);
		break;
	case DUMPS_CRASH:
		each_owner(text, facts.list, prng, print_crash);
		break;
	case DUMPS_ONE_LINE:
		each_owner(text, facts.list, prng, print_one_line);
		break;
	case DUMPS_FORMS:
		g_assert_not_reached();
	}
	g_array_free(facts.list, TRUE);
	return g_string_free(text, FALSE);
}
