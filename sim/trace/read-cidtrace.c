/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/state.h"
#include "sim/trace/cidtrace-section.h"
#include "sim/trace/scan.h"

/*
 * The compact form:
 *
 *     SEQ CPU PID EVENT ARGS… | MODE USERS MAX THRS ALLOWED DEFERRED MASK POOL | WORD… | CURRENT…
 *
 * A section is cut off at its bar; a section or a value may be "?".
 */

struct cidtrace {
	uint32_t cpus_count; /* CPU words and current tasks of a line; 0 = not known yet */
	uint64_t allowed[TRACE_MASK_WORDS], pool[TRACE_MASK_WORDS];
	uint32_t words[TRACE_CPUS_MAX];
	struct trace_task *currents; /* TRACE_CPUS_MAX, once there were some */
};

static bool read_mode(struct section *section, struct trace_mm *mm, bool *known, GError **error)
{
	const char *word = section_take(section);
	static const struct {
		const char *text;
		uint8_t mode;
	} modes[] = {
		{ "task", 0 },
		{ "cpu", MODE_PER_CPU },
		{ "task+t", MODE_TRANSIT },
		{ "cpu+t", MODE_PER_CPU | MODE_TRANSIT },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
		if (word[0] == modes[i].text[0] && strcmp(word, modes[i].text) == 0) {
			mm->mode = modes[i].mode;
			return true;
		}
	}
	*known = false;
	return strcmp(word, "?") == 0 ||
	       section_fail(section, word, "the mode", "task or cpu, with +t in a window", error);
}

/* A number, or "?": then @known becomes false. */
static bool read_value(
	struct section *section, const char *what, uint32_t *value, bool *known, GError **error)
{
	const char *at = scan_blanks(section->at);

	if (at[0] == '?') {
		*known = false;
		section_take(section);
		return true;
	}
	return section_take_number32(section, what, UINT32_MAX, value, error);
}

static bool read_mm(
	struct cidtrace *state, struct section *section, struct trace_event *event, GError **error)
{
	struct trace_mm *mm = &event->mm;
	bool known = true, deferred_known = true;
	uint32_t deferred = 0;

	mm->address = CIDTRACE_MM;
	if (section_is_unknown(section))
		return true;
	if (!read_mode(section, mm, &known, error) ||
		!read_value(section, "users", &mm->users, &known, error) ||
		!read_value(section, "max_cids", &mm->max_cids, &known, error) ||
		!read_value(section, "pcpu_thrs", &mm->pcpu_thrs, &known, error) ||
		!read_value(
			section, "the number of allowed CPUs", &mm->allowed_count, &known, error) ||
		!read_value(section, "update_deferred", &deferred, &deferred_known, error) ||
		!section_take_bits(
			section, "the allowed CPUs", state->allowed, &event->allowed, error) ||
		!section_take_bits(section, "the pool", state->pool, &event->pool, error))
		return false;
	mm->known = known;
	if (deferred_known)
		mm->deferred = deferred != 0;
	g_assert(mm->address == CIDTRACE_MM);
	return section_check_end(section, error);
}

static bool check_count(
	struct cidtrace *state, const struct section *section, uint32_t count, GError **error)
{
	g_assert(count <= TRACE_CPUS_MAX);
	if (state->cpus_count == 0)
		state->cpus_count = count;
	return count == state->cpus_count ||
	       trace_fail(section->trace, error, "%u values in the section of %s, expected %u",
		       count, section->name, state->cpus_count);
}

static bool read_words(
	struct cidtrace *state, struct section *section, struct trace_event *event, GError **error)
{
	uint32_t count = 0;
	const char *word;

	if (section_is_unknown(section))
		return true;
	while (*(word = section_take(section)) && count < TRACE_CPUS_MAX) {
		const char *end = section_scan_cid(word, &state->words[count++]);

		if (!end || *end != '\0')
			return section_fail(section, word, "the word of a CPU",
				"a number, with c or t, or '-'", error);
	}
	event->cpu_words = state->words;
	event->cpus_count = count;
	if (event->cpu < count)
		event->cpu_word = state->words[event->cpu];
	return check_count(state, section, count, error);
}

static bool read_currents(
	struct cidtrace *state, struct section *section, struct trace_event *event, GError **error)
{
	uint32_t count = 0;

	if (section_is_unknown(section))
		return true;
	if (!state->currents)
		state->currents = g_new(struct trace_task, TRACE_CPUS_MAX);
	while (*scan_blanks(section->at) && count < TRACE_CPUS_MAX) {
		struct trace_task *task = &state->currents[count++];

		*task = trace_event_blank.task;
		if (!section_take_task(section, "the task on a CPU", task, error))
			return false;
	}
	event->currents = state->currents;
	event->cpus_count = count;
	return check_count(state, section, count, error);
}

