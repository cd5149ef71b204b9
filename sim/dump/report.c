/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>

#include "sim/base/text.h"
#include "sim/dump/explain.h"
#include "sim/machine/describe.h"
#include "sim/release/release.h"

enum { ROWS_MAX = 64 }; /* of CPUs, and of tasks, that are printed */

/* Words */

/* "3c": as in all reports; what cannot be a word of the protocol as "?". */
static char *short_word(struct dump_value word)
{
	char text[DESCRIBE_WORD_MAX];

	if (!dump_has(word))
		return g_strdup("");
	if (word_number(word) >= CID_NUMBERS_MAX)
		return g_strdup("?");
	return g_strdup(describe_word(cid_from_kernel((uint32_t)word.number), text));
}

/* What @word means, of a CPU or of a task. */
static const char *meaning(struct dump_value word, bool of_cpu)
{
	if (!dump_has(word))
		return "missing";
	if (word_number(word) >= CID_NUMBERS_MAX)
		return "no word of the protocol";
	if (word_is_unset(word))
		return word.number & CID_KERNEL_TRANSIT ? "UNSET, and in transit" : "UNSET";
	if (word_is_cpu_owned(word) && word_is_in_transit(word))
		return "owned and in transit";
	if (word_is_cpu_owned(word))
		return of_cpu ? "the CPU owns it" : "uses that of its CPU";
	if (word_is_in_transit(word))
		return of_cpu ? "a copy, or stale" : "in transit";
	return of_cpu ? "owns nothing" : "the task owns it";
}

static void add_word(struct text_table *table, struct dump_value word, bool of_cpu)
{
	text_table_take(table,
		dump_has(word) ? g_strdup_printf("0x%08" PRIx64, word.number) : g_strdup("-"));
	text_table_take(table, short_word(word));
	text_table_cell(table, meaning(word, of_cpu));
}

static char *what_runs(const struct dump_cpu *cpu)
{
	const char *lock = cpu->rq_lock.number ? "; its rq lock is held" : "";

	if (!dump_has(cpu->runs))
		return g_strdup_printf("?%s", lock);
	if (!cpu->runs.number)
		return g_strdup_printf("idles%s", lock);
	if (cpu->runs.number == DUMP_OTHER)
		return g_strdup_printf("none of this mm%s", lock);
	return g_strdup_printf("task %" PRIu64 "%s", cpu->runs.number, lock);
}

static void add_cpus(GString *text, const struct dump *dump)
{
	struct text_table *table = text_table_with_head("lllll", "CPU|word||means|runs");

	for (guint i = 0; i < MIN(dump->cpus->len, ROWS_MAX); i++) {
		const struct dump_cpu *cpu = dump_cpu(dump, i);

		text_table_number(table, cpu->id);
		add_word(table, cpu->word, true);
		text_table_take(table, what_runs(cpu));
	}
	text_table_print(table, text);
	if (dump->cpus->len > ROWS_MAX)
		g_string_append_printf(text, "  and %u more\n", dump->cpus->len - ROWS_MAX);
	g_string_append_c(text, '\n');
}

static char *what_task_does(const struct view *view, const struct dump_task *task)
{
	static const struct {
		enum dump_doing doing;
		const char *text;
	} words[] = { { DOING_FORK, "; forks" }, { DOING_EXIT, "; exits" },
		{ DOING_EXEC, "; in an exec" }, { DOING_WALK, "; walks" },
		{ DOING_GET, "; spins in get" } };
	const struct dump_cpu *cpu = view_cpu_of(view, task);
	const char *active = dump_has(task->active) && !task->active.number ? "no user" : "";
	GString *text = g_string_new(active);

	if (cpu)
		g_string_append_printf(text, "%sruns on CPU %u", *active ? ", " : "", cpu->id);
	else if (view_runs(view, task) == ANSWER_NO)
		g_string_append_printf(text, "%sdoes not run", *active ? ", " : "");
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		g_string_append(text, view_does(task, words[i].doing) ? words[i].text : "");
	if (task == view->owner)
		g_string_append(text, "; holds the mutex");
	return g_string_free(text, FALSE);
}

