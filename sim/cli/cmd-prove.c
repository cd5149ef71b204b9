/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/places.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/defect-one.h"
#include "sim/cli/jobs.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/stop.h"
#include "sim/proof/conform.h"
#include "sim/proof/report.h"
#include "sim/record/csv.h"
#include "sim/scenario/scenario.h"

static const char description[] =
	"Proves properties of the protocol for any number of CPUs, tasks and CIDs. The folder "
	"proof has the protocol as actions over a state, and an invariant. The solvers z3 and cvc5 "
	"answer whether an action can break a conjunct of the invariant. If both say that none "
	"can, and that the properties follow, it is proven. docs/proof.md says what is trusted.\n"
	"\n"
	"If an action can break a conjunct, the invariant is not inductive. That is a step, and no "
	"run: maybe its first state is never reached. Then the command explores the shipped "
	"machines of the known defects with the same protocol, and names those that are runs.\n"
	"\n"
	"Exit status: 0 proven, 1 not inductive or the rules are not the model's, 2 bad usage, 3 a "
	"solver is missing or fails, 4 unknown or the solvers disagree.\n"
	"\n"
	"Examples:\n"
	"  cidsim prove --without failed-execs\n"
	"  cidsim prove --set exec-return=late --set last-exit=clean\n"
	"  cidsim prove --revision 7.0-fork --without failed-execs --table\n"
	"  cidsim prove --revision 7.1 --json\n"
	"  cidsim prove --write queries\n";

enum { QUERY_S = 10, QUERY_S_MAX = 3600, MEMORY_MIB = 4096, MODEL_STEPS = 100000 };

struct prove_options {
	char *revision, *with, *without, *solver, *time, *jobs, *steps, *write, *rules;
	char **set;
	gboolean json, quiet, table;
};

/* What is proven. */
struct theorem {
	const struct revision *revision;
	struct protocol protocol;
	struct rules_options rules;
	GString *flags; /* what differs from the revision: "exec-return=late, without failed-execs"
	                 */
};

static void add_flag(struct theorem *theorem, const char *text)
{
	g_string_append_printf(theorem->flags, "%s%s", theorem->flags->len ? ", " : "", text);
}

/* --set FLAG=VALUE, or protocol.FLAG=VALUE as for scenarios. */
static bool set_flag(struct theorem *theorem, const char *text)
{
	const char *begin = g_str_has_prefix(text, "protocol.") ? text + strlen("protocol.") : text;
	const char *equals = strchr(begin, '=');
	g_autofree char *name = equals ? g_strndup(begin, (gsize)(equals - begin)) : NULL;
	g_autofree char *quoted = value_quote(text);
	g_autofree char *shown = NULL;

	if (!equals) {
		command_error("prove: --set: %s: write FLAG=VALUE", quoted);
		return false;
	}
	switch (protocol_set(&theorem->protocol, name, equals + 1)) {
	case 0:
		shown = g_strdup_printf("%s=%s", name, text_clean(equals + 1));
		add_flag(theorem, shown);
		return true;
	case -1:
		command_error("prove: --set: %s: there is no such flag; `cidsim revisions --flags` "
			      "lists them",
			quoted);
		return false;
	default:
		command_error("prove: --set: %s: the flag does not have that value; `cidsim "
			      "revisions --flags` lists them",
			quoted);
		return false;
	}
}

/* --with: names with commas between. False after a message. */
static bool read_with(const char *list, struct theorem *theorem)
{
	g_auto(GStrv) names = g_strsplit(list ? list : "", ",", -1);

	for (char **name = names; *name; name++) {
		g_autofree char *flag = g_strdup_printf("with %s", *name);

		if (strcmp(*name, "split-drops") == 0) {
			theorem->rules.split_drops = true;
		} else if (strcmp(*name, "early-reads") == 0) {
			theorem->rules.early_reads = true;
		} else {
			command_error("prove: --with: split-drops and early-reads can be added");
			return false;
		}
		add_flag(theorem, flag);
	}
	return true;
}

