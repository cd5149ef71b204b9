/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/prove.h"

#include <glib/gstdio.h>
#include <string.h>

#include "sim/base/crew.h"
#include "sim/base/failure.h"
#include "sim/base/output.h"
#include "sim/proof/smt.h"

/* Parts */

static GPtrArray *claims_of(const struct rules *rules, const struct part *part)
{
	switch (part->kind) {
	case PART_PROPERTIES:
		return rules->properties;
	case PART_LEMMAS:
		return rules->lemmas;
	default:
		return rules->conjuncts;
	}
}

static void free_part(gpointer data)
{
	struct part *part = data;

	for (unsigned solver = 0; solver < SOLVERS; solver++)
		g_free(part->answers[solver]);
	g_free(part);
}

static void add_part(GPtrArray *parts, const struct rules *rules, enum part_kind kind,
	const struct action *action)
{
	struct part *part = g_new0(struct part, 1);

	part->kind = kind;
	part->action = action;
	part->count = claims_of(rules, part)->len + (kind == PART_ACTION || kind == PART_START);
	if (action)
		part->count += rules->counts->len;
	for (unsigned solver = 0; solver < SOLVERS; solver++)
		part->answers[solver] = g_new0(uint8_t, part->count + 1);
	g_ptr_array_add(parts, part);
}

static GPtrArray *new_parts(const struct rules *rules)
{
	GPtrArray *parts = g_ptr_array_new_with_free_func(free_part);

	add_part(parts, rules, PART_START, NULL);
	for (guint i = 0; i < rules->actions->len; i++)
		add_part(parts, rules, PART_ACTION, rules->actions->pdata[i]);
	add_part(parts, rules, PART_PROPERTIES, NULL);
	add_part(parts, rules, PART_LEMMAS, NULL);
	return parts;
}

const char *part_name(const struct part *part)
{
	switch (part->kind) {
	case PART_START:
		return "start";
	case PART_PROPERTIES:
		return "properties";
	case PART_LEMMAS:
		return "lemmas";
	default:
		return part->action->name;
	}
}

const struct claim *part_claim(const struct rules *rules, const struct part *part, unsigned i)
{
	const GPtrArray *claims = claims_of(rules, part);

	g_assert(i < part->count);
	if (part->kind == PART_PROPERTIES || part->kind == PART_LEMMAS)
		return claims->pdata[i];
	return i == 0 || i > claims->len ? NULL : claims->pdata[i - 1];
}

bool part_asks_whether(const struct part *part, unsigned i)
{
	return i == 0 && (part->kind == PART_ACTION || part->kind == PART_START);
}

/* Scripts */

static void add_claims(GString *text, const struct rules *rules, const struct smt_state *state,
	const GPtrArray *claims)
{
	for (guint i = 0; i < claims->len; i++) {
		const struct claim *claim = claims->pdata[i];
		g_autofree char *comment = g_strdup_printf("%s: %s", claim->name, claim->text);

		smt_add_assert(text, rules, state, comment, claim->term);
	}
}

static void add_question(GString *text, const struct rules *rules, const struct part *part,
	unsigned i, const struct smt_state *before, const struct smt_state *after)
{
	const struct claim *claim = part_claim(rules, part, i);

	g_string_append_printf(
		text, "(push 1) ; %s\n(assert (not ", claim ? claim->name : "the count");
	if (claim)
		smt_add_term(text, rules, after, claim->term);
	else
		smt_add_counts(text, rules, before, after,
			&g_array_index(
				rules->counts, struct counted, i - 1 - rules->conjuncts->len));
	g_string_append(text, "))\n(check-sat)\n(pop 1)\n");
}

static char *make_script(const struct rules *rules, const struct part *part)
{
	GString *text = g_string_new("(set-logic ALL)\n");
	struct smt_state before, after;

	smt_state_init(&before, rules);
	smt_state_init(&after, rules);
	smt_add_declarations(text, rules);
	add_claims(
		text, rules, &before, part->kind == PART_START ? rules->starts : rules->conjuncts);
	add_claims(text, rules, &before, rules->facts);
	if (part->action)
		smt_add_guard(text, rules, &before, part->action);
	if (part_asks_whether(part, 0))
		g_string_append(text, "(check-sat) ; can it be at all?\n");
	if (part->action)
		smt_add_updates(text, rules, &after, part->action);
	for (unsigned i = part_asks_whether(part, 0); i < part->count; i++)
		add_question(text, rules, part, i, &before, &after);
	smt_state_clear(&before);
	smt_state_clear(&after);
	return g_string_free(text, FALSE);
}

