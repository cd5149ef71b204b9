/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/lanes.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/machine/describe.h"
#include "sim/record/report.h"

enum { TIME_WIDTH = 11, CELL_MAX = 12, CELL_MIN = 8, LETTERS = 26, SHOWN_NAME_MAX = 24 };

/* A task that was shown. */
struct shown_task {
	char name[SHOWN_NAME_MAX]; /* "A3": of the mm A, the third but three */
	cid_word word;             /* it ran with, last */
};

struct shown_mm {
	uint32_t number; /* in the order in which they were shown; 0: was not */
	uint32_t tasks;  /* of it that were shown */
};

struct lanes {
	const struct record_result *result;
	struct lanes_options options;
	struct record_sink sink;
	struct record_lane *now; /* by CPU */
	GHashTable *tasks;       /* pid + 1 -> struct shown_task */
	GArray *mms;             /* struct shown_mm, by account + 1 */
	uint32_t mms_shown;
	GString *text;
	uint64_t lines, left_out;
	uint64_t left_out_from_ns;
	uint64_t violations; /* shown so far */
	uint32_t cell;       /* columns */
};

static bool is_in_window(const struct lanes *lanes, uint64_t ns)
{
	g_assert(lanes->options.from_ns <= lanes->options.to_ns);
	return ns >= lanes->options.from_ns && ns <= lanes->options.to_ns;
}

/* " 3.084800", or "step 4". */
static void add_time(const struct lanes *lanes, GString *text, uint64_t ns)
{
	const struct record_result *result = lanes->result;
	g_autofree char *time = NULL;

	if (result->counts_events || result->scenario->steps_line)
		time = report_instant(result, ns);
	else
		time = g_strdup_printf("%" PRIu64 ".%06" PRIu64, ns / 1000000, ns % 1000000);
	g_string_append_printf(text, "%*s", TIME_WIDTH, time);
}

/* Lines @from, at least one, that happen at @ns. */
static void add_lines(struct lanes *lanes, uint64_t ns, const char *from)
{
	g_assert(lanes->lines <= lanes->options.lines_max);
	if (!is_in_window(lanes, ns))
		return;
	if (lanes->lines < lanes->options.lines_max) {
		g_string_append(lanes->text, from);
		lanes->lines++;
		return;
	}
	if (lanes->left_out++ == 0)
		lanes->left_out_from_ns = ns;
}

/* Marked lines */

