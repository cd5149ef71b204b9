/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/recorder.h"

#include <string.h>

#include "model/mm.h"
#include "model/pool.h"
#include "sim/base/wide.h"

static void gauge_add(struct record_gauge *gauge, uint64_t value, uint64_t ns)
{
	struct wide sum = { gauge->sum_low, gauge->sum_high };

	sum = wide_sum(sum, wide_product(value, ns));
	gauge->sum_low = sum.low;
	gauge->sum_high = sum.high;
}

static void gauge_see(struct record_gauge *gauge, uint32_t value)
{
	if (value > gauge->max)
		gauge->max = value;
}

static uint32_t optimum(const struct recorder_mm *m)
{
	return MIN(m->users, m->allowed_count);
}

/* The values of @m have held from since_ns until now. */
static void account_time(struct recorder *recorder, struct recorder_mm *m)
{
	struct record_account *account = m->of;
	uint64_t ns = recorder->now_ns - m->since_ns;

	g_assert(recorder->now_ns >= m->since_ns);
	m->since_ns = recorder->now_ns;
	if (ns == 0 || m->users == 0)
		return;
	account->lived_ns += ns;
	gauge_add(&account->span, m->span, ns);
	gauge_add(&account->taken, m->taken, ns);
	gauge_add(&account->optimum, optimum(m), ns);
	if (m->mode & MODE_PER_CPU)
		gauge_add(&account->percpu, 1, ns);
	if (m->in_window)
		gauge_add(&account->transit, 1, ns);
}

static void see_formula(
	struct record_account *account, const struct model *model, uint32_t allowed_count)
{
	if (allowed_count <= account->allowed_max)
		return;
	account->allowed_max = allowed_count;
	account->formula_enter = mm_enter_users(model, allowed_count);
	account->formula_leave = mm_leave_users(model, allowed_count);
}

/* The fewest allowed CPUs with which users_max would not flip the mode. */
static void see_stay(struct record_account *account, const struct model *model)
{
	uint32_t low = 1, high = model->cpus_count;

	account->allowed_to_stay = 0;
	if (mm_enter_users(model, high) <= account->users_max)
		return;
	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (mm_enter_users(model, middle) > account->users_max)
			high = middle;
		else
			low = middle + 1;
	}
	account->allowed_to_stay = low;
}

static void see_values(struct recorder *recorder, const struct model *model, uint32_t mm)
{
	struct recorder_mm *m = &recorder->mms[mm];
	const struct model_mm *from = model_mm_const(model, m->model_mm);
	struct record_account *account = m->of;

	m->users = from->users;
	m->allowed_count = from->allowed_count;
	m->max_cids = from->max_cids;
	m->pcpu_thrs = from->pcpu_thrs;
	m->mode = from->mode;
	m->taken = from->taken;
	m->span = pool_span(model, m->model_mm);
	account->users_max = MAX(account->users_max, m->users);
	gauge_see(&account->span, m->span);
	gauge_see(&account->taken, m->taken);
	gauge_see(&account->optimum, optimum(m));
	see_formula(account, model, m->allowed_count);
}

static void emit_sample(const struct recorder *recorder, const struct recorder_mm *m)
{
	struct record_sample sample = {
		.time_ns = recorder->now_ns,
		.account = m->account,
		.users = m->users,
		.allowed_count = m->allowed_count,
		.max_cids = m->max_cids,
		.pcpu_thrs = m->pcpu_thrs,
		.mode = m->mode,
		.taken = m->taken,
		.span = m->span,
		.optimum = optimum(m),
	};

	if (recorder->sink && recorder->sink->sample)
		recorder->sink->sample(recorder->sink->context, &sample);
}

static bool has_changed(const struct recorder_mm *m, const struct model *model)
{
	const struct model_mm *now = model_mm_const(model, m->model_mm);

	return m->taken != now->taken || m->users != now->users || m->mode != now->mode ||
	       m->max_cids != now->max_cids || m->pcpu_thrs != now->pcpu_thrs ||
	       m->allowed_count != now->allowed_count || m->span != pool_span(model, m->model_mm);
}

