/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_EMIT_H
#define CIDSIM_SIM_RECORD_EMIT_H

/*
 * What a driver records besides the steps of the model: who runs where, from when to when, and with
 * which CID; forks, exits, execs, wake-ups, migrations. Each function counts in the totals of the
 * result, and sends to the sink if that takes such a record; the time is that of the recorder.
 *
 * How a driver uses it: it has one struct emitter, and for each CPU the time since when its task is
 * there, or it idles. At a switch on a CPU it calls
 *
 *	emit_stay()         of who leaves, or emit_idle() if nobody was there
 *	                    the first half of the switch, then the second
 *	emit_switched()     counts it; if emit_logs(), emit_switch() logs it
 *	emit_show_cid()     of who comes, once its word is known
 *
 * A stay is cut in two, with emit_stay() for the first part, where the task changes its mm or its
 * CID without a switch (exec). At the end of a run each CPU has a last emit_stay() or emit_idle().
 */

#include "sim/record/recorder.h"

/* No emit_show_cid() yet. No mm has this number. */
#define EMIT_NO_MM UINT32_MAX

struct emitter {
	struct recorder *recorder;
	/* The name of @task, TASK_NONE: the idle task. NULL if the driver logs nothing. */
	struct record_task (*name)(void *context, uint32_t task);
	void *context;
};

/* One side of a switch. @task: TASK_NONE = idle. After the switch: its account, ACCOUNT_NONE if it
 * has no mm, and its word. */
struct emit_side {
	uint32_t task, account;
	cid_word word;
};

/* What user space on a CPU saw last: a CID of the mm with that number. It begins as
 * { EMIT_NO_MM, 0 }. Packed, as it lies in the one cache line of a CPU. */
struct emit_seen {
	uint32_t mm;
	uint16_t cid;
} __attribute__((packed, aligned(2)));

static inline struct record_result *emit_totals(const struct emitter *emitter)
{
	return emitter->recorder->result;
}

/* Does the sink take stays? The event log? */
static inline bool emit_has_stays(const struct emitter *emitter)
{
	return emitter->recorder->sink && emitter->recorder->sink->stay;
}

static inline bool emit_logs(const struct emitter *emitter)
{
	return emitter->recorder->sink && emitter->recorder->sink->sched_switch;
}

/* Task @pid has been on @cpu from @since_ns until now; its user space saw @cid, a cid_number().
 * @account may be ACCOUNT_NONE. */
void emit_stay(const struct emitter *emitter, uint32_t cpu, uint32_t pid, uint32_t account,
	uint64_t since_ns, uint32_t cid);

/* A CPU has been idle from @since_ns until now. */
static inline void emit_idle(const struct emitter *emitter, uint64_t since_ns)
{
	g_assert(since_ns <= emitter->recorder->now_ns);
	emit_totals(emitter)->idle_ns += emitter->recorder->now_ns - since_ns;
}

static inline void emit_switched(const struct emitter *emitter)
{
	emit_totals(emitter)->switches++;
}

/* Log the switch from @prev, which is left in @prev_state, to @next; @cpu_word: that of @cpu in the
 * mm of @next, 0 if it has none; @spins: the get of @next has found nothing yet. */
void emit_switch(const struct emitter *emitter, uint32_t cpu, const struct emit_side *prev,
	enum record_prev_state prev_state, const struct emit_side *next, cid_word cpu_word,
	bool spins);

/* The word that user space of a task sees from now on; @task_saw: what this returned for the task
 * before (CID_UNSET: it saw nothing yet); @cpu_saw: of its CPU. Counts the changes of both in
 * @account. @mm is a number that no other mm of the run has. Returns what the task sees. */
static inline uint16_t emit_show_cid(struct record_account *account, uint16_t task_saw,
	struct emit_seen *cpu_saw, uint32_t mm, cid_word word)
{
	uint16_t cid = word & (CID_NUMBER | CID_UNSET);

	account->task_cid_changes += task_saw != cid;
	account->cpu_cid_changes += cpu_saw->mm == mm && cpu_saw->cid != cid;
	cpu_saw->mm = mm;
	cpu_saw->cid = cid;
	return cid;
}

/* The second half of emit_wakeup(), for the sink. */
void emit_wakeup_log(
	const struct emitter *emitter, uint32_t cpu, uint32_t running, uint32_t task, bool is_new);

/* @task is put in the queue of @cpu, where @running runs; @is_new: after its fork. */
static inline void emit_wakeup(
	const struct emitter *emitter, uint32_t cpu, uint32_t running, uint32_t task, bool is_new)
{
	emit_totals(emitter)->wakeups++;
	if (emitter->recorder->sink && emitter->recorder->sink->sched_wakeup)
		emit_wakeup_log(emitter, cpu, running, task, is_new);
}

/* The second half of emit_migration(), for the sink. */
void emit_migration_log(
	const struct emitter *emitter, uint32_t running, uint32_t task, uint32_t from, uint32_t to);

/* @task goes from CPU @from to @to, where @running runs. */
static inline void emit_migration(
	const struct emitter *emitter, uint32_t running, uint32_t task, uint32_t from, uint32_t to)
{
	emit_totals(emitter)->migrations++;
	if (emitter->recorder->sink && emitter->recorder->sink->sched_migrate)
		emit_migration_log(emitter, running, task, from, to);
}

/* @parent, on @cpu, has made @child. */
void emit_fork(const struct emitter *emitter, uint32_t cpu, uint32_t parent, uint32_t child);

/* @task, on @cpu, is no user any more and will not run again. */
void emit_exit(const struct emitter *emitter, uint32_t cpu, uint32_t task);

/* @task, which runs on @cpu, is back from an exec, with @word. */
void emit_exec(
	const struct emitter *emitter, uint32_t cpu, uint32_t task, bool failed, cid_word word);

/* A line "mmcid:@event: @text" of the log; @running: who runs on @cpu. */
void emit_note(const struct emitter *emitter, uint32_t cpu, uint32_t running, const char *event,
	const char *text);

/* The last line of the log, "end", with the totals and @more, " key=value ..." or "". A log without
 * it is cut off. @running: who runs on CPU 0. */
void emit_end(const struct emitter *emitter, uint32_t running, const char *more);

#endif