/* False after a message. */
static bool read_theorem(const struct prove_options *options, struct theorem *theorem)
{
	g_autofree char *quoted = value_quote(options->revision ? options->revision : "");

	theorem->revision =
		options->revision ? revision_find(options->revision) : revision_current();
	if (!theorem->revision) {
		command_error("prove: --revision: there is no revision %s; `cidsim revisions` "
			      "lists them",
			quoted);
		return false;
	}
	theorem->protocol = theorem->revision->protocol;
	theorem->rules.failed_execs = true;
	for (char **set = options->set; set && *set; set++) {
		if (!set_flag(theorem, *set))
			return false;
	}
	if (options->without && strcmp(options->without, "failed-execs") != 0) {
		command_error("prove: --without: only failed-execs can be left out");
		return false;
	}
	theorem->rules.failed_execs = !options->without;
	if (options->without)
		add_flag(theorem, "without failed-execs");
	return read_with(options->with, theorem);
}

static bool asks_none(const struct prove_options *options)
{
	return options->solver && strcmp(options->solver, "none") == 0;
}

static bool read_solvers(const struct prove_options *options, bool *wanted)
{
	g_auto(GStrv) names = g_strsplit(options->solver ? options->solver : "z3,cvc5", ",", -1);

	if (asks_none(options))
		return true;
	for (char **name = names; *name; name++) {
		unsigned solver = solver_find(*name);
		g_autofree char *quoted = value_quote(*name);

		if (solver == SOLVERS) {
			command_error(
				"prove: --solver: %s is neither z3 nor cvc5, nor none", quoted);
			return false;
		}
		wanted[solver] = true;
	}
	if (!names[0])
		command_error("prove: --solver: z3, cvc5, both with a comma, or none is expected");
	return names[0] != NULL;
}

/* False after a message. */
static bool read_limits(const struct prove_options *options, struct proof_options *proof)
{
	uint64_t seconds = QUERY_S;

	proof->limits.memory_mib = MEMORY_MIB;
	if (options->time &&
		(!g_ascii_string_to_unsigned(options->time, 10, 1, QUERY_S_MAX, &seconds, NULL))) {
		command_error("prove: --time: seconds from 1 to %d are expected", QUERY_S_MAX);
		return false;
	}
	proof->limits.query_s = (unsigned)seconds;
	return read_solvers(options, proof->wanted) &&
	       jobs_read("prove", options->jobs, &proof->jobs);
}

static bool read_steps(const struct prove_options *options, uint64_t *steps)
{
	if (!options->steps ||
		g_ascii_string_to_unsigned(options->steps, 10, 0, UINT32_MAX, steps, NULL))
		return true;
	command_error("prove: --model-steps: a number from 0 to %u is expected", UINT32_MAX);
	return false;
}

static struct rules *read_rules(const char *folder, const struct theorem *theorem, int *status)
{
	g_autoptr(GError) fault = NULL;
	struct rules *rules = NULL;

	if (folder)
		rules = proof_rules_read(folder, &theorem->protocol, &theorem->rules, &fault);
	else
		command_error("prove: the rules did not ship; name their folder with --rules");
	if (fault)
		*status = command_failed("prove: ", fault);
	else if (!rules)
		*status = EXIT_ENVIRONMENT;
	return rules;
}

/* Known defects */

/* Append the known defects that are runs of this protocol. */
static void add_runs(GString *text, const struct theorem *theorem)
{
	char *without[] = { (char *)"explore.failed-execs=0", NULL };
	const struct explore_arguments arguments = { .set = theorem->rules.failed_execs ? NULL
		                                                                        : without };
	unsigned shown = 0;
	int status = EXIT_OK;

	g_string_append(text, "A step that breaks a conjunct is no run. These known defects are "
			      "runs of the same\n"
			      "protocol on a small machine:\n");
	for (unsigned number = 1; number <= CSV_MATRIX_DEFECTS && !stop_asked(); number++) {
		struct shown_defect *defect =
			shown_defect_explore(number, &theorem->protocol, &arguments, &status);
		g_autofree char *command =
			shown_defect_command(number, theorem->revision, &theorem->protocol);

		if (defect->answer == DEFECT_YES) {
			g_string_append_printf(text, "  B%-3u %s in %u steps\n       %s%s\n",
				number, scenario_property_to_string(defect->property),
				defect->steps, command,
				theorem->rules.failed_execs ? "" : " --set explore.failed-execs=0");
			shown++;
		}
		shown_defect_free(defect);
	}
	if (shown == 0)
		g_string_append(text, "  none\n");
}