void recorder_mm_update(struct recorder *recorder, const struct model *model, uint32_t mm)
{
	struct recorder_mm *m = &recorder->mms[mm];

	if (!has_changed(m, model))
		return;
	g_assert(mm < recorder->mms_count && m->account != ACCOUNT_NONE);
	account_time(recorder, m);
	see_values(recorder, model, mm);
	recorder_mix(recorder, (uint64_t)m->taken << 32 | m->span << 2 | m->mode);
	recorder_mix(recorder, (uint64_t)m->users << 32 | m->max_cids << 16 | m->pcpu_thrs);
	emit_sample(recorder, m);
}

static struct record_mode_switch mode_switch_of(
	struct recorder *recorder, const struct model_event *event)
{
	return (struct record_mode_switch){
		.time_ns = recorder->now_ns,
		.account = recorder->mms[event->mm].account,
		.to_percpu = event->mode & MODE_PER_CPU,
		.trigger = event->trigger,
		.users = event->users,
		.allowed_count = event->allowed_count,
		.max_cids_before = event->max_cids_before,
		.max_cids_after = event->max_cids_after,
		.thrs_before = event->thrs_before,
		.thrs_after = event->thrs_after,
		.cpu = event->cpu,
		.pid = event->task == TASK_NONE ? 0
		                                : recorder->pid(recorder->pid_context, event->task),
	};
}

static void flipped(
	struct recorder *recorder, struct record_account *account, const struct model_event *event)
{
	struct recorder_mm *m = &recorder->mms[event->mm];
	struct record_mode_switch flip = mode_switch_of(recorder, event);

	g_assert(recorder_account(recorder, event->mm) == account);
	/* The last user's exit ignores the flip: no window follows and nobody is left to see it. */
	if (event->users == 0)
		return;
	account_time(recorder, m);
	if (flip.to_percpu)
		account->to_percpu++;
	else
		account->to_task++;
	record_range_add(
		flip.to_percpu ? &account->enter_users : &account->leave_users, flip.users);
	m->in_window = true;
	m->preempted_since_ns = UINT64_MAX;
	m->spin_ns_at_open = account->spin_ns;
	m->window = (struct record_window){ .opened = flip };
	memcpy(m->count_at_open, account->observer.count, sizeof(m->count_at_open));
	if (recorder->result->mode_switches->len < RECORD_KEPT_MAX)
		g_array_append_val(recorder->result->mode_switches, flip);
	if (recorder->sink && recorder->sink->mode_switch)
		recorder->sink->mode_switch(recorder->sink->context, &flip);
}

static void fill_window(struct recorder *recorder, const struct recorder_mm *m,
	const struct record_account *account, struct record_window *window)
{
	uint64_t since[OBSERVE_COUNTERS];

	for (size_t i = 0; i < OBSERVE_COUNTERS; i++) {
		g_assert(account->observer.count[i] >= m->count_at_open[i]);
		since[i] = account->observer.count[i] - m->count_at_open[i];
	}
	g_assert(account->spin_ns >= m->spin_ns_at_open);
	window->close_ns = recorder->now_ns;
	window->steps = since[OBSERVE_WALK_STEPS];
	window->moved = since[OBSERVE_WALK_MOVED];
	window->dropped = since[OBSERVE_WALK_DROPPED];
	window->handed = since[OBSERVE_HANDED_TO_CPU] + since[OBSERVE_HANDED_TO_TASK];
	window->settled = since[OBSERVE_SETTLED];
	window->out_dropped = since[OBSERVE_OUT_DROPPED];
	window->bit_ops = since[OBSERVE_BIT_OPS];
	window->spins = since[OBSERVE_SPINS];
	window->spin_ns = account->spin_ns - m->spin_ns_at_open;
}

static void completed(
	struct recorder *recorder, struct record_account *account, const struct model_event *event)
{
	struct recorder_mm *m = &recorder->mms[event->mm];
	struct record_window *window = &m->window;

	if (!m->in_window)
		return;
	account_time(recorder, m);
	recorder_initiator_in(recorder, event->mm);
	fill_window(recorder, m, account, window);
	g_assert(window->preempted_ns <= window->close_ns - window->opened.time_ns);
	m->in_window = false;
	record_histogram_add(&account->windows, window->close_ns - window->opened.time_ns);
	if (recorder->result->windows->len < RECORD_KEPT_MAX)
		g_array_append_val(recorder->result->windows, *window);
	if (recorder->sink && recorder->sink->window)
		recorder->sink->window(recorder->sink->context, window);
}

