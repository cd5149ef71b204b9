/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/kernel/verdict.h"
#include "sim/kernel/versus.h"

static const struct versus_tree *tree_of(const struct versus_report *report, int tree)
{
	return &report->trees[tree];
}

/* What the tree breaks: beside the model, or alone. */
static const struct kernel_report *judged(const struct versus_tree *tree)
{
	return tree->checked.verdict == KERNEL_DIFFERS ? &tree->alone : &tree->checked;
}

static const char *behaves_as(const struct versus_tree *tree)
{
	switch (tree->checked.verdict) {
	case KERNEL_AGREES:
	case KERNEL_VIOLATED:
		return tree->checked.revision->name;
	case KERNEL_DIFFERS:
		return "no revision";
	case KERNEL_LOOPS:
		return "it loops";
	case KERNEL_CRASHES:
		return "it crashes";
	case KERNEL_UNDECIDED:
		break;
	}
	return "undecided";
}

/* Of a tree that behaves as no revision. */
static const char *nearest(const struct versus_tree *tree)
{
	if (tree->checked.verdict != KERNEL_DIFFERS)
		return "";
	return tree->checked.revision->name;
}

static char *broken_of(const struct versus_tree *tree, bool known)
{
	const struct kernel_report *report = judged(tree);
	unsigned broken = known ? report->broken_known & ~report->broken : report->broken;
	char *text = kernel_properties(broken);

	if (report->verdict >= KERNEL_LOOPS || *text)
		return text;
	g_free(text);
	return g_strdup("nothing");
}

static void print_trees(GString *text, const struct versus_report *report)
{
	struct text_table *table = text_table_with_head("lll", "|A|B");

	g_string_append_c(text, '\n');
	text_table_cell(table, "behaves as");
	for (int i = 0; i < VERSUS_TREES; i++)
		text_table_cell(table, behaves_as(tree_of(report, i)));
	if (*nearest(tree_of(report, VERSUS_A)) || *nearest(tree_of(report, VERSUS_B))) {
		text_table_cell(table, "the nearest");
		for (int i = 0; i < VERSUS_TREES; i++)
			text_table_cell(table, nearest(tree_of(report, i)));
	}
	text_table_cell(table, "breaks");
	for (int i = 0; i < VERSUS_TREES; i++)
		text_table_take(table, broken_of(tree_of(report, i), false));
	text_table_cell(table, "after a failed exec");
	for (int i = 0; i < VERSUS_TREES; i++)
		text_table_take(table, broken_of(tree_of(report, i), true));
	text_table_print(table, text);
}

static void print_headline(GString *text, const struct versus_report *report)
{
	const struct kernel_report *both = &report->both;
	const char *verdict = versus_verdict(report);

	g_string_append_printf(text, "A is %s\n", text_path(report->trees[VERSUS_A].name));
	g_string_append_printf(text, "B is %s\n\n", text_path(report->trees[VERSUS_B].name));
	if (strcmp(verdict, "same") == 0)
		g_string_append_printf(text,
			"A and B behave the same in %" PRIu64 " steps on %" PRIu64
			" machine%s; seed %" PRIu64 ".\n",
			both->steps, both->rounds, both->rounds == 1 ? "" : "s", both->seed);
	else if (strcmp(verdict, "different") != 0)
		g_string_append_printf(text,
			"Undecided: no difference in %" PRIu64 " steps; stopped too early, or "
			"both crash or loop.\n",
			both->steps);
	else if (both->verdict <= KERNEL_VIOLATED)
		g_string_append_printf(text,
			"A and B behave differently: loads show it, but no order in %" PRIu64
			" steps.\n",
			both->steps);
	else if (both->verdict != KERNEL_DIFFERS)
		g_string_append(text, "A and B behave differently: one crashes or loops.\n");
	else
		g_string_append_printf(text,
			"A and B behave differently: %" PRIu32 " event%s on %" PRIu32
			" CPU%s show it.\n",
			both->finding->log.count, both->finding->log.count == 1 ? "" : "s",
			both->finding->log.shape.cpus,
			both->finding->log.shape.cpus == 1 ? "" : "s");
}