static void add_tasks(GString *text, const struct view *view)
{
	const struct dump *dump = view->dump;
	struct text_table *table = text_table_with_head("lllll", "task|word||means|");

	for (guint i = 0; i < MIN(dump->tasks->len, ROWS_MAX); i++) {
		const struct dump_task *task = dump_task(dump, i);

		text_table_number(table, task->pid);
		add_word(table, task->word, false);
		text_table_take(table, what_task_does(view, task));
	}
	text_table_print(table, text);
	if (dump->tasks->len > ROWS_MAX)
		g_string_append_printf(text, "  and %u more\n", dump->tasks->len - ROWS_MAX);
	g_string_append_c(text, '\n');
}

/* The mm */

static void add_number(GString *text, const char *name, struct dump_value value)
{
	if (dump_has(value))
		g_string_append_printf(text, "; %s %" PRIu64, name, value.number);
}

static const char *mode_name(const struct view *view)
{
	static const char *const names[2][2] = { { "per task", "per task in transit" },
		{ "per CPU", "per CPU in transit" } };

	if (view->per_cpu == ANSWER_UNKNOWN)
		return "missing";
	return names[view->per_cpu == ANSWER_YES][view->transit == ANSWER_YES];
}

static void add_mm(GString *text, const struct view *view)
{
	const struct dump *dump = view->dump;
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_append_printf(line, "The mode is %s", mode_name(view));
	if (dump_has(dump->mode))
		g_string_append_printf(line, " (0x%08" PRIx64 ")", dump->mode.number);
	add_number(line, "users", dump->users);
	add_number(line, "max_cids", dump->max_cids);
	add_number(line, "pcpu_thrs", dump->pcpu_thrs);
	add_number(line, "CPUs allowed", dump->allowed);
	add_number(line, "possible", dump->possible);
	if (dump_has(dump->pool)) {
		g_autofree char *list = cpu_ids_to_string(&dump->taken);

		g_string_append_printf(line, "; CIDs taken: %s", *list ? list : "none");
	}
	if (view->mutex != ANSWER_UNKNOWN)
		g_string_append_printf(
			line, "; the mutex is %s", view->mutex == ANSWER_YES ? "held" : "free");
	g_string_append(line, ".");
	if (view->window == ANSWER_YES)
		g_string_append_printf(line, " A change of the mode to %s is under way.",
			view->per_cpu == ANSWER_NO ? "per task" : "per CPU");
	text_fill(text, line->str, 0, TEXT_WIDTH);
	g_string_append(text, "\n\n");
}

/* Properties and defects */

/* "  + words", filled. */
static void add_reason(GString *text, const char *mark, const char *reason)
{
	g_string_append_printf(text, "        %s ", mark);
	text_fill(text, reason, 10, TEXT_WIDTH);
	g_string_append_c(text, '\n');
}

static void add_properties(GString *text, const struct explanation *explanation)
{
	g_string_append(text, "Properties\n");
	for (int i = 0; i < EXPLAIN_PROPERTIES; i++) {
		const struct explain_property *property = &explanation->properties[i];

		g_string_append_printf(text, "  %s  %-7s ", check_to_string(property->bit),
			property->verdict == VERDICT_BROKEN ? "BROKEN"
							    : verdict_to_string(property->verdict));
		text_fill(text, property->why, 14, TEXT_WIDTH);
		g_string_append_c(text, '\n');
	}
	g_string_append_c(text, '\n');
}

static void add_reasons(GString *text, const char *mark, const GPtrArray *reasons)
{
	for (guint i = 0; i < reasons->len; i++)
		add_reason(text, mark, reasons->pdata[i]);
}

static void add_way(GString *text, const struct explain_way *way)
{
	if (!way->command)
		return;
	g_string_append_printf(text,
		"          a shortest way to it: %s is broken after %u step%s:\n"
		"          %s\n",
		way->property, way->steps, way->steps == 1 ? "" : "s", way->command);
}