/* What the model reports while it takes a step. */
static void observed(struct model_observer *observer, const struct model_event *event)
{
	struct record_account *account = (struct record_account *)observer;
	struct recorder *recorder = account->recorder;

	switch (event->kind) {
	case EVENT_FLIPPED:
		flipped(recorder, account, event);
		break;
	case EVENT_COMPLETED:
		completed(recorder, account, event);
		break;
	case EVENT_DEFERRED_RAN:
		account->deferred_runs++;
		break;
	case EVENT_DEFERRED_QUEUED:
	case EVENT_BAD_DROP:
		break;
	}
	recorder_mix(recorder, (uint64_t)event->kind << 32 | event->mm);
	recorder_mix(recorder, (uint64_t)event->users << 32 | event->thrs_after);
}

void recorder_initiator_out(struct recorder *recorder, uint32_t mm)
{
	g_assert(mm < recorder->mms_count);
	recorder->mms[mm].preempted_since_ns = recorder->now_ns;
}

void recorder_initiator_in(struct recorder *recorder, uint32_t mm)
{
	struct recorder_mm *m = &recorder->mms[mm];

	g_assert(m->preempted_since_ns == UINT64_MAX || m->preempted_since_ns <= recorder->now_ns);
	if (m->preempted_since_ns != UINT64_MAX)
		m->window.preempted_ns += recorder->now_ns - m->preempted_since_ns;
	m->preempted_since_ns = UINT64_MAX;
}

void recorder_spun(struct recorder *recorder, uint32_t mm, uint64_t ns)
{
	g_assert(ns <= recorder->now_ns);
	recorder_account(recorder, mm)->spin_ns += ns;
}

struct recorder *recorder_new(const struct scenario *scenario, const struct record_sink *sink,
	uint32_t mms_count, uint32_t (*pid)(void *context, uint32_t task), void *pid_context)
{
	struct recorder *recorder = g_new0(struct recorder, 1);

	g_assert(scenario && pid);
	recorder->sink = sink;
	recorder->result = record_result_new(scenario);
	recorder->pid = pid;
	recorder->pid_context = pid_context;
	recorder_grow(recorder, mms_count);
	return recorder;
}

void recorder_grow(struct recorder *recorder, uint32_t mms_count)
{
	g_assert(mms_count >= recorder->mms_count);
	recorder->mms = g_renew(struct recorder_mm, recorder->mms, mms_count);
	for (uint32_t mm = recorder->mms_count; mm < mms_count; mm++)
		recorder->mms[mm] = (struct recorder_mm){ .account = ACCOUNT_NONE };
	recorder->mms_count = mms_count;
}

uint32_t recorder_add_account(struct recorder *recorder, char *name, uint32_t mm, uint32_t process)
{
	struct record_account *account = g_new0(struct record_account, 1);

	g_assert(name);
	account->observer.event = observed;
	account->recorder = recorder;
	account->name = name;
	account->mm = mm;
	account->process = process;
	g_ptr_array_add(recorder->result->accounts, account);
	return recorder->result->accounts->len - 1;
}

void recorder_mm_begin(
	struct recorder *recorder, const struct model *model, uint32_t mm, uint32_t account)
{
	recorder_mm_begin_in(recorder, model, mm, mm, account);
}

void recorder_mm_begin_in(struct recorder *recorder, const struct model *model, uint32_t model_mm,
	uint32_t mm, uint32_t account)
{
	g_assert(mm < recorder->mms_count);
	g_assert(account < recorder->result->accounts->len);
	recorder->mms[mm] = (struct recorder_mm){
		.account = account,
		.of = recorder->result->accounts->pdata[account],
		.model_mm = model_mm,
		.since_ns = recorder->now_ns,
		.preempted_since_ns = UINT64_MAX,
	};
	recorder_account(recorder, mm)->live_count++;
	recorder_account(recorder, mm)->live_mm = mm;
	see_values(recorder, model, mm);
	if (recorder->mms[mm].users > 0)
		emit_sample(recorder, &recorder->mms[mm]);
}

