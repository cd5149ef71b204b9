/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/mm.h"

#include <assert.h>
#include <string.h>

#include "model/pool.h"
#include "model/tasks.h"

static uint32_t min32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The allowed mask of @mm, or NULL if it is all possible CPUs and not stored. */
static uint64_t *allowed_mask(const struct model *model, const struct model_mm *mm)
{
	if (model->cpus_count <= MODEL_INLINE_NUMBERS)
		return (uint64_t *)&mm->allowed;
	if (mm->extent == EXTENT_NONE)
		return NULL;
	return (uint64_t *)((char *)model_words((struct model *)model, mm) + model->extent_size) -
	       model->words;
}

static void mask_set_all(const struct model *model, uint64_t *mask)
{
	memset(mask, 0xff, model->words * sizeof(*mask));
	if (model->cpus_count % 64)
		mask[model->words - 1] = (UINT64_C(1) << model->cpus_count % 64) - 1;
}

static uint32_t mask_count(const struct model *model, const uint64_t *mask)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < model->words; i++)
		count += (uint32_t)__builtin_popcountll(mask[i]);
	return count;
}

static uint32_t take_extent(struct model *model)
{
	uint32_t extent = model->extents_free;

	if (extent != EXTENT_NONE) {
		assert(extent < model->extents_used);
		memcpy(&model->extents_free,
			(char *)model + model->extents_at + (uint64_t)extent * model->extent_size,
			sizeof(model->extents_free));
		return extent;
	}
	return model->extents_used < model->extents_count ? model->extents_used++ : EXTENT_NONE;
}

/* A free extent holds the index of the next one in its first bytes. */
static void give_extent(struct model *model, uint32_t extent)
{
	assert(extent < model->extents_used && extent != model->extents_free);
	memcpy((char *)model + model->extents_at + (uint64_t)extent * model->extent_size,
		&model->extents_free, sizeof(model->extents_free));
	model->extents_free = extent;
}

static struct step attach_extent(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);
	uint32_t extent = take_extent(model);
	cid_word *words;

	assert(m->extent == EXTENT_NONE);
	if (extent == EXTENT_NONE)
		return step_is(STEP_NEEDS_EXTENT, mm);
	m->extent = extent;
	words = model_words(model, m);
	memset(words, 0, model->extent_size);
	for (uint32_t cpu = 0; model->protocol.init_unset && cpu < model->cpus_count; cpu++)
		words[cpu] = CID_UNSET;
	if (model->cpus_count > MODEL_INLINE_NUMBERS)
		mask_set_all(model, allowed_mask(model, m));
	pool_move_to_extent(model, mm);
	return step_is(STEP_DONE, 0);
}

struct step mm_create(struct model *model, uint32_t mm, const uint64_t *mask)
{
	struct model_mm *m = model_mm(model, mm);
	uint32_t count = mask ? mask_count(model, mask) : model->cpus_count;
	struct step step = step_is(STEP_DONE, 0);

	assert(mm < model->mms_count && !m->live);
	assert(count >= 1 && count <= model->cpus_count);
	memset(m, 0, sizeof(*m));
	m->extent = EXTENT_NONE;
	m->newest = m->initiator = m->child = TASK_NONE;
	if (model->extents_always || count < model->cpus_count)
		step = attach_extent(model, mm);
	if (step.outcome != STEP_DONE) {
		memset(m, 0, sizeof(*m)); /* not taken: nothing has changed */
		return step;
	}
	m->live = 1;
	m->allowed_count = count;
	assert(mask || count == model->cpus_count);
	if (mask && count < model->cpus_count)
		memcpy(allowed_mask(model, m), mask, model->words * sizeof(*mask));
	else if (allowed_mask(model, m))
		mask_set_all(model, allowed_mask(model, m));
	return step;
}

void mm_inherit(struct model *model, uint32_t mm, uint8_t mode)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->live && m->users == 0 && m->mode == 0);
	if (model->protocol.init_keeps_transit)
		m->mode |= mode & MODE_TRANSIT;
}

void mm_destroy(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->live && m->users == 0 && m->phase == PHASE_IDLE);
	if (m->extent != EXTENT_NONE)
		give_extent(model, m->extent);
	memset(m, 0, sizeof(*m));
}

