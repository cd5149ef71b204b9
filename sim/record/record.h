/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_RECORD_H
#define CIDSIM_SIM_RECORD_RECORD_H

/*
 * What a run leaves behind. Drivers report what happens as it happens; the record keeps totals per
 * account and the digest, and passes all on to a sink (CSV, ftrace text) if there is one. Memory
 * does not grow with the length of the run. Source of the words: docs/protocol.md, glossary.
 *
 * An *account* is what totals are kept for: each process that the scenario declares has its own
 * ("app", "web/3"); mms that come into being later share one per declared mm ("app exec",
 * "app fork"), so that a run with a million execs needs no more memory than one with ten.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/check.h"
#include "model/observer.h"
#include "model/state.h"
#include "sim/scenario/scenario.h"

/* A mode switch: a change of the mode by a decision. */
struct record_mode_switch {
	uint64_t time_ns;
	uint32_t account;
	bool to_percpu;
	enum model_trigger trigger;
	uint32_t users, allowed_count;
	uint32_t max_cids_before, max_cids_after;
	uint32_t thrs_before, thrs_after;
	uint32_t cpu; /* dense index */
	uint32_t pid; /* of the initiator; 0 = the deferred work */
};

/* A transit window: from a flip to its complete. */
struct record_window {
	struct record_mode_switch opened;
	uint64_t close_ns;
	uint64_t steps;       /* of the walk */
	uint64_t moved;       /* CIDs that the walk put in transit or handed over */
	uint64_t dropped;     /* CIDs that the walk gave back */
	uint64_t handed;      /* CIDs that switches handed to a CPU or a task meanwhile */
	uint64_t settled;     /* by switches out */
	uint64_t out_dropped; /* by switches out */
	uint64_t bit_ops;
	uint64_t spins, spin_ns;
	uint64_t preempted_ns; /* the initiator was not running */
};

/* A row of the time series: the values from @time_ns on. */
struct record_sample {
	uint64_t time_ns;
	uint32_t account;
	uint32_t users, allowed_count, max_cids, pcpu_thrs;
	uint32_t mode; /* MODE_* bits */
	uint32_t taken, span, optimum;
};

/* A task left a CPU: it was there from @start_ns to @end_ns. */
struct record_stay {
	uint32_t cpu, pid, account;
	uint64_t start_ns, end_ns;
	uint32_t cid; /* what user space saw while there: cid_number() of its word */
};

/* How a task stands when it is switched out. */
enum record_prev_state { PREV_RUNNABLE, PREV_SLEEPS, PREV_BLOCKED, PREV_DEAD };

struct record_task {
	uint32_t pid;       /* 0 = idle */
	uint32_t group_pid; /* thread group */
	char name[16];      /* as comm: at most 15 bytes */
};

struct record_switch {
	uint64_t time_ns;
	uint32_t cpu;
	const struct record_task *prev, *next;
	enum record_prev_state prev_state;
	/* after the switch; of tasks without mm: account UINT32_MAX */
	uint32_t prev_account, next_account;
	cid_word prev_word, next_word, cpu_word;
	bool spins; /* next has no number yet: its get found nothing */
};

/* A message of the mmcid:* kind: "fork", "exit", "exec", "affinity", "walk", "complete",
 * "spin"... */
struct record_note {
	uint64_t time_ns;
	uint32_t cpu;
	const struct record_task *task; /* who runs there */
	const char *event;              /* name after mmcid: */
	const char *text;               /* key=value ... */
};

/* A played step, or (number 0) the start. */
struct record_step {
	uint64_t time_ns;
	uint32_t number;
	const char *text;    /* as [steps] has it; "" of the start */
	const char *words;   /* the same in words */
	const char *changes; /* "users 2 -> 3; T0 - -> 0" */
	const char *state;   /* the state after it, parts separated by " | " */
	const char *broken;  /* properties that are broken then, separated by blanks */
};

/* Where records go. Each function may be NULL; @context is passed back. */
struct record_sink {
	void *context;
	void (*sample)(void *context, const struct record_sample *sample);
	void (*mode_switch)(void *context, const struct record_mode_switch *mode_switch);
	void (*window)(void *context, const struct record_window *window);
	void (*stay)(void *context, const struct record_stay *stay);
	void (*step)(void *context, const struct record_step *step);
	/* the complete event log */
	void (*sched_switch)(void *context, const struct record_switch *sched_switch);
	void (*sched_wakeup)(void *context, uint64_t time_ns, uint32_t on_cpu,
		const struct record_task *running, const struct record_task *woken, bool is_new,
		uint32_t target_cpu);
	void (*sched_fork)(void *context, uint64_t time_ns, uint32_t cpu,
		const struct record_task *parent, const struct record_task *child);
	void (*sched_exit)(
		void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task);
	void (*sched_migrate)(void *context, uint64_t time_ns, uint32_t on_cpu,
		const struct record_task *running, const struct record_task *task, uint32_t from,
		uint32_t to);
	void (*note)(void *context, const struct record_note *note);
};

/* A value as a function of time: time-weighted sum, maximum. */
struct record_gauge {
	uint64_t sum_low, sum_high; /* of value * ns, 128 bits */
	uint32_t max;
};

/* Lengths in ns, by powers of two cut in eight: relative error below 1/8. */
enum { RECORD_BUCKETS = 43 * 8 };
struct record_histogram {
	uint64_t count, sum, max;
	uint32_t bucket[RECORD_BUCKETS];
};

/* A set of small counts seen: at how many users an mm flipped. */
struct record_range {
	uint64_t count;
	uint32_t first, min, max;
};