/* One that fits, or may fit. */
static void add_defect(GString *text, const struct explain_defect *defect)
{
	const char *cve = release_cve(defect->number);
	g_autofree char *releases = explain_releases(defect->number);
	g_autofree char *name = g_strdup_printf("B%u", defect->number);

	g_string_append_printf(text, "  %-4s  %-12s  %s%s%s%s\n", name, fit_to_string(defect->fit),
		explain_title(defect->number), cve ? " (" : "", cve ? cve : "", cve ? ")" : "");
	add_reasons(text, "+", defect->shown);
	add_reasons(text, "-", defect->against);
	add_reasons(text, "?", defect->missing);
	add_reason(text, " ", releases);
	add_way(text, &defect->way);
}

/* One for which nothing speaks, in a line. */
static void add_other(GString *text, const struct explain_defect *defect)
{
	const GPtrArray *reasons = defect->fit == FIT_NO ? defect->against : defect->missing;
	g_autofree char *name = g_strdup_printf("B%u", defect->number);

	g_string_append_printf(text, "  %-4s  %-12s  ", name, fit_to_string(defect->fit));
	text_fill(text, reasons->len > 0 ? reasons->pdata[0] : "nothing speaks for it", 22,
		TEXT_WIDTH);
	g_string_append_c(text, '\n');
}

static void add_defects(GString *text, const struct explanation *explanation)
{
	g_string_append(text, "Known defects (+ speaks for it, - against it, ? is missing)\n");
	for (int i = 0; i < EXPLAIN_DEFECTS; i++) {
		const struct explain_defect *defect = &explanation->defects[i];

		if (defect->fit != FIT_NO && defect->points > 0)
			add_defect(text, defect);
		else
			add_other(text, defect);
	}
	for (int i = 0; i < EXPLAIN_DEFECTS; i++) {
		const struct explain_way *way = &explanation->defects[i].way;

		if (way->story)
			g_string_append_printf(text,
				"\nA shortest way to B%u, on a small machine\n\n%s",
				explanation->defects[i].number, way->story);
	}
}

static void add_notes(GString *text, const struct dump *dump)
{
	for (guint i = 0; i < dump->notes->len; i++) {
		text_fill(text, dump->notes->pdata[i], 0, TEXT_WIDTH);
		g_string_append_c(text, '\n');
	}
	if (dump->notes_left_out)
		g_string_append_printf(text, "and %u more of them\n", dump->notes_left_out);
	if (dump->notes->len > 0)
		g_string_append_c(text, '\n');
}

static void add_head(GString *text, const char *path, const struct view *view)
{
	const struct view_kernel *kernel = &view->kernel;
	gsize from = text->len;

	g_string_append_printf(text, "%s: %u facts", path, view->dump->facts);
	if (kernel->oldest)
		g_string_append_printf(text, "; the kernel has revision %s%s%s of the protocol",
			kernel->oldest->name, kernel->oldest == kernel->newest ? "" : " to ",
			kernel->oldest == kernel->newest ? "" : kernel->newest->name);
	for (guint i = 0; kernel->backports && i < kernel->backports->len; i++)
		g_string_append_printf(text, "%s%s",
			i                ? ", "
			: kernel->oldest ? ", with "
					 : "; the kernel has ",
			((const struct revision *)kernel->backports->pdata[i])->commit);
	g_string_append(text, "\n");
	text_wrap(text, from);
	g_string_append(text, "\n");
}

void explanation_report(GString *text, const char *path, const struct explanation *explanation)
{
	const struct view *view = explanation->view;

	add_head(text, path, view);
	add_notes(text, view->dump);
	add_mm(text, view);
	if (view->dump->cpus->len > 0)
		add_cpus(text, view->dump);
	if (view->dump->tasks->len > 0)
		add_tasks(text, view);
	add_properties(text, explanation);
	add_defects(text, explanation);
}
