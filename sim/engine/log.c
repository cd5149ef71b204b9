/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/log.h"

#include <stdarg.h>
#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/base/output.h"
#include "sim/engine/internal.h"

/* A key and the longest number. */
enum { LOG_FIELD_MAX = 48 };

static char *put_key(struct log_text *text, const char *key)
{
	size_t length = strlen(key);

	g_assert(text->at + length + LOG_FIELD_MAX <= text->text + LOG_TEXT_MAX);
	memcpy(text->at, key, length);
	return text->at + length;
}

void log_number(struct log_text *text, const char *key, uint64_t number)
{
	text->at = output_format(put_key(text, key), number);
}

void log_hex(struct log_text *text, const char *key, uint32_t value)
{
	text->at = output_format_hex(put_key(text, key), value, 1);
}

void log_word(struct log_text *text, const char *key, cid_word word)
{
	log_hex(text, key, cid_to_kernel(word));
}

void log_string(struct log_text *text, const char *key, const char *string)
{
	char *at = put_key(text, key);
	size_t length = strlen(string);

	g_assert(length < LOG_FIELD_MAX);
	memcpy(at, string, length);
	text->at = at + length;
}

void log_pid(struct engine *engine, struct log_text *text, const char *key, uint32_t task)
{
	g_assert(task == TASK_NONE || task < engine->tasks.used);
	log_number(text, key, task == TASK_NONE ? 0 : sim_task(engine, task)->pid);
}

void log_mm(struct engine *engine, struct log_text *text, uint32_t mm)
{
	g_assert(mm < engine->mms.used);
	log_number(text, " mm_id=", sim_mm(engine, mm)->serial);
}

void log_values(struct engine *engine, struct log_text *text, uint32_t mm)
{
	const struct model_mm *m = model_mm(engine->model, mm);

	g_assert(m->live && m->allowed_count <= engine->cpus.count);
	log_hex(text, " mode=",
		(m->mode & MODE_PER_CPU ? CID_KERNEL_ONCPU : 0) |
			(m->mode & MODE_TRANSIT ? CID_KERNEL_TRANSIT : 0));
	log_number(text, " users=", m->users);
	log_number(text, " max_cids=", m->max_cids);
	log_number(text, " pcpu_thrs=", m->pcpu_thrs);
	log_number(text, " allowed=", m->allowed_count);
	log_number(text, " taken=", m->taken);
}

static void send_text(struct engine *engine, uint32_t cpu, const char *event, const char *text)
{
	g_assert(engine->log && cpu < engine->cpus.count);
	emit_note(&engine->emit, cpu, sim_cpu(engine, cpu)->curr, event, text);
}

void log_send(struct engine *engine, uint32_t cpu, const char *event, struct log_text *text)
{
	g_assert(text->at < text->text + LOG_TEXT_MAX);
	*text->at = '\0';
	send_text(engine, cpu, event, text->text);
}

void log_send_with_mask(struct engine *engine, uint32_t cpu, const char *event,
	struct log_text *text, const struct cpu_set *set)
{
	const struct scenario *scenario = engine->scenario;
	struct cpu_ids ids = { 0 };
	g_autofree char *list = NULL, *all = NULL;

	g_assert(text->at < text->text + LOG_TEXT_MAX && set->count > 0);
	if (!engine->recorder->sink->note)
		return;
	for (uint32_t at = 0; set->count < engine->cpus.count && at < engine->cpus.count; at++) {
		if (cpu_set_has(set, at))
			cpu_ids_add(&ids, scenario->cpu_ids[at]);
	}
	*text->at = '\0';
	list = set->count < engine->cpus.count ? cpu_ids_to_string(&ids) : g_strdup("all");
	all = g_strconcat(text->text, " mask=", list, NULL);
	send_text(engine, cpu, event, all);
}

void log_note(struct engine *engine, uint32_t cpu, const char *event, const char *format, ...)
{
	char text[LOG_TEXT_MAX];
	va_list arguments;

	if (!engine->recorder->sink->note)
		return;
	va_start(arguments, format);
	g_vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	send_text(engine, cpu, event, text);
}
