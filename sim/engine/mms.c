/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/mms.h"

#include <string.h>

#include "sim/engine/internal.h"
#include "sim/engine/log.h"
#include "sim/engine/room.h"

void mms_init(struct engine *engine)
{
	engine->mms.table = g_new0(struct sim_mm, engine->config.mms_count);
	engine->mms.free = INDEX_NONE;
	engine->mms.late_accounts = g_hash_table_new(NULL, NULL);
}

void mms_clear(struct engine *engine)
{
	g_free(engine->mms.table);
	g_hash_table_destroy(engine->mms.late_accounts);
}

static uint32_t take_mm(struct engine *engine)
{
	uint32_t mm = engine->mms.free;

	if (mm != INDEX_NONE) {
		g_assert(mm < engine->mms.used && sim_mm(engine, mm)->tasks == 0);
		engine->mms.free = sim_mm(engine, mm)->next_free;
		return mm;
	}
	if (engine->mms.used == MODEL_MMS_MAX)
		return MM_NONE;
	if (engine->mms.used == engine->config.mms_count)
		room_for_mms(engine);
	return engine->mms.used++;
}

static void log_new_mm(struct engine *engine, uint32_t mm, uint32_t cpu, uint32_t mask)
{
	const struct cpu_set *set = masks_at(&engine->masks, mask);
	const char *name = recorder_account(engine->recorder, mm)->name;
	bool quoted = strchr(name, ' ');
	struct log_text text;

	g_assert(model_mm(engine->model, mm)->users == 0);
	log_begin(&text);
	/* a name of the scenario, with a number or a word behind it: short enough for one piece */
	text.at += g_snprintf(
		text.text, LOG_TEXT_MAX, "mm=%s%s%s", quoted ? "\"" : "", name, quoted ? "\"" : "");
	log_mm(engine, &text, mm);
	log_number(&text, " allowed=", set->count);
	if (model_mm(engine->model, mm)->mode & MODE_TRANSIT)
		log_number(&text, " transit=", 1);
	log_send_with_mask(engine, cpu, "mm_new", &text, set);
}

uint32_t mms_new(struct engine *engine, uint32_t account, uint32_t declared, uint32_t process,
	uint32_t mask, uint32_t cpu, uint8_t parent_mode)
{
	const struct cpu_set *set = masks_at(&engine->masks, mask);
	uint32_t mm = take_mm(engine);

	g_assert(declared < engine->scenario->mms_count && cpu < engine->cpus.count);
	if (mm == MM_NONE)
		return MM_NONE;
	while (mm_create(engine->model, mm, set->words).outcome == STEP_NEEDS_EXTENT)
		room_for_extents(engine);
	mm_inherit(engine->model, mm, parent_mode);
	engine->mms.table[mm] = (struct sim_mm){
		.mutex_owner = TASK_NONE,
		.waiters_first = TASK_NONE,
		.waiters_last = TASK_NONE,
		.declared = declared,
		.process = process,
		.serial = engine->mms.next_serial++,
	};
	recorder_mm_begin(engine->recorder, engine->model, mm, account);
	if (engine->checks.holders.on)
		holders_begin(engine, mm);
	if (engine->log)
		log_new_mm(engine, mm, cpu, mask);
	return mm;
}

/* The account of the mms that come from those of scenario.mms[@declared] by @how. */
static uint32_t account_for(struct engine *engine, uint32_t declared, bool exec)
{
	gpointer key = GUINT_TO_POINTER(declared * 2 + exec);
	gpointer found;
	uint32_t account;

	g_assert(declared < engine->scenario->mms_count);
	if (g_hash_table_lookup_extended(engine->mms.late_accounts, key, NULL, &found))
		return GPOINTER_TO_UINT(found);
	account = recorder_add_account(engine->recorder,
		g_strdup_printf(
			"%s %s", engine->scenario->mms[declared].name, exec ? "exec" : "fork"),
		declared, ACCOUNT_NONE);
	g_hash_table_insert(engine->mms.late_accounts, key, GUINT_TO_POINTER(account));
	return account;
}

uint32_t mms_new_late(struct engine *engine, uint32_t declared, bool exec, uint32_t mask,
	uint32_t cpu, uint8_t parent_mode)
{
	return mms_new(engine, account_for(engine, declared, exec), declared, INDEX_NONE, mask, cpu,
		parent_mode);
}

void mms_get(struct engine *engine, uint32_t mm)
{
	assert(model_mm(engine->model, mm)->live);
	sim_mm(engine, mm)->tasks++;
}

void mms_put(struct engine *engine, uint32_t mm, uint32_t cpu)
{
	struct sim_mm *m = sim_mm(engine, mm);

	assert(m->tasks > 0);
	if (--m->tasks > 0)
		return;
	g_assert(m->mutex_owner == TASK_NONE && m->waiters_first == TASK_NONE);
	g_assert(m->spinners == 0);
	recorder_mm_end(engine->recorder, engine->model, mm);
	mm_destroy(engine->model, mm);
	if (engine->log)
		log_note(engine, cpu, "mm_end", "mm_id=%u", m->serial);
	m->next_free = engine->mms.free;
	engine->mms.free = mm;
}
