/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/steps/private.h"

#include <string.h>

#include "sim/replay/orders/words.h"

enum { RUNNING_SHOWN_MAX = 16 };

uint64_t steps_number(struct steps_line *line, const char *key)
{
	uint64_t number = 0;

	if (!trace_field_number(line->event->text, key, &number) && !line->lacks)
		line->lacks = key;
	return number;
}

static void add_value(struct steps_line *line, struct steps_value told)
{
	line->differs |= told.model_text ? !g_str_equal(told.model_text, told.trace_text)
	                                 : told.trace != told.model;
	if (line->values_count < STEPS_VALUES_MAX)
		line->values[line->values_count++] = told;
}

void steps_compare(struct steps_line *line, const char *key, uint64_t value)
{
	add_value(line, (struct steps_value){
				.key = key, .trace = steps_number(line, key), .model = value });
}

void steps_compare_word(struct steps_line *line, const char *key, cid_word word)
{
	add_value(line, (struct steps_value){ .key = key,
				.kind = STEPS_WORD,
				.trace = steps_number(line, key),
				.model = cid_to_kernel(word) });
}

void steps_compare_flag(struct steps_line *line, const char *key, bool told, bool value)
{
	add_value(line, (struct steps_value){ .key = key, .trace = told, .model = value });
}

void steps_compare_outcome(struct steps_line *line, struct step step)
{
	struct steps_value told = { .key = "outcome",
		.model_text = step_outcome_to_string(step.outcome) };

	if (!trace_field(line->event->text, "outcome", told.trace_text, sizeof(told.trace_text)))
		line->lacks = "outcome";
	add_value(line, told);
}

void steps_compare_values(struct steps_line *line, uint32_t mm)
{
	const struct model_mm *m = model_mm(line->steps->model, mm);

	add_value(line, (struct steps_value){ .key = "mode",
				.kind = STEPS_MODE,
				.trace = steps_number(line, "mode"),
				.model = (m->mode & MODE_PER_CPU ? CID_KERNEL_ONCPU : 0) |
	                                 (m->mode & MODE_TRANSIT ? CID_KERNEL_TRANSIT : 0) });
	steps_compare(line, "users", m->users);
	steps_compare(line, "max_cids", m->max_cids);
	steps_compare(line, "pcpu_thrs", m->pcpu_thrs);
	steps_compare(line, "allowed", m->allowed_count);
	steps_compare(line, "taken", m->taken);
}

/* Differences */

void steps_ring_add(struct steps *steps, const struct trace_event *event)
{
	struct steps_ring *slot = &steps->ring[steps->ring_next++ % STEPS_RING];
	char *at;

	slot->line = event->line;
	slot->time_ns = event->time_ns;
	slot->cpu = event->cpu;
	if (event->kind != TRACE_NOTE) {
		g_snprintf(slot->text, sizeof(slot->text), "%s", trace_kind_to_string(event->kind));
		return;
	}
	at = slot->text + g_strlcpy(slot->text, event->name, 64);
	if (at >= slot->text + 63)
		at = slot->text + 63;
	*at++ = ' ';
	g_strlcpy(at, event->text, (gsize)(slot->text + sizeof(slot->text) - at));
}

void steps_ring_print(const struct steps *steps, GString *text)
{
	unsigned first = steps->ring_next > STEPS_RING ? steps->ring_next - STEPS_RING : 0;

	for (unsigned i = first; i < steps->ring_next; i++) {
		const struct steps_ring *slot = &steps->ring[i % STEPS_RING];

		g_string_append_printf(text,
			"line %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT
			", CPU %u: %s\n",
			slot->line, slot->time_ns / 1000000000, slot->time_ns % 1000000000,
			slot->cpu, slot->text);
	}
}

static void print_running(GString *text, const struct steps *steps, uint32_t mm)
{
	const struct scenario *scenario = steps->replay->scenario;
	const struct model_mm *m = model_mm_const(steps->model, mm);
	unsigned shown = 0;

	for (uint32_t cpu = 0; cpu < steps->model->cpus_count; cpu++) {
		uint32_t task = model_cpu_const(steps->model, cpu)->curr;
		char word[WORD_TEXT_MAX], own[WORD_TEXT_MAX];

		if (steps_mm_of_task(steps, task) != mm)
			continue;
		if (shown++ == RUNNING_SHOWN_MAX) {
			g_string_append(text, "  …\n");
			return;
		}
		word_print(cid_to_kernel(model_word(steps->model, m, cpu)), word);
		word_print(cid_to_kernel(model_task_const(steps->model, task)->cid), own);
		g_string_append_printf(text, "  CPU %u, %s: %s-%u, %s\n", scenario->cpu_ids[cpu],
			word, steps_task(steps, task)->comm, steps_task(steps, task)->pid, own);
	}
}

static void print_mm(GString *text, const struct steps *steps, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(steps->model, mm);

	g_string_append_printf(text,
		"mm %u: users %u, mode %s%s, max_cids %u, pcpu_thrs %u, allowed %u, taken %u\n",
		steps_mm(steps, mm)->number, m->users, mm_is_per_cpu(m) ? "per CPU" : "per task",
		m->mode & MODE_TRANSIT ? " in transit" : "", m->max_cids, m->pcpu_thrs,
		m->allowed_count, m->taken);
	print_running(text, steps, mm);
}

static char *around(const struct steps *steps, uint32_t mm)
{
	GString *text = g_string_new(NULL);

	steps_ring_print(steps, text);
	if (mm != MM_NONE)
		print_mm(text, steps, mm);
	if (text->len > 0)
		g_string_truncate(text, text->len - 1);
	return g_string_free(text, FALSE);
}

