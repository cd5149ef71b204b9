/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/faults.h"
#include "sim/base/text.h"
#include "sim/base/version.h"

enum {
	ROWS_MAX = 10,   /* mode switches and windows listed */
	PASSED_MAX = 20, /* expectations listed that hold */
};

static const char *account_name(const struct record_result *result, uint32_t account)
{
	return record_account_name(result->accounts, account, "-");
}

static const char *direction(bool to_percpu)
{
	return to_percpu ? "CPU" : "task";
}

static void print_more(GString *text, uint64_t total, guint shown, const char *file)
{
	g_assert(total >= shown);
	if (total > shown)
		g_string_append_printf(
			text, "  … %" PRIu64 " more: with -o DIR, see %s\n", total - shown, file);
}

char *report_why(const struct record_mode_switch *flip)
{
	const char *users = flip->users == 1 ? "user" : "users";

	if (flip->to_percpu)
		return g_strdup_printf("%" PRIu32 " %s > max_cids %" PRIu32, flip->users, users,
			flip->max_cids_after);
	if (flip->users < flip->thrs_before)
		return g_strdup_printf("%" PRIu32 " %s < threshold %" PRIu32, flip->users, users,
			flip->thrs_before);
	/* a policy that records no threshold of entry */
	return g_strdup_printf("%" PRIu32 " %s fit in max_cids %" PRIu32, flip->users, users,
		flip->max_cids_after);
}

static void mode_row(struct text_table *table, const struct record_result *result,
	const struct record_mode_switch *flip)
{
	g_assert(flip->cpu < result->scenario->cpus_count);
	text_table_take(table, report_instant(result, flip->time_ns));
	text_table_cell(table, account_name(result, flip->account));
	text_table_cell(table, direction(flip->to_percpu));
	text_table_cell(table, model_trigger_to_string(flip->trigger));
	text_table_take(table, report_why(flip));
	text_table_number(table, flip->allowed_count);
	text_table_number(table, result->scenario->cpu_ids[flip->cpu]);
	if (flip->pid)
		text_table_number(table, flip->pid);
	else
		text_table_cell(table, "work");
}

/* Parts of @permille that a reader knows: "/4"; else in per cents. */
static char *share(const char *of, uint32_t permille)
{
	if (permille > 0 && 1000 % permille == 0)
		return g_strdup_printf("%s/%" PRIu32, of, 1000 / permille);
	return g_strdup_printf("%" PRIu32 ".%" PRIu32 " %% of %s", permille / 10, permille % 10, of);
}

/* docs/protocol.md, section 3, with the flags of the revision. */
static void print_formulas(GString *text, const struct scenario *scenario)
{
	static const char *const caps[] = {
		[THRS_CAP_POSSIBLE] = ", possible/2",
		[THRS_CAP_NR_CPU_IDS] = ", nr_cpu_ids/2",
		[THRS_CAP_NONE] = "",
		[THRS_CAP_ALLOWED] = ", allowed/2",
	};
	const struct protocol *protocol = &scenario->protocol;
	g_autofree char *above = share("opt", protocol->allowance);
	g_autofree char *below = share("opt", protocol->thrs_gap);
	gsize from = text->len;

	g_assert(protocol->thrs_cap < G_N_ELEMENTS(caps));
	g_string_append_printf(text,
		"  max_cids = min(opt + %s, possible %" PRIu32 "), opt = min(users, allowed)\n",
		above, scenario->cpus_count);
	if (protocol->thrs_policy == THRS_NONE)
		g_string_append(text, "  threshold = max_cids + 1\n");
	else
		g_string_append_printf(text,
			"  threshold = min(opt - %s%s), at least %" PRIu32 ", %s\n", below,
			caps[protocol->thrs_cap], protocol->thrs_floor,
			protocol->thrs_policy == THRS_RECORDED ? "recorded at the flip to per CPU"
							       : "computed anew each time");
	text_wrap(text, from);
}

static void print_mode_switches(GString *text, const struct record_result *result, uint64_t total)
{
	guint shown = MIN(result->mode_switches->len, ROWS_MAX);
	struct text_table *table;

	if (!shown)
		return;
	g_string_append(text, "\nMode switches\n");
	table = text_table_with_head("rllll|rrr", "time|mm|to|by|because|allowed|CPU|pid");
	for (guint i = 0; i < shown; i++)
		mode_row(table, result,
			&g_array_index(result->mode_switches, struct record_mode_switch, i));
	text_table_print(table, text);
	print_more(text, total, shown, "modes.csv");
	print_formulas(text, result->scenario);
}

static void window_row(struct text_table *table, const struct record_result *result,
	const struct record_window *window)
{
	g_assert(window->opened.time_ns <= window->close_ns);
	text_table_take(table, report_instant(result, window->opened.time_ns));
	text_table_cell(table, account_name(result, window->opened.account));
	text_table_cell(table, direction(window->opened.to_percpu));
	text_table_take(
		table, report_length(result, window->close_ns - window->opened.time_ns));
	text_table_number(table, window->steps);
	text_table_number(table, window->moved);
	text_table_number(table, window->dropped);
	text_table_number(table, window->handed);
	text_table_number(table, window->settled);
	text_table_number(table, window->out_dropped);
	text_table_number(table, window->spins);
	text_table_take(table, report_length(result, window->preempted_ns));
}