static void mark(struct lanes *lanes, uint64_t ns, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void mark(struct lanes *lanes, uint64_t ns, const char *format, ...)
{
	va_list arguments;
	g_autofree char *words = NULL;
	g_autoptr(GString) line = g_string_new(NULL);

	va_start(arguments, format);
	words = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	add_time(lanes, line, ns);
	g_string_append(line, " -- ");
	text_fill(line, words, TIME_WIDTH + 4, LANES_WIDTH);
	g_string_append_c(line, '\n');
	add_lines(lanes, ns, line->str);
}

static const char *account_name(const struct lanes *lanes, uint32_t account)
{
	return record_account_name(lanes->result->accounts, account, "-");
}

static void mark_flip(void *context, const struct record_mode_switch *flip)
{
	struct lanes *lanes = context;
	g_autofree char *why = report_why(flip);

	mark(lanes, flip->time_ns, "%s flips to per %s: %s; a window opens",
		account_name(lanes, flip->account), flip->to_percpu ? "CPU" : "task", why);
}

static void mark_window(void *context, const struct record_window *window)
{
	struct lanes *lanes = context;
	g_autofree char *lasted =
		report_length(lanes->result, window->close_ns - window->opened.time_ns);

	mark(lanes, window->close_ns, "the window of %s closes after %s",
		account_name(lanes, window->opened.account), lasted);
}

static void mark_violations(struct lanes *lanes, uint64_t ns)
{
	const GPtrArray *violations = lanes->result->violations;

	g_assert(lanes->violations <= violations->len);
	for (; lanes->violations < violations->len; lanes->violations++) {
		const struct record_violation *violation = violations->pdata[lanes->violations];
		unsigned property = scenario_property_find(violation->property);

		g_assert(property);
		mark(lanes, ns, "%s breaks in %s: %s", violation->property,
			account_name(lanes, violation->account),
			scenario_property_describe(property));
	}
}

/* Tasks */

/* "A" for 1, "Z", "AA". */
static void print_letters(uint32_t number, char letters[8])
{
	char reversed[8];
	size_t count = 0;

	for (uint64_t left = number; left > 0; left = (left - 1) / LETTERS)
		reversed[count++] = (char)('A' + (left - 1) % LETTERS);
	g_assert(count < sizeof(reversed));
	for (size_t i = 0; i < count; i++)
		letters[i] = reversed[count - 1 - i];
	letters[count] = '\0';
}

/* The mm of @account, UINT32_MAX: of those that have none. Valid until the next call. */
static struct shown_mm *find_mm(struct lanes *lanes, uint32_t account)
{
	guint index = account + 1; /* UINT32_MAX: 0 */
	struct shown_mm *mm;

	if (lanes->mms->len <= index)
		g_array_set_size(lanes->mms, index + 1);
	mm = &g_array_index(lanes->mms, struct shown_mm, index);
	if (mm->number == 0 && account != UINT32_MAX)
		mm->number = ++lanes->mms_shown;
	return mm;
}

/* "A3": the mm A, the fourth of its tasks; "-3" without mm. */
static void name_task(struct lanes *lanes, struct shown_task *task, uint32_t account)
{
	struct shown_mm *mm = find_mm(lanes, account);
	char letters[8];

	print_letters(mm->number, letters);
	g_snprintf(task->name, sizeof(task->name), "%s%" PRIu32,
		account == UINT32_MAX ? "-" : letters, mm->tasks++);
}

/* What @lane's task is called, told at its first line. */
static struct shown_task *find_task(
	struct lanes *lanes, const struct record_lane *lane, uint64_t ns)
{
	gpointer key = GUINT_TO_POINTER(lane->task.pid);
	struct shown_task *task = g_hash_table_lookup(lanes->tasks, key);

	g_assert(lane->task.pid > 0);
	if (task)
		return task;
	task = g_new0(struct shown_task, 1);
	task->word = CID_UNSET;
	g_hash_table_insert(lanes->tasks, key, task);
	if (lanes->result->scenario->steps_line) {
		g_strlcpy(task->name, lane->task.name, sizeof(task->name));
		return task;
	}
	name_task(lanes, task, lane->account);
	mark(lanes, ns, "%s is %s %" PRIu32 "%s%s", task->name, text_clean(lane->task.name),
		lane->task.pid, lane->account == UINT32_MAX ? "" : " of ",
		lane->account == UINT32_MAX ? "" : account_name(lanes, lane->account));
	return task;
}

/* Cells */

static bool is_same(const struct record_lane *a, const struct record_lane *b)
{
	return a->task.pid == b->task.pid && a->account == b->account && a->word == b->word &&
	       a->cpu_word == b->cpu_word && a->unknown == b->unknown && a->spins == b->spins;
}

/* The CPU owns a number, and its task has another one or none. */
static bool owns_other(const struct record_lane *lane)
{
	return cid_is_cpu_owned(lane->cpu_word) && lane->cpu_word != lane->word;
}

static void print_cell(const struct lanes *lanes, const struct record_lane *lane, GString *cell)
{
	char word[DESCRIBE_WORD_MAX];
	const struct shown_task *task =
		g_hash_table_lookup(lanes->tasks, GUINT_TO_POINTER(lane->task.pid));

	g_assert(task || lane->task.pid == 0);
	g_string_append(cell, task ? task->name : ".");
	if (lane->unknown)
		g_string_append(cell, ":~");
	else if (lane->account != UINT32_MAX && task)
		g_string_append_printf(
			cell, ":%s%s", describe_word(lane->word, word), lane->spins ? "?" : "");
	if (owns_other(lane))
		g_string_append_printf(cell, "/%s", describe_word(lane->cpu_word, word));
}

/* Do tasks get a name now? Where lines are only counted nobody needs it. */
static bool is_named(const struct lanes *lanes, uint64_t ns)
{
	return is_in_window(lanes, ns) && (lanes->left_out == 0 || lanes->options.compact);
}

/* What differs between two looks. */
struct difference {
	bool any, spins; /* ... of any CPU; a get has begun or ended to spin */
	bool *cpus;      /* by CPU */
};

static void take(struct lanes *lanes, lanes_get get, void *context, struct difference *difference)
{
	g_assert(get && difference->cpus);
	for (uint32_t cpu = 0; cpu < lanes->result->scenario->cpus_count; cpu++) {
		struct record_lane lane, *old = &lanes->now[cpu];

		get(context, cpu, &lane);
		difference->cpus[cpu] = !is_same(&lane, old);
		difference->any |= difference->cpus[cpu];
		difference->spins |= lane.spins != old->spins;
		*old = lane;
	}
}

/* Give each task that runs its name, and note its word. Returns whether one of them differs. */
static bool note_words(struct lanes *lanes, uint64_t ns)
{
	bool differs = false;

	for (uint32_t cpu = 0; cpu < lanes->result->scenario->cpus_count; cpu++) {
		const struct record_lane *lane = &lanes->now[cpu];
		struct shown_task *task = lane->task.pid > 0 ? find_task(lanes, lane, ns) : NULL;

		if (!task || lane->account == UINT32_MAX || lane->unknown)
			continue;
		differs |= task->word != lane->word;
		task->word = lane->word;
	}
	return differs;
}

static void add_row(struct lanes *lanes, uint64_t ns, const bool *changed)
{
	g_autoptr(GString) line = g_string_new(NULL);
	g_autoptr(GString) cell = g_string_new(NULL);

	if (!is_named(lanes, ns)) {
		add_lines(lanes, ns, "");
		return;
	}
	add_time(lanes, line, ns);
	g_string_append_c(line, ' ');
	for (uint32_t cpu = 0; cpu < lanes->result->scenario->cpus_count; cpu++) {
		g_string_assign(cell, changed[cpu] ? "*" : " ");
		print_cell(lanes, &lanes->now[cpu], cell);
		g_string_append_printf(line, "%-*s", (int)lanes->cell, cell->str);
	}
	while (line->str[line->len - 1] == ' ')
		g_string_truncate(line, line->len - 1);
	g_string_append_c(line, '\n');
	add_lines(lanes, ns, line->str);
}

void lanes_look(struct lanes *lanes, uint64_t now_ns, lanes_get get, void *context)
{
	g_autofree bool *cpus = g_new0(bool, lanes->result->scenario->cpus_count);
	struct difference difference = { .cpus = cpus };
	bool words;

	take(lanes, get, context, &difference);
	words = is_named(lanes, now_ns) && note_words(lanes, now_ns);
	if (lanes->options.compact ? words || difference.spins : difference.any)
		add_row(lanes, now_ns, cpus);
	mark_violations(lanes, now_ns);
}

struct lanes *lanes_new(const struct record_result *result, const struct lanes_options *options)
{
	struct lanes *lanes = g_new0(struct lanes, 1);
	uint32_t count = result->scenario->cpus_count;

	g_assert(options->from_ns <= options->to_ns && options->lines_max > 0);
	lanes->result = result;
	lanes->options = *options;
	lanes->sink = (struct record_sink){
		.context = lanes, .mode_switch = mark_flip, .window = mark_window
	};
	lanes->now = g_new0(struct record_lane, count);
	for (uint32_t cpu = 0; cpu < count; cpu++)
		lanes->now[cpu].account = UINT32_MAX;
	lanes->tasks = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	lanes->mms = g_array_new(FALSE, TRUE, sizeof(struct shown_mm));
	lanes->text = g_string_new(NULL);
	lanes->cell = CLAMP((LANES_WIDTH - TIME_WIDTH - 1) / count, CELL_MIN, CELL_MAX);
	return lanes;
}

void lanes_free(struct lanes *lanes)
{
	if (!lanes)
		return;
	g_free(lanes->now);
	g_hash_table_unref(lanes->tasks);
	g_array_free(lanes->mms, TRUE);
	g_string_free(lanes->text, TRUE);
	g_free(lanes);
}

const struct record_sink *lanes_sink(struct lanes *lanes)
{
	return &lanes->sink;
}

static void add_head(const struct lanes *lanes, GString *text)
{
	g_string_append_printf(text, "Timeline%s\n",
		lanes->result->counts_events || lanes->result->scenario->steps_line
			? ""
			: ", in ms of simulated time");
	g_string_append(text,
		"  TASK:1  task with CID 1   1c  owned by the CPU    *  this CPU has changed\n"
		"  TASK:-  without CID       1t  in transit          .  idle\n"
		"  .../1c  this CPU owns 1   ?   its get spins       ~  its CID is not known\n");
	g_string_append_printf(text, "%*s ", TIME_WIDTH, "");
	for (uint32_t cpu = 0; cpu < lanes->result->scenario->cpus_count; cpu++) {
		g_autofree char *name =
			g_strdup_printf(" CPU%u", lanes->result->scenario->cpu_ids[cpu]);

		g_string_append_printf(text, "%-*s", (int)lanes->cell, name);
	}
	while (text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
	g_string_append_c(text, '\n');
}

static void add_end(const struct lanes *lanes, GString *text)
{
	char from[32];

	if (lanes->left_out == 0)
		return;
	g_assert(lanes->left_out_from_ns >= lanes->options.from_ns);
	g_snprintf(from, sizeof(from), "%" PRIu64 "ns", lanes->left_out_from_ns);
	g_string_append_printf(
		text, "  … %" PRIu64 " more lines; --from %s shows them\n", lanes->left_out, from);
}

char *lanes_text(const struct lanes *lanes)
{
	GString *text = g_string_new(NULL);

	add_head(lanes, text);
	g_string_append_len(text, lanes->text->str, (gssize)lanes->text->len);
	if (lanes->lines == 0)
		g_string_append(text, "  nothing happens in this time\n");
	add_end(lanes, text);
	return g_string_free(text, FALSE);
}