void steps_add_difference(struct steps_line *line, struct replay_process *process, uint32_t mm,
	char *trace, char *model)
{
	const struct trace_event *event = line->event;

	verdict_add_difference(line->steps->replay->verdict,
		(struct replay_difference){
			.line = event->line,
			.time_ns = event->time_ns,
			.cpu = event->cpu,
			.pid = event->pid,
			.what = g_strdup(line->what[0] ? line->what
					 : event->kind == TRACE_NOTE
						 ? event->name
						 : trace_kind_to_string(event->kind)),
			.trace = trace,
			.model = model,
			.around = around(line->steps, mm),
			.process = process,
		});
}

static char *values_text(const struct steps_line *line, bool model)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < line->values_count; i++) {
		const struct steps_value *told = &line->values[i];
		uint64_t value = model ? told->model : told->trace;
		char word[WORD_TEXT_MAX];

		g_string_append_printf(text, "%s%s ", i ? "\n" : "", told->key);
		if (told->model_text)
			g_string_append(text, model ? told->model_text : told->trace_text);
		else if (told->kind == STEPS_WORD && value <= UINT32_MAX)
			g_string_append(text, word_print((uint32_t)value, word));
		else if (told->kind == STEPS_MODE)
			g_string_append_printf(text, "%s%s",
				value & CID_KERNEL_ONCPU ? "per CPU" : "per task",
				value & CID_KERNEL_TRANSIT ? " in transit" : "");
		else
			g_string_append_printf(text, "%" G_GUINT64_FORMAT, value);
	}
	return g_string_free(text, FALSE);
}

struct replay_process *steps_unknown(struct steps_line *line)
{
	struct steps *steps = line->steps;

	if (!steps->unknown)
		steps->unknown = verdict_add_process(
			steps->replay->verdict, "(unknown)", 0, line->event->line);
	return steps->unknown;
}

static struct replay_process *process_of(struct steps_line *line, uint32_t mm)
{
	if (line->process)
		return line->process;
	return mm == MM_NONE ? steps_unknown(line) : steps_mm(line->steps, mm)->process;
}

static void count(struct steps_line *line, struct replay_process *process, bool agrees)
{
	struct replay_counts *counts = line->is_switch ? &process->switches : &process->others;

	counts->compared++;
	if (agrees)
		counts->agreed++;
	else
		counts->unexplained++;
}

bool steps_judge(struct steps_line *line, uint32_t mm)
{
	struct replay_process *process = process_of(line, mm);

	if (line->lacks)
		return true; /* the log is broken: told as such */
	count(line, process, !line->differs);
	if (line->differs)
		steps_add_difference(
			line, process, mm, values_text(line, false), values_text(line, true));
	return !line->differs;
}

void steps_judge_texts(struct steps_line *line, const char *trace, const char *model)
{
	line->differs = !g_str_equal(trace, model);
	count(line, process_of(line, MM_NONE), !line->differs);
	if (line->differs)
		steps_add_difference(
			line, process_of(line, MM_NONE), MM_NONE, g_strdup(trace), g_strdup(model));
}

void steps_judge_or_give_up(struct steps_line *line, uint32_t mm)
{
	if (!steps_judge(line, mm) && mm != MM_NONE)
		steps_give_up(line->steps, mm);
}

void steps_impossible(struct steps_line *line, uint32_t mm, const char *format, ...)
{
	struct replay_process *process = process_of(line, mm);
	const char *text = line->event->kind == TRACE_NOTE ? line->event->text : "it happens";
	va_list arguments;
	char *why;

	va_start(arguments, format);
	why = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	count(line, process, false);
	steps_add_difference(
		line, process, mm, g_strdup(text), g_strdup_printf("cannot be: %s", why));
	g_free(why);
	if (mm != MM_NONE)
		steps_give_up(line->steps, mm);
}

/* Giving up */

/* The tasks of @mm live on as if they had none. */
static void lose_tasks(struct steps *steps, uint32_t mm)
{
	for (uint32_t task = 0; task < steps->tasks->len; task++) {
		struct model_task *t = model_task(steps->model, task);

		if (steps_task(steps, task)->window_mm == mm)
			steps_task(steps, task)->window_mm = MM_NONE;
		if (steps_mm_of_task(steps, task) != mm)
			continue;
		t->has_mm = t->active = 0;
		t->mm = t->older = t->newer = 0;
		t->cid = CID_UNSET;
		steps_task(steps, task)->lost = true;
	}
}

static void end_spins(struct steps *steps, uint32_t mm)
{
	for (uint32_t cpu = 0; cpu < steps->model->cpus_count; cpu++) {
		struct model_cpu *c = model_cpu(steps->model, cpu);

		if (c->phase == CPU_SPINS && steps_mm_of_task(steps, c->curr) == mm) {
			c->phase = CPU_FREE;
			c->mode = 0;
			c->found = 0;
		}
		if (steps->cpus[cpu].spin_mm == mm)
			steps_records_spun(steps, cpu);
	}
}

void steps_give_up(struct steps *steps, uint32_t mm)
{
	struct model_mm *m = model_mm(steps->model, mm);
	const char *name = steps_mm(steps, mm)->process->name;

	g_assert(steps_mm(steps, mm)->live);
	verdict_note(steps->replay->verdict,
		"the mm of %s that differs is not compared any more from there on", name);
	end_spins(steps, mm);
	recorder_mm_end(steps->replay->recorder, steps->model, mm);
	lose_tasks(steps, mm);
	m->users = 0;
	m->phase = PHASE_IDLE;
	m->newest = m->initiator = m->child = TASK_NONE;
	mm_destroy(steps->model, mm);
	g_hash_table_add(steps->given_up, GUINT_TO_POINTER(steps_mm(steps, mm)->number));
	steps_drop_mm(steps, mm);
}
