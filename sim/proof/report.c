/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/report.h"

#include <string.h>

#include "sim/base/text.h"

enum { LABEL = 15, NAME_WIDTH = 24 };

const char *proof_verdict_to_string(enum proof_verdict verdict)
{
	static const char *const names[] = {
		[PROOF_PROVEN] = "proven",
		[PROOF_REFUSED] = "not inductive",
		[PROOF_UNKNOWN] = "unknown",
		[PROOF_DISAGREES] = "the solvers disagree",
	};

	g_assert(verdict < G_N_ELEMENTS(names));
	return names[verdict];
}

static void add_line(GString *text, const char *label, const char *words)
{
	g_string_append_printf(text, "  %-*s", LABEL - 2, label);
	text_fill(text, words, LABEL, TEXT_WIDTH);
	g_string_append_c(text, '\n');
}

/* What the answers are: those of guards do not count. */
static void count_answers(const struct proof *proof, unsigned solver, unsigned *counts)
{
	for (guint k = 0; k < proof->parts->len; k++) {
		const struct part *part = proof->parts->pdata[k];

		for (unsigned i = part_asks_whether(part, 0); i < part->count; i++)
			counts[part->answers[solver][i]]++;
	}
}

static void add_solvers(GString *text, const struct proof *proof)
{
	for (unsigned solver = 0; solver < SOLVERS; solver++) {
		unsigned counts[ANSWER_UNKNOWN + 1] = { 0 };
		g_autofree char *label = NULL, *words = NULL, *time = NULL;

		if (!proof->versions[solver])
			continue;
		count_answers(proof, solver, counts);
		label = g_strdup_printf("%s %s", solver_name(solver), proof->versions[solver]);
		time = text_time((uint64_t)(proof->used_us[solver] / 100000 * 100000) * 1000);
		words = g_strdup_printf("never: %u, can be: %u, unknown: %u; in %s",
			counts[ANSWER_NEVER], counts[ANSWER_CAN_BE],
			counts[ANSWER_UNKNOWN] + counts[ANSWER_NONE], time);
		add_line(text, label, words);
	}
}

static void add_dead(GString *text, const struct proof *proof)
{
	g_autoptr(GString) names = g_string_new(NULL);
	unsigned count = 0;

	for (guint k = 0; k < proof->parts->len; k++) {
		const struct part *part = proof->parts->pdata[k];

		if (!part->action || part_answer(proof, part, 0) != ANSWER_NEVER)
			continue;
		g_string_append_printf(names, "%s %s", count ? "," : "", part->action->name);
		count++;
	}
	if (count > 0) {
		g_autofree char *words = g_strdup_printf("%u actions:%s", count, names->str);

		add_line(text, "never taken", words);
	}
}

static void add_names(GString *text, const char *label, const GPtrArray *claims)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < claims->len; i++)
		g_string_append_printf(names, "%s%s", i ? " " : "",
			((const struct claim *)claims->pdata[i])->name);
	add_line(text, label, names->str);
}

/* A sentence in the rules can go on in the next line. */
static void add_sentence(GString *text, unsigned indent, const char *before, const char *sentence)
{
	g_autofree char *line = g_strdup(sentence);

	g_strdelimit(line, "\n\t", ' ');
	g_string_append_printf(text, "%*s%s", (int)indent, "", before);
	text_fill(text, line, indent + 2, TEXT_WIDTH);
	g_string_append_c(text, '\n');
}

static void add_broken(GString *text, const struct proof *proof, const struct part *part)
{
	bool begun = false;

	for (unsigned i = 0; i < part->count; i++) {
		const struct claim *claim = part_claim(proof->rules, part, i);

		if (part->kind == PART_LEMMAS || !part_is_broken(proof, part, i))
			continue;
		if (!begun && part->action)
			g_string_append_printf(text, "  %s (proof/%s:%u)\n", part->action->name,
				part->action->file, part->action->line);
		else if (!begun)
			g_string_append_printf(text, "  %s\n",
				part->kind == PART_START ? "at the start" : "the properties");
		if (!begun && part->action)
			add_sentence(text, 4, "", part->action->text);
		begun = true;
		if (claim) {
			g_autofree char *before = g_strdup_printf("breaks %s: ", claim->name);
			g_autofree char *words = g_strdup_printf("%s%s", before, claim->text);

			add_sentence(text, 4, "", words);
		} else {
			add_sentence(text, 4, "", "breaks the count of the users");
		}
	}
}

static void add_unknown(GString *text, const struct proof *proof, const struct part *part)
{
	for (unsigned i = part_asks_whether(part, 0); i < part->count; i++) {
		const struct claim *claim = part_claim(proof->rules, part, i);

		if (part_answer(proof, part, i) == ANSWER_UNKNOWN)
			g_string_append_printf(text, "  not answered: %s, %s\n", part_name(part),
				claim ? claim->name : "the count");
	}
}