bool proof_write(const struct rules *rules, const char *folder, GError **error)
{
	g_autoptr(GPtrArray) parts = new_parts(rules);
	GError *fault = NULL;

	if (g_mkdir_with_parents(folder, 0777) != 0)
		return failure_environment(error, "%s: cannot be made", folder);
	for (guint i = 0; i < parts->len; i++) {
		g_autofree char *script = make_script(rules, parts->pdata[i]);
		g_autofree char *name = g_strconcat(part_name(parts->pdata[i]), ".smt2", NULL);
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (!output_write_file(path, script, strlen(script), &fault))
			return failure_take(error, fault);
	}
	return true;
}

/* Answers */

enum answer part_answer(const struct proof *proof, const struct part *part, unsigned i)
{
	enum answer answer = ANSWER_UNKNOWN;

	for (unsigned solver = 0; solver < SOLVERS; solver++) {
		enum answer own = part->answers[solver][i];

		if (!proof->versions[solver] || own == ANSWER_UNKNOWN || own == ANSWER_NONE)
			continue;
		if (answer != ANSWER_UNKNOWN && answer != own)
			return ANSWER_UNKNOWN;
		answer = own;
	}
	return answer;
}

bool part_is_broken(const struct proof *proof, const struct part *part, unsigned i)
{
	return !part_asks_whether(part, i) && part_answer(proof, part, i) == ANSWER_CAN_BE;
}

bool part_is_proven(const struct proof *proof, const struct part *part, unsigned i)
{
	for (unsigned solver = 0; solver < SOLVERS; solver++) {
		if (proof->versions[solver] && part->answers[solver][i] != ANSWER_NEVER)
			return false;
	}
	return true;
}

static bool do_disagree(const struct proof *proof, const struct part *part, unsigned i)
{
	bool said[ANSWER_UNKNOWN + 1] = { 0 };

	for (unsigned solver = 0; solver < SOLVERS; solver++) {
		if (proof->versions[solver])
			said[part->answers[solver][i]] = true;
	}
	return said[ANSWER_NEVER] && said[ANSWER_CAN_BE];
}

static enum proof_verdict judge(const struct proof *proof)
{
	enum proof_verdict verdict = PROOF_PROVEN;

	for (guint k = 0; k < proof->parts->len; k++) {
		const struct part *part = proof->parts->pdata[k];

		for (unsigned i = 0; i < part->count; i++) {
			if (do_disagree(proof, part, i))
				return PROOF_DISAGREES;
			if (part->kind == PART_START && i == 0 &&
				part_answer(proof, part, i) != ANSWER_CAN_BE)
				verdict = PROOF_UNKNOWN; /* what holds of nothing is no proof */
			if (part_asks_whether(part, i) || part->kind == PART_LEMMAS)
				continue;
			if (part_is_broken(proof, part, i))
				verdict = PROOF_REFUSED;
			else if (!part_is_proven(proof, part, i) && verdict == PROOF_PROVEN)
				verdict = PROOF_UNKNOWN;
		}
	}
	return verdict;
}

/* Asking */

/* Items of the crew: each part for each solver. */
struct asking {
	struct proof *proof;
	const struct proof_options *options;
	unsigned solvers[SOLVERS], solvers_count;
	GError *error;
};

struct asked {
	uint8_t *answers;
	int64_t used_us;
	GError *error;
};

static void free_asked(void *data)
{
	struct asked *asked = data;

	g_free(asked->answers);
	g_clear_error(&asked->error);
	g_free(asked);
}

static bool is_over(void *context)
{
	return !crew_goes_on(context);
}