/* Arguments, by their kind. */
enum args {
	ARGS_NONE,
	ARGS_TASK,      /* TASK */
	ARGS_TASK_CPU,  /* TASK CPU */
	ARGS_TASK_MASK, /* TASK MASK */
	ARGS_CHANGED,   /* 0 or 1 */
	ARGS_CPU,       /* CPU */
	ARGS_PREV,      /* TASK, who left; about who ran */
	ARGS_SWITCH,    /* TASK TASK STATE */
};

static const struct event_name {
	const char *name;
	enum trace_kind kind;
	enum args args;
} event_names[] = {
	{ "sw", TRACE_SWITCH, ARGS_SWITCH },
	{ "fin", TRACE_SWITCHED, ARGS_PREV },
	{ "wu", TRACE_WAKE, ARGS_TASK },
	{ "up", TRACE_DECIDE, ARGS_NONE },
	{ "upr", TRACE_DECIDE_END, ARGS_CHANGED },
	{ "fk", TRACE_FORK, ARGS_TASK },
	{ "fkr", TRACE_FORK_END, ARGS_TASK },
	{ "ex", TRACE_EXIT, ARGS_TASK },
	{ "exr", TRACE_EXIT_END, ARGS_TASK },
	{ "pf", TRACE_NEW_TASK, ARGS_TASK },
	{ "pe", TRACE_TASK_GONE, ARGS_TASK },
	{ "mig", TRACE_MIGRATE, ARGS_TASK_CPU },
	{ "sct", TRACE_CPU_STEP, ARGS_CPU },
	{ "stc", TRACE_TASK_STEP, ARGS_TASK },
	{ "ct", TRACE_CPU_WALK, ARGS_NONE },
	{ "ctr", TRACE_CPU_WALK_END, ARGS_NONE },
	{ "tcs", TRACE_TASK_STEP_BEGIN, ARGS_TASK },
	{ "tcsr", TRACE_TASK_STEP, ARGS_TASK },
	{ "af", TRACE_AFFINITY, ARGS_TASK_MASK },
	{ "afr", TRACE_AFFINITY_END, ARGS_TASK_MASK },
	{ "mark", TRACE_MARK, ARGS_NONE },
	{ "wk", TRACE_WORK, ARGS_NONE },
	{ "iw", TRACE_IRQ_WORK, ARGS_NONE },
	{ "xe", TRACE_EXEC, ARGS_TASK },
};

static const struct event_name *find_event_name(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(event_names); i++) {
		if (name[0] == event_names[i].name[0] && strcmp(name, event_names[i].name) == 0)
			return &event_names[i];
	}
	return NULL;
}

static bool read_switch(struct section *section, struct trace_event *event, GError **error)
{
	if (!section_take_task(section, "the task that leaves", &event->prev, error) ||
		!section_take_task(section, "the task that comes", &event->task, error) ||
		!section_take_number(section, "the state", UINT32_MAX, &event->prev_state, error))
		return false;
	event->prev_dead = event->prev_state & 0x80;
	return true;
}

static bool read_changed(struct section *section, struct trace_event *event, GError **error)
{
	uint32_t changed = 0;

	if (!section_take_number32(section, "what was decided", 1, &changed, error))
		return false;
	event->changed = (int8_t)changed;
	return true;
}

static bool read_args(struct trace *trace, enum args args, struct section *section,
	struct trace_event *event, GError **error)
{
	struct trace_task *task = &event->task;

	switch (args) {
	case ARGS_NONE:
		return true;
	case ARGS_TASK:
		return section_take_task(section, "the task", task, error);
	case ARGS_TASK_CPU:
		return section_take_task(section, "the task", task, error) &&
		       section_take_number32(
			       section, "the CPU", TRACE_CPUS_MAX - 1, &event->other_cpu, error);
	case ARGS_TASK_MASK:
		return section_take_task(section, "the task", task, error) &&
		       section_take_bits(section, "the mask", trace->mask, &event->mask, error);
	case ARGS_CHANGED:
		return read_changed(section, event, error);
	case ARGS_CPU:
		return section_take_number32(
			section, "the CPU", TRACE_CPUS_MAX - 1, &event->other_cpu, error);
	case ARGS_PREV:
		return section_take_task(section, "the task that left", &event->prev, error);
	case ARGS_SWITCH:
		return read_switch(section, event, error);
	}
	g_assert_not_reached();
}

static bool read_first_section(
	struct trace *trace, struct section *section, struct trace_event *event, GError **error)
{
	const struct event_name *name;
	uint64_t sequence = 0;
	const char *word;

