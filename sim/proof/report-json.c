/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/report.h"

/* What is proven. */
static void add_properties(struct json *json, const struct proof *proof)
{
	const GPtrArray *claims = proof->rules->properties;

	json_begin_array(json, "properties");
	for (guint i = 0; proof->verdict == PROOF_PROVEN && i < claims->len; i++)
		json_add_text(json, NULL, ((const struct claim *)claims->pdata[i])->name);
	if (proof_has_group(proof, "I3"))
		json_add_text(json, NULL, "I3");
	json_end_array(json);
	json_add_bool(json, "thresholds", proof_has_group(proof, "thresholds"));
}

/* The questions whose answer is @answer, but for guards. */
static void add_questions(struct json *json, const char *name, const struct proof *proof,
	enum answer answer, bool lemmas)
{
	json_begin_array(json, name);
	for (guint k = 0; k < proof->parts->len; k++) {
		const struct part *part = proof->parts->pdata[k];

		if ((part->kind == PART_LEMMAS) != lemmas)
			continue;
		for (unsigned i = part_asks_whether(part, 0); i < part->count; i++) {
			const struct claim *claim = part_claim(proof->rules, part, i);

			if (part_answer(proof, part, i) != answer)
				continue;
			json_begin_object(json, NULL);
			json_add_text(json, "action", part_name(part));
			json_add_text(json, "conjunct", claim ? claim->name : "count");
			json_end_object(json);
		}
	}
	json_end_array(json);
}

static void add_never_taken(struct json *json, const struct proof *proof)
{
	json_begin_array(json, "never_taken");
	for (guint k = 0; k < proof->parts->len; k++) {
		const struct part *part = proof->parts->pdata[k];

		if (part->action && part_answer(proof, part, 0) == ANSWER_NEVER)
			json_add_text(json, NULL, part->action->name);
	}
	json_end_array(json);
}

static void add_solver(struct json *json, const struct proof *proof, unsigned solver)
{
	unsigned unknown = 0;

	for (guint k = 0; k < proof->parts->len; k++) {
		const struct part *part = proof->parts->pdata[k];

		for (unsigned i = 0; i < part->count; i++)
			unknown += part->answers[solver][i] == ANSWER_UNKNOWN ||
			           part->answers[solver][i] == ANSWER_NONE;
	}
	json_begin_object(json, solver_name(solver));
	json_add_text(json, "version", proof->versions[solver]);
	json_add_decimal(json, "seconds", (uint64_t)proof->used_us[solver] / 1000, 3);
	json_add_number(json, "unknown", unknown);
	json_end_object(json);
}

void proof_add_json(struct json *json, const struct proof *proof)
{
	add_properties(json, proof);
	json_add_number(json, "actions", proof->rules->actions->len);
	json_add_number(json, "conjuncts", proof->rules->conjuncts->len);
	json_add_number(json, "queries", proof->questions);
	add_questions(json, "failures", proof, ANSWER_CAN_BE, false);
	add_questions(json, "unknown", proof, ANSWER_UNKNOWN, false);
	add_questions(json, "lemmas_that_fail", proof, ANSWER_CAN_BE, true);
	add_never_taken(json, proof);
	json_begin_object(json, "solvers");
	for (unsigned solver = 0; solver < SOLVERS; solver++) {
		if (proof->versions[solver])
			add_solver(json, proof, solver);
	}
	json_end_object(json);
}