static void *ask(void *context, struct crew *crew, uint64_t item)
{
	const struct asking *asking = context;
	const struct part *part = asking->proof->parts->pdata[item / asking->solvers_count];
	unsigned solver = asking->solvers[item % asking->solvers_count];
	g_autofree char *script = make_script(asking->proof->rules, part);
	struct solver_limits limits = asking->options->limits;
	struct asked *asked = g_new0(struct asked, 1);
	gint64 begin_us = g_get_monotonic_time();

	limits.stop = is_over;
	limits.context = crew;
	asked->answers = g_new0(uint8_t, part->count + 1);
	if (!solver_ask(solver, &(struct solver_script){ .text = script, .count = part->count },
		    &limits, asked->answers, &asked->error) &&
		!asked->error) {
		free_asked(asked);
		return NULL;
	}
	asked->used_us = g_get_monotonic_time() - begin_us;
	return asked;
}

static bool take(void *context, uint64_t item, void *result)
{
	struct asking *asking = context;
	struct part *part = asking->proof->parts->pdata[item / asking->solvers_count];
	unsigned solver = asking->solvers[item % asking->solvers_count];
	struct asked *asked = result;
	bool good = !asked->error;

	if (good)
		memcpy(part->answers[solver], asked->answers, part->count);
	else
		g_propagate_error(&asking->error, g_steal_pointer(&asked->error));
	asking->proof->used_us[solver] += asked->used_us;
	free_asked(asked);
	return good;
}

static bool tick(void *context)
{
	const struct asking *asking = context;

	return asking->options->tick(asking->options->context);
}

static bool ask_all(struct proof *proof, const struct proof_options *options, GError **error)
{
	struct asking asking = { .proof = proof, .options = options };
	struct crew_plan plan = { .jobs = options->jobs,
		.work = ask,
		.take = take,
		.tick = tick,
		.drop = free_asked,
		.context = &asking };
	unsigned missing;

	for (unsigned solver = 0; solver < SOLVERS; solver++) {
		if (proof->versions[solver])
			asking.solvers[asking.solvers_count++] = solver;
	}
	plan.items = (uint64_t)proof->parts->len * asking.solvers_count;
	proof->stopped = !crew_run(&plan, &missing);
	if (!asking.error)
		return true;
	g_propagate_error(error, asking.error);
	return false;
}

static bool find_solvers(struct proof *proof, const struct proof_options *options, GError **error)
{
	for (unsigned solver = 0; solver < SOLVERS; solver++) {
		if (!options->wanted[solver])
			continue;
		proof->versions[solver] = solver_version(solver, error);
		if (!proof->versions[solver])
			return false;
	}
	return true;
}

/* Its four answers are to be "never", but for the last one. */
static bool ask_counting(struct proof *proof, const char *folder,
	const struct proof_options *options, GError **error)
{
	static const uint8_t wanted[] = { ANSWER_NEVER, ANSWER_NEVER, ANSWER_NEVER, ANSWER_CAN_BE };
	g_autofree char *path = g_build_filename(folder, "counting.smt2", NULL);
	g_autofree char *text = NULL;
	struct solver_limits limits = options->limits;
	uint8_t answers[G_N_ELEMENTS(wanted)];
	GError *fault = NULL;

	if (!g_file_get_contents(path, &text, NULL, &fault))
		return failure_take(error, fault);
	limits.stop = NULL;
	for (unsigned solver = 0; solver < SOLVERS; solver++) {
		const struct solver_script script = { text, G_N_ELEMENTS(wanted), true };

		if (!proof->versions[solver] || !solver_knows_sizes(solver))
			continue;
		if (!solver_ask(solver, &script, &limits, answers, error))
			return false;
		proof->counted = memcmp(answers, wanted, sizeof(wanted)) == 0;
	}
	return true;
}

struct proof *proof_run(const struct rules *rules, const char *folder,
	const struct proof_options *options, GError **error)
{
	struct proof *proof = g_new0(struct proof, 1);

	proof->rules = rules;
	proof->parts = new_parts(rules);
	if (!find_solvers(proof, options, error) || !ask_counting(proof, folder, options, error) ||
		!ask_all(proof, options, error)) {
		proof_free(proof);
		return NULL;
	}
	for (guint i = 0; i < proof->parts->len; i++)
		proof->questions += ((const struct part *)proof->parts->pdata[i])->count;
	proof->verdict = proof->stopped ? PROOF_UNKNOWN : judge(proof);
	return proof;
}

void proof_free(struct proof *proof)
{
	for (unsigned solver = 0; solver < SOLVERS; solver++)
		g_free(proof->versions[solver]);
	g_ptr_array_unref(proof->parts);
	g_free(proof);
}