static void print_difference(GString *text, const struct versus_report *report)
{
	const struct lockstep_finding *finding = report->both.finding;
	g_autofree char *where = NULL;

	if (!finding || !finding->difference.found)
		return;
	where = kernel_place(&finding->difference);
	g_string_append(text, "\nThe difference");
	if (!report->replayed)
		g_string_append_printf(text, ", first found in step %" PRIu64 " of seed %" PRIu64,
			finding->step, report->both.seed);
	g_string_append_printf(text, ": %s%s\n", where, text_clean(finding->difference.what));
	kernel_print_story(text, finding);
}

/* Loads */

static char *ratio(uint64_t a, uint64_t b)
{
	if (a == 0)
		return g_strdup(b == 0 ? "1.00" : "-");
	return g_strdup_printf("%" PRIu64 ".%02" PRIu64, b / a, b % a * 100 / a);
}

static char *mean(uint64_t sum, uint64_t count)
{
	if (count == 0)
		return g_strdup("-");
	return g_strdup_printf("%" PRIu64 ".%" PRIu64, sum / count, sum % count * 10 / count);
}

static void add_costs(
	struct text_table *table, const struct load_effect *a, const struct load_effect *b)
{
	text_table_number(table, a->switches);
	text_table_number(table, a->flips);
	text_table_number(table, b->flips);
	text_table_number(table, a->bit_ops);
	text_table_number(table, b->bit_ops);
	text_table_take(table, ratio(a->bit_ops, b->bit_ops));
}

static void add_spans(
	struct text_table *table, const struct load_effect *a, const struct load_effect *b)
{
	text_table_take(table, text_percent(a->fast, a->switches));
	text_table_take(table, text_percent(b->fast, b->switches));
	text_table_take(table, mean(a->spans, a->switches));
	text_table_take(table, mean(b->spans, b->switches));
	text_table_number(table, a->span_max);
	text_table_number(table, b->span_max);
}

/* A row for each load with an effect: its name, and what @add adds. */
static void print_table(GString *text, const struct versus_report *report, const char *head,
	void (*add)(struct text_table *, const struct load_effect *, const struct load_effect *))
{
	struct text_table *table = text_table_with_head("lrrrrrr", head);

	for (uint32_t i = 0; i < report->loads_count; i++) {
		if (!versus_has_effect(report, i))
			continue;
		text_table_cell(table, report->loads[i].name);
		add(table, &report->trees[VERSUS_A].effects[i],
			&report->trees[VERSUS_B].effects[i]);
	}
	text_table_print(table, text);
}

static bool is_same(const struct versus_report *report, uint32_t load)
{
	return versus_is_tried(report, load) && !versus_has_effect(report, load);
}

static bool is_untried(const struct versus_report *report, uint32_t load)
{
	return !versus_is_tried(report, load);
}

/* The names of those loads that are @such, behind @before; nothing if none is. */
static void print_names(GString *text, const struct versus_report *report, const char *before,
	bool (*such)(const struct versus_report *report, uint32_t load))
{
	const char *between = "";

	for (uint32_t i = 0; i < report->loads_count; i++) {
		if (!such(report, i))
			continue;
		g_string_append_printf(
			text, "%s%s", *between ? between : before, report->loads[i].name);
		between = ", ";
	}
	if (*between)
		g_string_append(text, ".\n");
}

/* Those that did not come to their end. */
static void print_ended(GString *text, const struct versus_report *report)
{
	for (uint32_t i = 0; i < report->loads_count * VERSUS_TREES; i++) {
		const struct load *load = &report->loads[i / VERSUS_TREES];
		const struct load_effect *effect =
			&report->trees[i % VERSUS_TREES].effects[i / VERSUS_TREES];

		if (effect->tried && effect->played < load->count)
			g_string_append_printf(text,
				"  %s ended in %c after %" PRIu32 " of %" PRIu32
				" events: its code warns, crashes, or spins for ever.\n",
				load->name, "AB"[i % VERSUS_TREES], effect -> played,
				load -> count);
	}
}

