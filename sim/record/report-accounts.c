/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/report.h"

#include <inttypes.h>

#include "sim/base/numbers.h"
#include "sim/base/text.h"

enum { ROWS_MAX = 10 }; /* accounts listed; with more of them the most interesting */

/* The accounts to show: all, or a sum and those that are worth a look. */
struct chosen {
	GPtrArray *accounts;        /* struct record_account, in the order to show */
	guint lived;                /* how many have had users */
	struct record_account *sum; /* NULL if all are shown */
};

static uint64_t flips(const struct record_account *account)
{
	return account->to_percpu + account->to_task;
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

/* Most flips first, then the longest in windows, then most users. GLib's sort is stable, so what
 * is equal stays in the order of the scenario. */
static gint compare_interest(gconstpointer first, gconstpointer second)
{
	const struct record_account *a = *(const struct record_account *const *)first;
	const struct record_account *b = *(const struct record_account *const *)second;
	int order = compare(flips(a), flips(b));

	if (!order)
		order = compare(a->windows.sum, b->windows.sum);
	if (!order)
		order = compare(a->users_max, b->users_max);
	return order;
}

static void choose(struct chosen *chosen, const struct record_result *result)
{
	chosen->accounts = g_ptr_array_new();
	for (guint i = 0; i < result->accounts->len; i++) {
		struct record_account *account = g_ptr_array_index(result->accounts, i);

		if (account->users_max)
			g_ptr_array_add(chosen->accounts, account);
	}
	chosen->lived = chosen->accounts->len;
	chosen->sum = NULL;
	if (chosen->lived <= ROWS_MAX)
		return;
	chosen->sum = g_new0(struct record_account, 1);
	chosen->sum->name = g_strdup_printf("all %u", chosen->lived);
	for (guint i = 0; i < chosen->lived; i++)
		record_account_add(chosen->sum, g_ptr_array_index(chosen->accounts, i));
	g_ptr_array_sort(chosen->accounts, compare_interest);
	g_ptr_array_set_size(chosen->accounts, ROWS_MAX);
	g_ptr_array_insert(chosen->accounts, 0, chosen->sum);
	g_assert(chosen->accounts->len == ROWS_MAX + 1 && chosen->lived > ROWS_MAX);
}

static void chosen_clear(struct chosen *chosen)
{
	g_ptr_array_free(chosen->accounts, TRUE);
	if (chosen->sum)
		g_free(chosen->sum->name);
	g_free(chosen->sum);
}

static void range_cell(struct text_table *table, const struct record_range *range)
{
	g_assert(range->min <= range->max);
	if (!range->count)
		text_table_cell(table, "-");
	else if (range->min == range->max)
		text_table_number(table, range->min);
	else
		text_table_take(
			table, g_strdup_printf("%" PRIu32 "-%" PRIu32, range->min, range->max));
}

/* 0 = there is none: in a leave formula, the threshold can not be undercut. */
static void formula_cell(struct text_table *table, const struct record_account *account,
	const struct chosen *chosen, uint32_t users)
{
	if (account == chosen->sum)
		text_table_cell(table, "");
	else if (!users)
		text_table_cell(table, "never");
	else
		text_table_number(table, users);
}

/* Does it go there and back again and again? */
static bool flaps(const struct record_account *account)
{
	return account->to_percpu >= 2 && account->to_task >= 2 && account->formula_leave > 0 &&
	       account->lived_ns > 0;
}

/* What would end the flips of @account, which flaps. */
static void print_flaps(GString *text, const struct record_account *account, bool counts_events)
{
	uint64_t rate = number_ratio(flips(account), account->lived_ns, UINT64_C(1000000000));

	g_string_append_printf(text, "  %s flaps, ", account->name);
	if (counts_events)
		g_string_append_printf(text, "%" PRIu64 " flips", flips(account));
	else
		g_string_append_printf(text, "%" PRIu64 " flips per second", rate);
	g_string_append_printf(text,
		". With the CPUs allowed it stays\n"
		"    per CPU  as long as it has %" PRIu32 " users or more\n"
		"    per task as long as it has %" PRIu32 " users or fewer\n",
		account->formula_leave + 1, account->formula_enter - 1);
	if (account->allowed_to_stay)
		g_string_append_printf(text,
			"    per task with up to %" PRIu32 " users, if %" PRIu32
			" CPUs or more are allowed\n",
			account->users_max, account->allowed_to_stay);
}

static void print_modes(GString *text, const struct chosen *chosen, bool counts_events)
{
	struct text_table *table = text_table_with_head(
		"lrrrr|rrrr", "mm|users|to CPU|enters at|formula|to task|leaves at|formula|per CPU");

	g_string_append(
		text, "\nMode: flips, and the users right after the fork or exit that flipped\n");
	for (guint i = 0; i < chosen->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(chosen->accounts, i);

		text_table_cell(table, account->name);
		text_table_number(table, account->users_max);
		text_table_number(table, account->to_percpu);
		range_cell(table, &account->enter_users);
		formula_cell(table, account, chosen, account->formula_enter);
		text_table_number(table, account->to_task);
		range_cell(table, &account->leave_users);
		formula_cell(table, account, chosen, account->formula_leave);
		text_table_take(table, text_percent(account->percpu.sum_low, account->lived_ns));
	}
	text_table_print(table, text);
	for (guint i = 0; i < chosen->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(chosen->accounts, i);

		if (account != chosen->sum && flaps(account))
			print_flaps(text, account, counts_events);
	}
}

static void mean_cell(struct text_table *table, const struct record_gauge *gauge, uint64_t ns)
{
	text_table_take(table, ns ? text_milli(record_gauge_mean_milli(gauge, ns)) : g_strdup("-"));
}

static void print_spans(GString *text, const struct chosen *chosen)
{
	struct text_table *table = text_table_with_head(
		"lrrrrr|rr", "mm|span max|mean|optimum max|mean|span/optimum|taken max|mean");

	g_string_append(text, "\nCIDs: span (highest taken + 1) against the optimum min(users, "
			      "CPUs allowed)\n");
	for (guint i = 0; i < chosen->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(chosen->accounts, i);
		uint64_t ns = account->lived_ns;
		uint64_t span = record_gauge_mean_milli(&account->span, ns);
		uint64_t optimum = record_gauge_mean_milli(&account->optimum, ns);

		text_table_cell(table, account->name);
		text_table_number(table, account->span.max);
		mean_cell(table, &account->span, ns);
		text_table_number(table, account->optimum.max);
		mean_cell(table, &account->optimum, ns);
		text_table_take(table,
			optimum ? text_milli(number_ratio(span, optimum, 1000)) : g_strdup("-"));
		text_table_number(table, account->taken.max);
		mean_cell(table, &account->taken, ns);
	}
	text_table_print(table, text);
}

static void length_cell(struct text_table *table, const struct record_result *result,
	const struct record_histogram *windows, uint64_t ns)
{
	text_table_take(table, windows->count ? report_length(result, ns) : g_strdup("-"));
}

static bool had_windows(const struct chosen *chosen)
{
	for (guint i = 0; i < chosen->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(chosen->accounts, i);

		if (account->windows.count || account->windows_open)
			return true;
	}
	return false;
}

static void print_windows(
	GString *text, const struct chosen *chosen, const struct record_result *result)
{
	struct text_table *table = text_table_with_head(
		"lrrrr|rrr", "mm|windows|median|p99|longest|in all|of its life|open");

	g_string_append(text, "\nTransit windows: from flip to complete\n");
	for (guint i = 0; i < chosen->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(chosen->accounts, i);
		const struct record_histogram *windows = &account->windows;

		text_table_cell(table, account->name);
		text_table_number(table, windows->count);
		length_cell(table, result, windows, record_histogram_quantile(windows, 500));
		length_cell(table, result, windows, record_histogram_quantile(windows, 990));
		length_cell(table, result, windows, windows->max);
		length_cell(table, result, windows, windows->sum);
		text_table_take(table, text_percent(account->transit.sum_low, account->lived_ns));
		text_table_number(table, account->windows_open);
	}
	text_table_print(table, text);
}

static void print_costs(
	GString *text, const struct chosen *chosen, const struct record_result *result)
{
	struct text_table *table = text_table_with_head("lrrrr|rr|rrr",
		"mm|switches in|fast path|bit ops|per switch|spins|spinning|CID changes|"
		"of CPUs|deferred");

	g_string_append(text, "\nCost\n");
	for (guint i = 0; i < chosen->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(chosen->accounts, i);
		const uint64_t *count = account->observer.count;
		uint64_t switches = count[OBSERVE_SWITCHES_IN];
		uint64_t ops = number_ratio(count[OBSERVE_BIT_OPS], switches, 1000);

		text_table_cell(table, account->name);
		text_table_number(table, switches);
		text_table_take(table, text_percent(count[OBSERVE_FAST_PATH], switches));
		text_table_number(table, count[OBSERVE_BIT_OPS]);
		text_table_take(table, switches ? text_milli(ops) : g_strdup("-"));
		text_table_number(table, count[OBSERVE_SPINS]);
		text_table_take(table, report_length(result, account->spin_ns));
		text_table_number(table, account->task_cid_changes);
		text_table_number(table, account->cpu_cid_changes);
		text_table_number(table, account->deferred_runs);
	}
	text_table_print(table, text);
}

static bool had_given_up(const struct chosen *chosen)
{
	for (guint i = 0; i < chosen->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(chosen->accounts, i);

		if (account->gave_up)
			return true;
	}
	return false;
}

/* Seldom, and a column more would make the lines of the table above too long. */
static void print_gave_up(GString *text, const struct chosen *chosen)
{
	struct text_table *table = text_table_with_head("lr", "mm|times");

	g_string_append(text, "\nGets that gave up: the task went on without a CID\n");
	for (guint i = 0; i < chosen->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(chosen->accounts, i);

		text_table_cell(table, account->name);
		text_table_number(table, account->gave_up);
	}
	text_table_print(table, text);
}

/* User space has data for each CID up to the highest one that it has seen. */
static void print_memory(
	GString *text, const struct chosen *chosen, uint64_t bytes, uint64_t possible)
{
	struct text_table *table =
		text_table_with_head("lrrr", "mm|bytes touched|with the optimum|per CPU");

	g_assert(bytes > 0 && bytes <= UINT32_MAX);
	g_string_append_printf(text,
		"\nMemory of per-CID data, %" PRIu64 " bytes per CID: up to the largest span,\n"
		"with the optimum, and with data per possible CPU instead\n",
		bytes);
	for (guint i = 0; i < chosen->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(chosen->accounts, i);

		if (account == chosen->sum)
			continue;
		text_table_cell(table, account->name);
		text_table_number(table, account->span.max * bytes);
		text_table_number(table, account->optimum.max * bytes);
		text_table_number(table, possible * bytes);
	}
	text_table_print(table, text);
}

void report_accounts(GString *text, const struct record_result *result)
{
	struct chosen chosen;
	gsize from = text->len;

	choose(&chosen, result);
	if (chosen.sum)
		g_string_append_printf(text,
			"\n  %u mms: all together, and the %d with the most flips, then the "
			"longest in windows\n",
			chosen.lived, ROWS_MAX);
	text_wrap(text, from);
	if (chosen.accounts->len) {
		print_modes(text, &chosen, result->counts_events);
		print_spans(text, &chosen);
		if (result->scenario->bytes_per_cid > 0)
			print_memory(text, &chosen, result->scenario->bytes_per_cid,
				result->scenario->cpus_count);
		if (had_windows(&chosen))
			print_windows(text, &chosen, result);
		print_costs(text, &chosen, result);
		if (had_given_up(&chosen))
			print_gave_up(text, &chosen);
	}
	chosen_clear(&chosen);
}