/* What is open of @group; empty: it is proven. */
static GString *open_of_group(const struct proof *proof, const char *group, unsigned *count)
{
	const GPtrArray *lemmas = proof->rules->lemmas;
	const struct part *part = proof->parts->pdata[proof->parts->len - 1];
	GString *open = g_string_new(NULL);

	g_assert(part->kind == PART_LEMMAS);
	*count = 0;
	for (guint i = 0; i < lemmas->len; i++) {
		const struct claim *lemma = lemmas->pdata[i];

		if (strcmp(lemma->group, group) != 0)
			continue;
		++*count;
		if (!part_is_proven(proof, part, i))
			g_string_append_printf(open, " %s", lemma->name);
	}
	if (strcmp(group, "I3") == 0 && !proof->counted)
		g_string_append(open, " the counting, which cvc5 is asked for");
	return open;
}

bool proof_has_group(const struct proof *proof, const char *group)
{
	unsigned count;
	g_autoptr(GString) open = open_of_group(proof, group, &count);

	return proof->verdict == PROOF_PROVEN && count > 0 && open->len == 0;
}

/* The lemmas of each group, which stand together. Without a proof they say nothing. */
static void add_lemmas(GString *text, const struct proof *proof)
{
	const GPtrArray *lemmas = proof->rules->lemmas;
	const char *last = "";

	for (guint i = 0; i < lemmas->len; i++) {
		const char *group = ((const struct claim *)lemmas->pdata[i])->group;
		g_autoptr(GString) open = NULL;
		g_autofree char *words = NULL;
		unsigned count;

		if (strcmp(group, last) == 0)
			continue;
		last = group;
		open = open_of_group(proof, group, &count);
		words = open->len > 0 ? g_strdup_printf("not proven: what is open is%s", open->str)
		                      : g_strdup_printf("proven, by %u lemmas%s", count,
						strcmp(group, "I3") == 0
							? " that are joined by hand (docs/proof.md)"
							: "");
		add_line(text, group, words);
	}
}

void proof_print(GString *text, const struct proof *proof, const char *of)
{
	g_autofree char *invariant = NULL, *questions = g_strdup_printf("%u", proof->questions);

	g_string_append_printf(text, "%s: %s%s\n", of, proof_verdict_to_string(proof->verdict),
		proof->verdict == PROOF_PROVEN ? ", for any number of CPUs, tasks and CIDs" : "");
	if (proof->verdict == PROOF_PROVEN)
		add_names(text, "properties", proof->rules->properties);
	if (proof->verdict == PROOF_PROVEN)
		add_lemmas(text, proof);
	invariant = g_strdup_printf("%u conjuncts%s; %u actions", proof->rules->conjuncts->len,
		proof->verdict == PROOF_PROVEN
			? ": they hold at the start, and each action keeps them"
			: "",
		proof->rules->actions->len);
	add_line(text, "invariant", invariant);
	add_line(text, "questions", questions);
	add_solvers(text, proof);
	add_dead(text, proof);
	if (part_answer(proof, proof->parts->pdata[0], 0) == ANSWER_NEVER)
		add_line(text, "start", "no mm can be as `start` says: nothing is shown of any");
	for (guint k = 0; k < proof->parts->len; k++) {
		add_broken(text, proof, proof->parts->pdata[k]);
		if (!proof->stopped)
			add_unknown(text, proof, proof->parts->pdata[k]);
	}
	if (proof->stopped)
		g_string_append(text, "  stopped before all was answered\n");
}

static bool is_of_model(const struct action *action)
{
	const char *step = action->steps->pdata[0];

	return strcmp(step, "none") != 0 && strcmp(step, "start") != 0;
}

void proof_add_unseen(GString *text, const struct proof *proof, const uint64_t *taken)
{
	unsigned at = 0;

	for (guint k = 0; k < proof->parts->len; k++) {
		const struct part *part = proof->parts->pdata[k];

		if (!part->action)
			continue;
		if (taken[at++] == 0 && is_of_model(part->action) &&
			part_answer(proof, part, 0) == ANSWER_CAN_BE)
			g_string_append_printf(
				text, "%s%s", text->len ? ", " : "", part->action->name);
	}
}

void proof_print_table(GString *text, const struct proof *proof)
{
	const GPtrArray *conjuncts = proof->rules->conjuncts;

	g_string_append(text, "\n. never broken  X can be broken  ? unknown  - never taken\n");
	for (guint k = 0; k < proof->parts->len; k++) {
		const struct part *part = proof->parts->pdata[k];
		bool dead = part->action && part_answer(proof, part, 0) == ANSWER_NEVER;

		if (part->kind == PART_PROPERTIES || part->kind == PART_LEMMAS)
			continue;
		g_string_append_printf(text, "%-*s", NAME_WIDTH, part_name(part));
		for (guint i = 0; i < conjuncts->len; i++) {
			enum answer answer = part_answer(proof, part, i + 1);

			g_string_append_c(text, dead                      ? '-'
						: answer == ANSWER_NEVER  ? '.'
						: answer == ANSWER_CAN_BE ? 'X'
									  : '?');
		}
		g_string_append_c(text, '\n');
	}
	g_string_append(text, "The columns:\n");
	for (guint i = 0; i < conjuncts->len; i++) {
		const struct claim *claim = conjuncts->pdata[i];
		g_autofree char *words =
			g_strdup_printf("%2u %s: %s", i + 1, claim->name, claim->text);

		add_sentence(text, 2, "", words);
	}
}
