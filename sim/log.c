/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine-internal.h"

#include <stdarg.h>

void log_note(struct engine *engine, uint32_t cpu, const char *event, const char *format, ...)
{
	struct record_task name = task_name(engine, engine->cpus[cpu].curr);
	char text[256];
	struct record_note note = {
		.time_ns = engine->now_ns,
		.cpu = cpu,
		.task = &name,
		.event = event,
		.text = text,
	};
	va_list arguments;

	if (!engine->sink->note)
		return;
	va_start(arguments, format);
	g_vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	engine->sink->note(engine->sink->context, &note);
}