bool mm_allows(const struct model *model, uint32_t mm, uint32_t cpu)
{
	const uint64_t *mask = allowed_mask(model, model_mm_const(model, mm));

	assert(cpu < model->cpus_count);
	return !mask || (mask[cpu / 64] >> cpu % 64 & 1);
}

bool mm_allow(struct model *model, uint32_t mm, const uint64_t *mask)
{
	struct model_mm *m = model_mm(model, mm);
	uint64_t *allowed = allowed_mask(model, m);
	uint32_t before = m->allowed_count;

	if (before == model->cpus_count)
		return false;
	assert(allowed); /* only a full mask is not stored */
	if (mask) {
		for (uint32_t i = 0; i < model->words; i++)
			allowed[i] |= mask[i];
	} else {
		mask_set_all(model, allowed);
	}
	m->allowed_count = mask_count(model, allowed);
	return m->allowed_count != before;
}

/* docs/protocol.md, section 3: opt = min(allowed, users); max_cids is a quarter above it, capped by
 * the possible CPUs; the threshold a quarter below it, capped by half of them, and at least 1.
 * Flags of the revision can change each of these. */
struct mm_constraints mm_constraints(
	const struct model *model, uint32_t users, uint32_t allowed_count)
{
	const struct protocol *protocol = &model->protocol;
	uint32_t opt = min32(allowed_count, users);
	uint32_t thrs;
	struct mm_constraints result;

	/* opt <= 8192, gap and allowance <= 1000: no overflow. Neither can be negative, so thrs is
	 * at most max_cids (or the floor): an mm that leaves has fewer users, and cannot enter at
	 * once. */
	assert(allowed_count <= model->cpus_count);
	thrs = opt - opt * protocol->thrs_gap / 1000;
	result.max_cids = min32(opt + opt * protocol->allowance / 1000, model->cpus_count);
	switch ((enum thrs_cap)protocol->thrs_cap) {
	case THRS_CAP_POSSIBLE:
		thrs = min32(thrs, model->cpus_count / 2);
		break;
	case THRS_CAP_NR_CPU_IDS:
		thrs = min32(thrs, model->nr_cpu_ids / 2);
		break;
	case THRS_CAP_NONE:
		break;
	case THRS_CAP_ALLOWED:
		thrs = min32(thrs, allowed_count / 2);
		break;
	}
	result.thrs = thrs < protocol->thrs_floor ? protocol->thrs_floor : thrs;
	return result;
}

struct step mm_prepare_user(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);
	uint32_t users = m->users + 1;
	uint64_t need = users + (uint64_t)users * model->protocol.allowance / 1000;

	/* Without extent all CPUs are allowed, and they are more than 64: so as long as max_cids
	 * fits in the inline pool, users are not above it and the mode cannot flip. */
	if (m->extent != EXTENT_NONE || need <= MODEL_INLINE_NUMBERS)
		return step_is(STEP_DONE, 0);
	return attach_extent(model, mm);
}

void mm_take_mutex(struct model_mm *mm, uint32_t cpu, uint32_t initiator, uint32_t child)
{
	assert(mm->live && mm->phase == PHASE_IDLE);
	mm->initiator = initiator;
	mm->initiator_cpu = (uint16_t)cpu;
	mm->child = child;
}

void mm_release_mutex(struct model_mm *mm)
{
	assert(mm->live);
	assert(mm->found == 0);
	mm->initiator = mm->child = TASK_NONE;
	mm->initiator_cpu = 0;
	mm->phase = PHASE_IDLE;
}

/* The threshold of an mm that is in per-CPU mode, on a fork or an exit; 0 = leave. In the kernel it
 * is the one that was recorded on entry, or by an affinity change: that is the hysteresis. */
static uint32_t threshold_per_cpu(
	const struct model *model, const struct model_mm *mm, const struct mm_constraints *now)
{
	uint32_t thrs = mm->pcpu_thrs;

	switch ((enum thrs_policy)model->protocol.thrs_policy) {
	case THRS_RECORDED:
		break;
	case THRS_RECOMPUTED:
		thrs = now->thrs;
		break;
	case THRS_NONE:
		thrs = now->max_cids + 1;
		break;
	}
	return mm->users < thrs ? 0 : thrs;
}