static void print_effects(GString *text, const struct versus_report *report, uint32_t effects)
{
	g_string_append_printf(text,
		"\nEffect on %" PRIu32 " of %" PRIu32
		" loads (fast: no pool is touched; span: the mean):\n",
		effects, report->loads_count);
	print_table(text, report, "load|switches|flips A|B|bit ops A|B|B/A", add_costs);
	g_string_append_c(text, '\n');
	print_table(text, report, "load|fast A|B|span A|B|largest A|B", add_spans);
	g_string_append_c(text, '\n');
	print_names(text, report, "  The same in A and B: ", is_same);
}

static void print_loads(GString *text, const struct versus_report *report)
{
	uint32_t effects = versus_count_effects(report), tried = 0;

	for (uint32_t i = 0; i < report->loads_count; i++)
		tried += versus_is_tried(report, i);
	if (report->loads_count == 0)
		return;
	if (effects > 0)
		print_effects(text, report, effects);
	else
		g_string_append_printf(text,
			"\nEffect on %" PRIu32 " loads: none. Flips, bit operations, fast path and "
			"span are the same in A and B.\n",
			tried);
	print_names(text, report, "  Stopped before these: ", is_untried);
	print_ended(text, report);
}

void versus_print(GString *text, const struct versus_report *report)
{
	gsize from = text->len;

	print_headline(text, report);
	if (!report->replayed) {
		print_trees(text, report);
		print_loads(text, report);
	}
	print_difference(text, report);
	text_wrap_to(text, from, VERSUS_WIDTH);
}

/* JSON */

static void add_check(struct json *json, const struct versus_tree *tree)
{
	const struct kernel_report *report = judged(tree);

	json_add_text(json, "verdict", kernel_verdict_to_string(tree->checked.verdict));
	json_add_text_if(
		json, "revision", tree->checked.revision ? tree->checked.revision->name : NULL);
	kernel_add_properties(json, "violations", report->broken);
	kernel_add_properties(json, "known_violations", report->broken_known & ~report->broken);
}

/* Of a replay nothing is known but what both did. */
static void add_tree(struct json *json, const struct versus_tree *tree, bool replayed)
{
	json_begin_object(json, NULL);
	json_add_text(json, "tree", tree->name);
	if (!replayed)
		add_check(json, tree);
	json_end_object(json);
}

static void add_effect(struct json *json, const struct load_effect *effect)
{
	json_begin_object(json, NULL);
	json_add_number(json, "events", effect->played);
	json_add_number(json, "switches", effect->switches);
	json_add_number(json, "fast", effect->fast);
	json_add_number(json, "flips", effect->flips);
	json_add_number(json, "bit_ops", effect->bit_ops);
	json_add_number(json, "spans", effect->spans);
	json_add_number(json, "span_max", effect->span_max);
	json_end_object(json);
}

static void add_loads(struct json *json, const struct versus_report *report)
{
	json_begin_array(json, "loads");
	for (uint32_t i = 0; i < report->loads_count; i++) {
		json_begin_object(json, NULL);
		json_add_text(json, "name", report->loads[i].name);
		json_begin_array(json, "trees");
		for (int tree = 0; tree < VERSUS_TREES; tree++)
			add_effect(json, &report->trees[tree].effects[i]);
		json_end_array(json);
		json_end_object(json);
	}
	json_end_array(json);
}

void versus_json(GString *text, const struct versus_report *report, uint64_t milliseconds)
{
	const struct lockstep_finding *finding = report->both.finding;
	struct json json = { .text = text };

	json_begin_object(&json, NULL);
	json_add_text(&json, "verdict", versus_verdict(report));
	json_add_number(&json, "steps", report->both.steps);
	json_add_decimal(&json, "seconds", milliseconds, 3);
	json_add_number(&json, "seed", report->both.seed);
	json_begin_array(&json, "trees");
	for (int tree = 0; tree < VERSUS_TREES; tree++)
		add_tree(&json, tree_of(report, tree), report->replayed);
	json_end_array(&json);
	json_begin_array(&json, "differences");
	if (finding && finding->difference.found)
		kernel_add_difference(&json, finding->step, &finding->difference);
	json_end_array(&json);
	add_loads(&json, report);
	json_end_object(&json);
	json_end_line(&json);
}