/* @proof is NULL if no solver was asked, @conform is NULL if the model was not. */
static void print_json(GString *text, const struct proof *proof,
	const struct conform_result *conform, const struct theorem *theorem)
{
	struct json writer = { .text = text }, *json = &writer;

	json_begin_object(json, NULL);
	json_add_text(
		json, "verdict", proof ? proof_verdict_to_string(proof->verdict) : "not asked");
	json_add_text(json, "revision", theorem->revision->name);
	json_add_text(json, "flags", theorem->flags->str);
	if (proof)
		proof_add_json(json, proof);
	if (conform)
		conform_add_json(json, conform);
	json_end_object(json);
	json_end_line(json);
}

/* What the random steps showed, and which actions they should have shown. */
static void print_model(
	GString *text, const struct proof *proof, const struct conform_result *conform)
{
	g_autoptr(GString) missing = g_string_new(NULL);
	gsize from = text->len;

	conform_print(text, conform);
	if (proof && conform->actions == proof->rules->actions->len)
		proof_add_unseen(missing, proof, conform->taken);
	if (missing->len > 0)
		g_string_append_printf(text, "  not seen     %s\n", missing->str);
	text_wrap(text, from);
}

static void print_text(GString *text, const struct prove_options *options,
	const struct proof *proof, const struct conform_result *conform,
	const struct theorem *theorem)
{
	g_autofree char *of = g_strconcat(theorem->revision->name, theorem->flags->len ? ", " : "",
		theorem->flags->str, NULL);

	if (proof)
		proof_print(text, proof, of);
	else
		g_string_append_printf(text, "%s: no solver is asked\n", of);
	if (conform)
		print_model(text, proof, conform);
	if (proof && proof->verdict == PROOF_REFUSED)
		add_runs(text, theorem);
	if (proof && options->table)
		proof_print_table(text, proof);
}

static int status_of(const struct proof *proof, const struct conform_result *conform)
{
	int status = EXIT_UNDECIDED;

	if (!proof || proof->verdict == PROOF_PROVEN)
		status = EXIT_OK;
	else if (proof->verdict == PROOF_REFUSED)
		status = EXIT_FAILED;
	return conform_is_good(conform) ? status : command_worse(status, EXIT_FAILED);
}

static int report(const struct prove_options *options, const struct theorem *theorem,
	const struct proof *proof, const struct conform_result *conform)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (options->json)
		print_json(text, proof, conform, theorem);
	else if (!options->quiet)
		print_text(text, options, proof, conform, theorem);
	return command_worse(status_of(proof, conform), command_print(text->str, text->len));
}

static bool on_tick(void *context)
{
	(void)context;
	return !stop_asked();
}

static bool is_to_stop(void *context)
{
	(void)context;
	return stop_asked();
}

/* Are the rules those of the model? If the invariant is proven its conjuncts hold there, too. */
static struct conform_result *compare(const char *folder, const struct theorem *theorem,
	const struct proof *proof, uint64_t steps, GError **error)
{
	const struct conform_options options = { .steps = steps,
		.seed = 1,
		.looks = proof && proof->verdict == PROOF_PROVEN,
		.stop = is_to_stop };
	/* The model has neither split drops nor early reads. */
	const struct rules_options own = { .failed_execs = theorem->rules.failed_execs };
	struct conform_result *result = NULL;
	struct rules *rules;

	if (steps == 0)
		return NULL;
	rules = proof_rules_read(folder, &theorem->protocol, &own, error);
	if (rules) {
		result = conform_run(rules, &options, error);
		proof_rules_free(rules);
	}
	return result;
}