struct record_account {
	struct model_observer observer; /* first: the model counts in it */
	struct recorder *recorder;      /* to which the observer reports */
	char *name;
	uint32_t mm;                  /* index in scenario.mms */
	uint32_t process;             /* which of its processes; UINT32_MAX: mms that came later */
	uint32_t live_count, live_mm; /* how many mms of the recorder have it now; one of them */
	uint64_t lived_ns;            /* sum over its mms of the time with users */
	uint32_t users_max;
	uint64_t to_percpu, to_task;
	struct record_range enter_users, leave_users;
	/* By docs/protocol.md, section 9, with the widest allowed mask seen. */
	uint32_t formula_enter, formula_leave;
	uint32_t allowed_max;
	uint32_t allowed_to_stay; /* CPUs with which users_max never leave per task; 0 = none */
	struct record_gauge span, taken, optimum, percpu; /* percpu: 1 while per CPU */
	struct record_gauge transit;                      /* 1 within a window */
	uint64_t windows_open;                            /* the run ended inside */
	uint64_t alive, alive_percpu;    /* its mms with users when the run ended; those per CPU */
	struct record_histogram windows; /* lengths; empty until the first window */
	uint64_t spin_ns, task_cid_changes, cpu_cid_changes;
	uint64_t gave_up; /* spins that ended without a number: bounded get */
	uint64_t deferred_runs;
};

/* A broken property or a live lock: the protocol's fault, not ours and not the user's. */
struct record_violation {
	uint64_t time_ns;
	const char *property; /* "I1" ... "I8"; of played steps also "return" */
	uint32_t account;
	char *text; /* who holds what, who waits for what; may have several lines */
};

/* When an expectation failed: from then on it could no longer hold. */
enum record_failed {
	FAILED_UNKNOWN, /* not looked for, or it holds */
	FAILED_AT_END,  /* only the end of the run decides it */
	FAILED_AT,      /* at failed_ns */
};

/* An expectation and its result. */
struct record_verdict {
	const struct scenario_expect *expect;
	bool passed;
	char *found; /* the value found, as text */
	enum record_failed failed;
	uint64_t failed_ns;
	char *failed_by; /* with FAILED_AT: what happened then; NULL: nothing is known of it */
};

enum {
	RECORD_KEPT_MAX = 64,       /* mode switches and windows kept for the readable report */
	RECORD_VIOLATIONS_MAX = 20, /* violations kept; all are counted */
};

/* The result of a run: all that reports need. */
struct record_result {
	const struct scenario *scenario;
	uint64_t digest;
	uint64_t events;   /* handled by the engine */
	uint64_t switches; /* context switches, idle included */
	uint64_t migrations, wakeups, forks, exits, execs, affinity_changes;
	uint64_t end_ns;       /* when the run ended */
	bool counts_events;    /* of a trace whose clock counts events: times are no times */
	const char *ended;     /* "time", "nothing left to do", "live lock", "event limit" ... */
	char *input_error;     /* "LINE: what" could not be done, " what" of no line; NULL = none */
	uint32_t tasks_max;    /* alive at once */
	uint64_t idle_ns;      /* sum over CPUs */
	GPtrArray *accounts;   /* struct record_account */
	GPtrArray *violations; /* struct record_violation, the first RECORD_VIOLATIONS_MAX */
	uint64_t violations_count; /* live locks included */
	uint64_t livelocks;
	unsigned property;     /* broken after the last of played steps, as a bit; 0 = none */
	GArray *mode_switches; /* struct record_mode_switch, the first RECORD_KEPT_MAX */
	GArray *windows;       /* struct record_window, the first RECORD_KEPT_MAX */
	GPtrArray *verdicts;   /* struct record_verdict */
	uint64_t verdicts_failed;
};

/* Mean of a gauge over @span_ns in thousandths, rounded to nearest; 0 if @span_ns is 0. */
uint64_t record_gauge_mean_milli(const struct record_gauge *gauge, uint64_t span_ns);

/* Upper edge in ns of the bucket that holds the @permille-th length; 0 if there is none. */
uint64_t record_histogram_quantile(const struct record_histogram *histogram, unsigned permille);
void record_histogram_add(struct record_histogram *histogram, uint64_t ns);

void record_range_add(struct record_range *range, uint32_t value);

/* Add @account to @total: counts and times are summed, maxima and ranges joined;
 * the formula is that of the widest mask. Names, mms and observers' callbacks are not touched. */
void record_account_add(struct record_account *total, const struct record_account *account);

/* The name of number @account of @accounts, as record_result.accounts has them; @none if there is
 * no such number. Belongs to the account. */
const char *record_account_name(const GPtrArray *accounts, uint32_t account, const char *none);

/* "UPPER_EDGE_NS:COUNT" of each bucket that has any, ascending, separated by blanks. No length is
 * above the edge of its bucket, nor below 8/9 of it. */
void record_histogram_print(GString *text, const struct record_histogram *histogram);

/* The outcome of a run. One that was cut short, by its event limit or from outside, is undecided
 * unless a property is already broken that is not expected to be. */
enum record_outcome { OUTCOME_OK, OUTCOME_FAILED, OUTCOME_UNDECIDED };
enum record_outcome record_result_outcome(const struct record_result *result);
bool record_result_cut_short(const struct record_result *result);

/* True if nothing failed: no violation that is not expected, no expectation that does not hold, and
 * the run not cut short. */
bool record_result_ok(const struct record_result *result);

/* An empty result. What is added to its pointer arrays belongs to them: made with g_new(), the
 * name, text or found in it by g_malloc(). */
struct record_result *record_result_new(const struct scenario *scenario);

void record_result_free(struct record_result *result);

#endif