/*
 * docs/protocol.md, section 3: the flip of the mode. TRANSIT says that the change is under way, in
 * each direction in which the revision has it.
 *
 * One word: ONCPU and TRANSIT are toggled together. TRANSIT is clear before, except in one case:
 * the exit of a last user leaves it set, nobody completes the window, and a failed exec brings that
 * mm back. The next flip then clears TRANSIT: its window has none (B11). Two words (split_mode):
 * each is set by itself, so that does not happen.
 */
static void flip_mode(const struct model *model, struct model_mm *mm)
{
	bool per_cpu = mm_is_per_cpu(mm);
	bool transit =
		per_cpu ? model->protocol.transit_to_task : model->protocol.transit_to_percpu;

	assert(mm->extent != EXTENT_NONE); /* mm_prepare_user() has seen to that */
	mm->mode ^= MODE_PER_CPU;
	if (!transit)
		return;
	if (model->protocol.split_mode)
		mm->mode |= MODE_TRANSIT;
	else
		mm->mode ^= MODE_TRANSIT;
}

/* docs/protocol.md, section 3, "update_constraints". */
bool mm_update_constraints(struct model *model, uint32_t mm, enum model_trigger trigger,
	uint32_t cpu, uint32_t task, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	struct mm_constraints now = mm_constraints(model, m->users, m->allowed_count);
	uint32_t max_cids_before = m->max_cids, thrs_before = m->pcpu_thrs;
	bool per_cpu = mm_is_per_cpu(m);

	assert(m->live && m->phase <= PHASE_GET_LOCKED);
	/* Deferred work that is pending has nothing to do any more. max_cids may always change. */
	m->update_deferred = 0;
	m->max_cids = now.max_cids;
	/* Per CPU: fewer users than the threshold lead back. */
	if (per_cpu)
		m->pcpu_thrs = threshold_per_cpu(model, m, &now);
	/* Per task: more users than numbers lead to per CPU, and the threshold is recorded. An exit
	 * finds that only if the last fork has computed a threshold of 0 (thrs-floor), and more
	 * CPUs are allowed since. */
	else if (trigger == TRIGGER_FORK && m->users > m->max_cids)
		m->pcpu_thrs = now.thrs;
	/* A threshold means per CPU. If the mode says otherwise a change is due. */
	if (per_cpu == (m->pcpu_thrs != 0))
		return false;
	flip_mode(model, m);
	observe_event(observer, &(struct model_event){ .kind = EVENT_FLIPPED,
					.mm = mm,
					.cpu = cpu,
					.task = task,
					.trigger = trigger,
					.mode = m->mode,
					.users = m->users,
					.allowed_count = m->allowed_count,
					.max_cids_before = max_cids_before,
					.max_cids_after = m->max_cids,
					.thrs_before = thrs_before,
					.thrs_after = m->pcpu_thrs });
	return true;
}

uint32_t mm_enter_users(const struct model *model, uint32_t allowed_count)
{
	assert(allowed_count >= 1);
	/* From the allowed CPUs on opt, and so max_cids, stays the same. */
	return mm_constraints(model, allowed_count, allowed_count).max_cids + 1;
}

uint32_t mm_leave_users(const struct model *model, uint32_t allowed_count)
{
	uint32_t thrs = mm_constraints(model, allowed_count, allowed_count).thrs;

	assert(allowed_count >= 1);
	return thrs ? thrs - 1 : 0;
}

void mm_assert(const struct model *model, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(model, mm);
	const uint64_t *allowed = allowed_mask(model, m);

	assert(m->live && m->mode <= (MODE_PER_CPU | MODE_TRANSIT));
	assert(m->extent == EXTENT_NONE ? !model->extents_always && !mm_is_per_cpu(m)
					: m->extent < model->extents_used);
	assert(m->allowed_count == (allowed ? mask_count(model, allowed) : model->cpus_count));
	assert(m->max_cids <= model->cpus_count);
	if (m->phase == PHASE_IDLE)
		assert(m->initiator == TASK_NONE && m->child == TASK_NONE && m->found == 0);
	users_assert(model, mm);
	pool_assert(model, mm);
}