/* What was asked for, and its report. */
static int ask(const struct prove_options *options, const struct theorem *theorem,
	const struct rules *rules, const char *folder, const struct proof_options *asked,
	uint64_t steps)
{
	g_autoptr(GError) fault = NULL;
	struct proof *proof = NULL;
	struct conform_result *conform = NULL;
	int status = EXIT_OK;

	if (!asks_none(options))
		proof = proof_run(rules, folder, asked, &fault);
	if (!fault && !(proof && proof->stopped))
		conform = compare(folder, theorem, proof, steps, &fault);
	status =
		fault ? command_failed("prove: ", fault) : report(options, theorem, proof, conform);
	if (conform)
		conform_free(conform);
	if (proof)
		proof_free(proof);
	return status;
}

static int prove(const struct prove_options *options, const struct theorem *theorem)
{
	struct proof_options asked = { .tick = on_tick };
	g_autoptr(GError) fault = NULL;
	uint64_t steps = MODEL_STEPS;
	int status = EXIT_USAGE;
	struct rules *rules = NULL;
	g_autofree char *folder =
		options->rules ? g_strdup(options->rules) : place_shipped("proof");

	if (read_limits(options, &asked) && read_steps(options, &steps))
		rules = read_rules(folder, theorem, &status);
	if (!rules)
		return status;
	stop_arm();
	if (!options->write)
		status = ask(options, theorem, rules, folder, &asked, steps);
	else if (proof_write(rules, options->write, &fault))
		status = EXIT_OK;
	else
		status = command_failed("prove: ", fault);
	stop_disarm();
	proof_rules_free(rules);
	return status;
}

int cmd_prove(int argc, char **argv)
{
	struct prove_options options = { 0 };
	struct theorem theorem = { .flags = g_string_new(NULL) };
	const GOptionEntry entries[] = {
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"Prove this revision (default: the current one)", "NAME" },
		{ "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.set,
			"Set a flag of the protocol", "FLAG=VALUE" },
		{ "with", 0, 0, G_OPTION_ARG_FILENAME, &options.with,
			"Add split-drops: a drop ends in a step of its own; early-reads: a switch "
			"can "
			"act on the mode as it was earlier under its rq lock",
			"LIST" },
		{ "without", 0, 0, G_OPTION_ARG_FILENAME, &options.without,
			"Leave out failed-execs: each exec succeeds", "WHAT" },
		{ "solver", 0, 0, G_OPTION_ARG_FILENAME, &options.solver,
			"Ask only this solver (default: z3,cvc5); none: only compare with the "
			"model",
			"LIST" },
		{ "time", 't', 0, G_OPTION_ARG_FILENAME, &options.time,
			"Seconds for each question (default: 10)", "S" },
		{ "jobs", 'j', 0, G_OPTION_ARG_FILENAME, &options.jobs,
			"Ask N at the same time (default: one for each processor)", "N" },
		{ "model-steps", 0, 0, G_OPTION_ARG_FILENAME, &options.steps,
			"Take N random steps of the model: each must be an action (default: "
			"100000)",
			"N" },
		{ "table", 0, 0, G_OPTION_ARG_NONE, &options.table,
			"Also print the answers, an action in each line, a conjunct in each column",
			NULL },
		{ "write", 'w', 0, G_OPTION_ARG_FILENAME, &options.write,
			"Prove nothing: write the questions as SMT-LIB files into FOLDER",
			"FOLDER" },
		{ "rules", 0, 0, G_OPTION_ARG_FILENAME, &options.rules,
			"Read the rules in FOLDER (default: those that ship)", "FOLDER" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print one JSON object", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
			"Print nothing; the exit status says it", NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status = EXIT_USAGE;

	if (command_parse("", description, entries, &argc, &argv, &status)) {
		status = EXIT_USAGE;
		if (argc > 1)
			command_error("prove: takes no arguments; --help explains");
		else if (read_theorem(&options, &theorem))
			status = prove(&options, &theorem);
	}
	g_string_free(theorem.flags, TRUE);
	g_free(options.revision);
	g_free(options.with);
	g_free(options.without);
	g_free(options.solver);
	g_free(options.time);
	g_free(options.jobs);
	g_free(options.steps);
	g_free(options.write);
	g_free(options.rules);
	g_strfreev(options.set);
	return status;
}