	if (!section_take_number(
		    section, "the number of the event", UINT64_MAX / 1000 - 1, &sequence, error) ||
		!section_take_number32(
			section, "the CPU", TRACE_CPUS_MAX - 1, &event->cpu, error) ||
		!section_take_number32(section, "the pid", TRACE_PID_MAX, &event->pid, error))
		return false;
	event->time_ns = sequence * 1000;
	word = section_take(section);
	name = find_event_name(word);
	if (!name)
		return section_fail(section, word, "the event", "one like sw, fk, ex", error);
	event->kind = name->kind;
	return read_args(trace, name->args, section, event, error) &&
	       section_check_end(section, error);
}

/* Who runs after a switch: the line has its pid, only the snapshot has its word. */
static void complete_switched(struct trace_event *event)
{
	g_assert(event->kind == TRACE_SWITCHED);
	event->task.pid = event->pid;
	if (event->currents && event->cpu < event->cpus_count &&
		event->currents[event->cpu].pid == event->pid)
		event->task = event->currents[event->cpu];
}

static bool read_sections(
	struct trace *trace, char *line, struct trace_event *event, GError **error)
{
	static const char *const names[] = { "the event", "the values of the mm",
		"the words of CPUs", "the tasks on CPUs" };
	struct section sections[G_N_ELEMENTS(names)];
	struct cidtrace *state = trace->state;

	g_assert(state);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		char *bar = line ? strchr(line, '|') : NULL;

		if (!line)
			return trace_fail(
				trace, error, "%s are missing, expected '|' before them", names[i]);
		sections[i] = (struct section){ trace, names[i], line };
		line = bar ? bar + 1 : NULL;
		if (bar)
			*bar = '\0';
	}
	*event = trace_event_blank;
	event->line = trace->line;
	if (line)
		return trace_fail(trace, error, "has more than three '|', expected three");
	if (!read_first_section(trace, &sections[0], event, error) ||
		!read_mm(state, &sections[1], event, error) ||
		!read_words(state, &sections[2], event, error) ||
		!read_currents(state, &sections[3], event, error))
		return false;
	if (event->kind == TRACE_SWITCHED)
		complete_switched(event);
	if (event->prev.mm_known) {
		event->prev_mm = event->mm;
		event->prev_cpu_word = event->cpu_word;
	}
	return true;
}

static bool read_lost_count(struct trace *trace, const char *text, GError **error)
{
	return number_read(text, UINT64_MAX, &trace->info.lost) ||
	       trace_fail_text(trace, error, "the number of lost events", text, strlen(text),
		       "a number below 2^64");
}

static bool read_possible(struct trace *trace, const char *text, GError **error)
{
	struct cidtrace *state = trace->state;
	const GArray *possible = trace->info.possible;

	g_assert(state);
	if (!trace_set_possible(trace, text, error))
		return false;
	state->cpus_count = g_array_index(possible, uint32_t, possible->len - 1) + 1;
	return true;
}

/* "# KEY VALUE" */
static bool read_header(struct trace *trace, const char *line, GError **error)
{
	struct trace_info *info = &trace->info;
	const char *key = scan_blanks(line + 1), *value;

	g_assert(*line == '#');
	if (trace->line == 1)
		return strcmp(line, "# cidtrace 1") == 0 ||
		       trace_fail_text(trace, error, "the version", key, strlen(key), "cidtrace 1");
	if ((value = scan_text(key, "kernel ")))
		trace_set_text(&info->kernel, value);
	else if ((value = scan_text(key, "workload ")))
		trace_set_text(&info->workload, value);
	else if ((value = scan_text(key, "tgid ")))
		return trace_set_tgid(trace, value, error);
	else if ((value = scan_text(key, "lost ")))
		return read_lost_count(trace, value, error);
	else if ((value = scan_text(key, "possible ")))
		return read_possible(trace, value, error);
	return true;
}

static enum trace_read next_compact(struct trace *trace, struct trace_event *event, GError **error)
{
	size_t length;
	char *line;

	if (!trace->state) {
		trace->state = g_new0(struct cidtrace, 1);
		trace->info.format = TRACE_CIDTRACE;
		trace->info.counts = true;
	}
	line = trace_line(trace, &length, error);
	if (!line)
		return READ_END;
	if (*line == '#')
		return read_header(trace, line, error) ? READ_NOTHING : READ_END;
	if (*scan_blanks(line) == '\0')
		return READ_NOTHING;
	return read_sections(trace, line, event, error) ? READ_EVENT : READ_END;
}

static void close_compact(struct trace *trace)
{
	struct cidtrace *state = trace->state;

	if (state)
		g_free(state->currents);
	g_free(state);
}

const struct trace_reader trace_reader_cidtrace = { next_compact, close_compact };
