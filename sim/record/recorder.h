/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_RECORDER_H
#define CIDSIM_SIM_RECORD_RECORDER_H

/*
 * Keeps the records of a run while it goes on: totals per account, the digest, the time series.
 * The engine sets the time, says which mm has which account, and says when an mm may have
 * changed; the rest comes from the model through its observer.
 */

#include "sim/base/hash.h"
#include "sim/base/hot-assert.h"
#include "sim/record/record.h"

#define ACCOUNT_NONE UINT32_MAX

/* What was last seen of an mm, by its index in the model. */
struct recorder_mm {
	uint32_t account;          /* ACCOUNT_NONE: no such mm */
	struct record_account *of; /* that account; NULL: no such mm */
	uint32_t model_mm;         /* its index in the model that it is in */
	uint32_t users, allowed_count, max_cids, pcpu_thrs, mode, taken, span;
	uint64_t since_ns; /* these values hold from here on */
	bool in_window;
	struct record_window window;              /* the open one */
	uint64_t count_at_open[OBSERVE_COUNTERS]; /* of the account */
	uint64_t spin_ns_at_open;
	uint64_t preempted_since_ns; /* UINT64_MAX: the initiator runs */
};

/* The accounts of the processes of an mm of the scenario. */
struct recorder_accounts {
	GArray *places;     /* uint32_t, places in the result, ascending; NULL = none */
	GArray *by_process; /* uint32_t, place of the account of process i, plus 1; 0 = none */
};

struct recorder {
	uint64_t now_ns;
	uint64_t digest;
	const struct record_sink *sink; /* NULL: none */
	struct record_result *result;
	struct recorder_mm *mms; /* grown by recorder_grow() */
	uint32_t mms_count;
	/* For expect.c, made when they are needed: the expectations about instants, by time and
	 * line, and the index of the first one that is not judged; for each mm of the scenario, its
	 * accounts among the first accounts_looked accounts. */
	const struct scenario_expect **instants;
	uint32_t instants_count, instants_next;
	struct recorder_accounts *accounts_of;
	uint32_t accounts_mms;
	guint accounts_looked;
	uint32_t (*pid)(void *context, uint32_t task);
	void *pid_context;
};

/* @pid returns the pid of a task of the model. */
struct recorder *recorder_new(const struct scenario *scenario, const struct record_sink *sink,
	uint32_t mms_count, uint32_t (*pid)(void *context, uint32_t task), void *pid_context);

/* Room for @mms_count mms. */
void recorder_grow(struct recorder *recorder, uint32_t mms_count);

/* A new account named @name (taken over) for process @process of scenario.mms[@mm]; ACCOUNT_NONE
 * for mms that come into being later. Returns its index. */
uint32_t recorder_add_account(struct recorder *recorder, char *name, uint32_t mm, uint32_t process);

/* The mm @mm of the model has begun, or has ended. One that begins with users has a
 * sample at once. */
void recorder_mm_begin(
	struct recorder *recorder, const struct model *model, uint32_t mm, uint32_t account);
void recorder_mm_end(struct recorder *recorder, const struct model *model, uint32_t mm);
/* The mm @mm is over, but how it ended is not known: nothing more is counted for it. */
void recorder_mm_lose(struct recorder *recorder, uint32_t mm);

/* Where each mm has a model of its own: what is @mm for the recorder is @model_mm in its @model. */
void recorder_mm_begin_in(struct recorder *recorder, const struct model *model, uint32_t model_mm,
	uint32_t mm, uint32_t account);

/* The run ends while @mm is alive. recorder_finish() does so for all mms that are left. */
void recorder_mm_finish(struct recorder *recorder, const struct model *model, uint32_t mm);

/* @mm may have changed: account for the time until now and take its values as they are. */
void recorder_mm_update(struct recorder *recorder, const struct model *model, uint32_t mm);

/* The initiator of the window of @mm, if there is one, was switched out, or in. */
void recorder_initiator_out(struct recorder *recorder, uint32_t mm);
void recorder_initiator_in(struct recorder *recorder, uint32_t mm);

/* A spin of @mm has ended after @ns. */
void recorder_spun(struct recorder *recorder, uint32_t mm, uint64_t ns);

/* A property is broken. @text is taken over. */
void recorder_violation(struct recorder *recorder, const char *property, uint32_t mm, char *text);

/* End the run: all values count until now. Returns the result, which the caller owns. @model may be
 * NULL if no mm is left. */
struct record_result *recorder_finish(struct recorder *recorder, const struct model *model);

void recorder_free(struct recorder *recorder);

static inline struct record_account *recorder_account(struct recorder *recorder, uint32_t mm)
{
	hot_assert(recorder->mms[mm].of);
	return recorder->mms[mm].of;
}

/* The observer to pass to steps on @mm. */
static inline struct model_observer *recorder_observer(struct recorder *recorder, uint32_t mm)
{
	return &recorder_account(recorder, mm)->observer;
}

/* Fold @value into the digest. The order of calls is the order of events. */
static inline void recorder_mix(struct recorder *recorder, uint64_t value)
{
	recorder->digest = hash_word(recorder->digest, value);
}

static inline void recorder_mix_three(
	struct recorder *recorder, uint64_t first, uint64_t second, uint64_t third)
{
	recorder->digest = hash_word(hash_word(hash_word(recorder->digest, first), second), third);
}

#endif