static void close_open_window(struct recorder_mm *m)
{
	struct record_account *account = m->of;

	g_assert(account->windows_open + account->windows.count <=
		 account->to_percpu + account->to_task);
	if (m->in_window)
		account->windows_open++;
	m->in_window = false;
}

void recorder_mm_lose(struct recorder *recorder, uint32_t mm)
{
	struct recorder_mm *m = &recorder->mms[mm];

	g_assert(mm < recorder->mms_count && m->of->live_count > 0);
	m->of->live_count--;
	m->account = ACCOUNT_NONE;
	m->of = NULL;
}

void recorder_mm_end(struct recorder *recorder, const struct model *model, uint32_t mm)
{
	struct recorder_mm *m = &recorder->mms[mm];

	g_assert(mm < recorder->mms_count && m->account != ACCOUNT_NONE);
	recorder_mm_update(recorder, model, mm);
	account_time(recorder, m);
	close_open_window(m);
	see_stay(recorder_account(recorder, mm), model);
	recorder_mm_lose(recorder, mm);
}

void recorder_violation(struct recorder *recorder, const char *property, uint32_t mm, char *text)
{
	struct record_result *result = recorder->result;
	struct record_violation *violation;

	g_assert(property && mm < recorder->mms_count);
	if (result->violations_count++ >= RECORD_VIOLATIONS_MAX) {
		g_free(text);
		return;
	}
	violation = g_new0(struct record_violation, 1);
	violation->time_ns = recorder->now_ns;
	violation->property = property;
	violation->account = recorder->mms[mm].account;
	violation->text = text;
	g_ptr_array_add(result->violations, violation);
}

void recorder_mm_finish(struct recorder *recorder, const struct model *model, uint32_t mm)
{
	const struct recorder_mm *m = &recorder->mms[mm];
	struct record_account *account = recorder_account(recorder, mm);

	recorder_mm_end(recorder, model, mm);
	if (m->users > 0) {
		account->alive++;
		account->alive_percpu += (m->mode & MODE_PER_CPU) != 0;
	}
}

/* What the numbers of an account say of the same thing. */
static void assert_account(const struct record_account *account)
{
	const uint64_t *count = account->observer.count;

	g_assert(account->enter_users.count == account->to_percpu);
	g_assert(account->leave_users.count == account->to_task);
	g_assert(account->windows.count + account->windows_open <=
		 account->to_percpu + account->to_task);
	g_assert(account->windows.max <= account->windows.sum);
	g_assert(account->taken.max <= account->span.max);
	g_assert(account->percpu.sum_low <= account->lived_ns);
	g_assert(account->transit.sum_low <= account->lived_ns);
	g_assert(account->alive_percpu <= account->alive);
	g_assert(count[OBSERVE_FAST_PATH] <= count[OBSERVE_SWITCHES_IN]);
	g_assert(count[OBSERVE_WALK_MOVED] + count[OBSERVE_WALK_DROPPED] <=
		 count[OBSERVE_WALK_STEPS]);
	g_assert(account->gave_up <= count[OBSERVE_SPINS]);
}

struct record_result *recorder_finish(struct recorder *recorder, const struct model *model)
{
	struct record_result *result = recorder->result;

	g_assert(result); /* once */
	for (uint32_t mm = 0; mm < recorder->mms_count; mm++) {
		if (recorder->mms[mm].account != ACCOUNT_NONE)
			recorder_mm_finish(recorder, model, mm);
	}
	for (guint i = 0; i < result->accounts->len; i++)
		assert_account(g_ptr_array_index(result->accounts, i));
	result->digest = recorder->digest;
	result->end_ns = recorder->now_ns;
	recorder->result = NULL;
	return result;
}

void recorder_free(struct recorder *recorder)
{
	if (!recorder)
		return;
	if (recorder->result)
		record_result_free(recorder->result);
	g_free(recorder->instants);
	for (uint32_t mm = 0; recorder->accounts_of && mm < recorder->accounts_mms; mm++) {
		g_clear_pointer(&recorder->accounts_of[mm].places, g_array_unref);
		g_clear_pointer(&recorder->accounts_of[mm].by_process, g_array_unref);
	}
	g_free(recorder->accounts_of);
	g_free(recorder->mms);
	g_free(recorder);
}
