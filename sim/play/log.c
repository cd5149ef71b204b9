/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/play/log.h"

void play_log_machine(GString *text, const struct machine_config *config)
{
	g_assert(
		config->tasks_start <= config->tasks_max && config->tasks_max <= MACHINE_TASKS_MAX);
	g_string_append_printf(
		text, "start=%u max=%u groups=", config->tasks_start, config->tasks_max);
	for (uint32_t task = 0; task < config->tasks_start; task++)
		g_string_append_printf(text, "%s%u", task ? "," : "", config->group[task]);
	g_string_append(text, " may=");
	for (int op = 0; op < MACHINE_OPS; op++)
		g_string_append_printf(text, "%s%u", op ? "," : "", config->may[op]);
	g_string_append_printf(text,
		" allowed=0x%x weak=%d reduced=%d any_cpu_order=%d "
		"any_task_order=%d",
		config->allowed, config->weak, config->reduced, config->any_cpu_order,
		config->any_task_order);
	if (config->made_in_window)
		g_string_append(text, " made_in_window=1");
}

static void add_word(GString *text, uint32_t index, cid_word word)
{
	g_string_append_printf(text, "%s0x%x", index ? "," : "", cid_to_kernel(word));
}

static void add_task_words(
	GString *text, const struct model *model, const struct machine_config *config)
{
	g_string_append(text, " words=");
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		const struct model_task *t = model_task_const(model, task);

		if (t->has_mm)
			add_word(text, task, t->cid);
		else
			g_string_append(text, task ? ",-" : "-");
	}
}

static void add_cpus(GString *text, const struct model *model, const struct machine_config *config)
{
	static const char *const marks[] = {
		[CPU_FREE] = "", [CPU_BETWEEN] = "+", [CPU_SPINS] = "*"
	};

	g_string_append(text, " cpu_words=");
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++)
		add_word(text, cpu, model_word(model, model_mm_const(model, 0), cpu));
	g_string_append(text, " on=");
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		const struct model_cpu *c = model_cpu_const(model, cpu);

		g_assert(c->phase < G_N_ELEMENTS(marks) && marks[c->phase]);
		g_string_append(text, cpu ? "," : "");
		if (c->curr == TASK_NONE)
			g_string_append_c(text, '-');
		else
			g_string_append_printf(text, "T%u", c->curr);
		g_string_append(text, marks[c->phase]);
	}
}

void play_log_state(
	GString *text, const struct machine *machine, const struct machine_config *config)
{
	const struct model *model = machine_model_const(machine);
	const struct model_mm *mm = machine_mm(machine);

	g_assert(config->cpus_count > 0 && config->cpus_count <= MACHINE_CPUS_MAX);
	g_string_append_printf(text,
		"mode=%u users=%u max_cids=%u pcpu_thrs=%u taken=%u "
		"allowed=%u",
		mm->mode, mm->users, mm->max_cids, mm->pcpu_thrs, mm->taken, mm->allowed_count);
	add_task_words(text, model, config);
	add_cpus(text, model, config);
}