static void print_window_list(GString *text, const struct record_result *result, uint64_t total)
{
	guint shown = MIN(result->windows->len, ROWS_MAX);
	struct text_table *table;

	if (!shown)
		return;
	g_string_append(text,
		"\nInside the windows: CIDs moved and dropped by the walk; handed over, "
		"settled and\ngiven back by switches; how long the initiator was "
		"off its CPU\n");
	table = text_table_with_head("rllr|rrr|rrrrr",
		"opened|mm|to|lasted|steps|moved|dropped|handed|settled|back|spins|off CPU");
	for (guint i = 0; i < shown; i++)
		window_row(table, result, &g_array_index(result->windows, struct record_window, i));
	text_table_print(table, text);
	print_more(text, total, shown, "windows.csv");
}

static void print_lists(GString *text, const struct record_result *result)
{
	uint64_t switches = 0, windows = 0;

	for (guint i = 0; i < result->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(result->accounts, i);

		switches += account->to_percpu + account->to_task;
		windows += account->windows.count;
	}
	print_mode_switches(text, result, switches);
	print_window_list(text, result, windows);
}

static void print_violation(
	GString *text, const struct record_result *result, const struct record_violation *violation)
{
	unsigned property = scenario_property_find(violation->property);
	char *time = report_instant(result, violation->time_ns);
	char **lines = g_strsplit(violation->text ? violation->text : "", "\n", 0);

	g_assert(property);
	g_string_append_printf(text, "  %s  %s in %s: %s\n", time, violation->property,
		account_name(result, violation->account), scenario_property_describe(property));
	for (char **line = lines; *line; line++) {
		if (**line)
			g_string_append_printf(text, "    %s\n", *line);
	}
	g_strfreev(lines);
	g_free(time);
}

static void print_violations(GString *text, const struct record_result *result)
{
	gsize from = text->len;

	g_assert(result->violations->len <= result->violations_count);
	if (!result->violations_count)
		return;
	g_string_append_printf(
		text, "\nBroken properties: %" PRIu64 "\n", result->violations_count);
	for (guint i = 0; i < result->violations->len; i++)
		print_violation(text, result, g_ptr_array_index(result->violations, i));
	if (result->violations_count > result->violations->len)
		g_string_append_printf(text, "  … %" PRIu64 " more\n",
			result->violations_count - result->violations->len);
	text_wrap(text, from);
}

static void verdict_row(struct text_table *table, const struct record_result *result,
	const struct record_verdict *verdict)
{
	text_table_cell(table, verdict->passed ? "PASS" : "FAIL");
	text_table_take(table, line_files_path(&result->scenario->files, verdict->expect->line));
	text_table_cell(table, verdict->expect->text);
	text_table_take(table, g_strdup_printf("found %s", verdict->found));
}

/* Of those that fail: from when on they could not hold. */
static void print_failed(GString *text, const struct record_result *result)
{
	for (guint i = 0; i < result->verdicts->len; i++) {
		const struct record_verdict *verdict = g_ptr_array_index(result->verdicts, i);
		const struct place place = { verdict->expect->line,
			verdict->expect->line == 0 ? "--set" : NULL };
		g_autofree char *failed = report_failed(result, verdict), *where = NULL;

		if (!failed)
			continue;
		where = place_to_string(&result->scenario->files, place);
		g_string_append_printf(
			text, "  %s, %s: %s\n", where, verdict->expect->text, failed);
	}
}

/* All that fail, and the first that hold, in the order of the file. */
static void print_verdicts(GString *text, const struct record_result *result)
{
	struct text_table *table;
	uint64_t passed = 0;

	if (!result->verdicts->len)
		return;
	g_string_append(text, "\nExpectations\n");
	table = text_table_with_head("llll", "|where|expected|");
	for (guint i = 0; i < result->verdicts->len; i++) {
		const struct record_verdict *verdict = g_ptr_array_index(result->verdicts, i);

		if (verdict->passed && ++passed > PASSED_MAX)
			continue;
		verdict_row(table, result, verdict);
	}
	text_table_print(table, text);
	if (passed > PASSED_MAX)
		g_string_append_printf(
			text, "  … %" PRIu64 " more that hold\n", passed - PASSED_MAX);
	print_failed(text, result);
}

char *report_flags(const struct scenario *scenario)
{
	GString *text = g_string_new(NULL);
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	for (size_t i = 0; i < count; i++) {
		char own[32], usual[32];

		protocol_get(&scenario->protocol, &flags[i], own, sizeof(own));
		protocol_get(&scenario->revision->protocol, &flags[i], usual, sizeof(usual));
		if (strcmp(own, usual) != 0)
			g_string_append_printf(
				text, "%s%s=%s", text->len ? " " : "", flags[i].name, own);
	}
	return g_string_free(text, FALSE);
}

char *report_revision(const struct scenario *scenario)
{
	g_autofree char *flags = report_flags(scenario);

	g_assert(scenario->revision);
	return g_strconcat(scenario->revision->name, *flags ? " with " : "", flags, NULL);
}

static void print_head(GString *text, const struct record_result *result)
{
	const struct scenario *scenario = result->scenario;
	g_autofree char *revision = report_revision(scenario);
	g_autofree char *what = g_strdup_printf(
		"cidsim " CIDSIM_VERSION "  %s", text_clean(scenario->path));
	g_autofree char *how = g_strdup_printf("  revision %s  seed %" PRIu64 "  digest %016" PRIx64,
		revision, scenario->seed, result->digest);

	text_head(text, what, how);
	if (scenario->title && *scenario->title)
		g_string_append_printf(text, "%s\n", scenario->title);
}

static void print_totals(GString *text, const struct record_result *result)
{
	const struct scenario *scenario = result->scenario;
	gsize from = text->len;
	char *simulated = text_time(result->end_ns);
	char *idle = text_percent(result->idle_ns / scenario->cpus_count, result->end_ns);

	g_string_append_printf(text, "\n  %s simulated, ended: %s; %" PRIu64 " events\n", simulated,
		result->ended, result->events);
	g_string_append_printf(text,
		"  %" PRIu32 " possible CPUs, idle %s; %" PRIu64 " switches, %" PRIu64
		" migrations, %" PRIu64 " wake-ups\n",
		scenario->cpus_count, idle, result->switches, result->migrations, result->wakeups);
	g_string_append_printf(text,
		"  at most %" PRIu32 " tasks; %" PRIu64 " forks, %" PRIu64 " exits, %" PRIu64
		" execs, %" PRIu64 " affinity changes\n",
		result->tasks_max, result->forks, result->exits, result->execs,
		result->affinity_changes);
	text_wrap(text, from);
	g_free(simulated);
	g_free(idle);
}

char **report_command_words(const struct scenario *scenario)
{
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();
	bool is_option = scenario->path[0] == '-' && scenario->path[1];
	g_autofree char *path = g_strconcat(is_option ? "./" : "", scenario->path, NULL);

	g_assert(scenario->verb);
	g_strv_builder_add_many(words, "cidsim", scenario->verb, path, NULL);
	if (strcmp(scenario->verb, "run") == 0) {
		g_autofree char *seed = g_strdup_printf("%" PRIu64, scenario->seed);

		g_strv_builder_add_many(words, "--seed", seed, NULL);
	}
	if (scenario->asked)
		g_strv_builder_addv(words, (const char **)scenario->asked);
	return g_strv_builder_end(words);
}

char *report_command(const struct scenario *scenario)
{
	g_auto(GStrv) words = report_command_words(scenario);

	return text_shell_line((const char *const *)words);
}

/* Behind the number of broken properties. */
static const char *as_expected(const struct record_result *result)
{
	if (record_result_outcome(result) == OUTCOME_OK)
		return ", as expected";
	if (record_result_outcome(result) == OUTCOME_FAILED && result->verdicts->len > 0 &&
		!result->verdicts_failed)
		return ", not all of them expected";
	return "";
}

static void print_verdict(GString *text, const struct record_result *result)
{
	uint64_t verdicts = result->verdicts->len;
	enum record_outcome outcome = record_result_outcome(result);
	static const char *const words[] = { "PASS", "FAIL", "UNDECIDED" };
	gsize from = text->len;
	char *command;

	g_assert((size_t)outcome < G_N_ELEMENTS(words));
	g_assert(result->verdicts_failed <= verdicts);
	g_string_append_printf(text, "\n%s: ", words[outcome]);
	if (record_result_cut_short(result))
		g_string_append_printf(text, "cut short (%s); ", result->ended);
	if (!verdicts)
		g_string_append(text, "nothing was expected");
	else
		g_string_append_printf(text, "%" PRIu64 " of %" PRIu64 " expectations hold",
			verdicts - result->verdicts_failed, verdicts);
	if (result->violations_count)
		g_string_append_printf(text, "; broken properties: %" PRIu64 "%s\n",
			result->violations_count, as_expected(result));
	else
		g_string_append(text, "; no property broken\n");
	if (result->verdicts_failed && scenario_is_asked(result->scenario, "--set"))
		g_string_append(text, "What is expected holds for the scenario without --set; "
				      "--no-expect leaves it out\n");
	text_wrap(text, from);
	command = report_command(result->scenario);
	g_string_append_printf(text, "To repeat: %s\n", command);
	if (*version_commit())
		g_string_append_printf(text, "Built from commit %s\n", version_commit());
	g_free(command);
}

void report_body(GString *text, const struct record_result *result)
{
	report_accounts(text, result);
	print_lists(text, result);
}

void report_print(GString *text, const struct record_result *result)
{
	print_head(text, result);
	if (result->scenario->steps_line) {
		report_steps(text, result);
	} else {
		print_totals(text, result);
		report_body(text, result);
		print_violations(text, result);
	}
	print_verdicts(text, result);
	print_verdict(text, result);
}
