/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_WORLD_H
#define CIDSIM_TESTS_LIB_WORLD_H

/*
 * A small machine to step by hand: a state, and words written as in traces: "3" task-owned, "3c"
 * CPU-owned, "3t" in transit, "-" unset, "-t" unset in transit (B7). Unless a test says otherwise
 * all is about mm 0.
 */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/affinity.h"
#include "model/check.h"
#include "model/candidate.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"

enum { WORLD_TASKS = 64, WORLD_MMS = 4 };

struct world {
	struct model *model;
	struct model_config config;
	struct model_observer observer;      /* counts; remembers the last event */
	struct model_event event;            /* of the kind asked for last, else the last */
	uint32_t events[EVENT_BAD_DROP + 1]; /* how many of each kind */
};

/* The flags of revision @name. */
struct protocol world_protocol(const char *name);

/* The empty state of @config; its memory is all zero, so that states compare by memcmp. */
struct model *world_model(const struct model_config *config);

struct model_config world_config(struct protocol protocol, uint32_t cpus);

struct world world_of(const struct model_config *config);

void world_free(struct world *w);

struct model_mm *world_mm(struct world *w);

/* "3c" -> word. */
cid_word word_parse(const char *text);

/* word -> "3c"; @buffer holds 16 bytes. */
const char *word_print(cid_word word, char *buffer);

const char *task_word(struct world *w, uint32_t task);

const char *cpu_word(struct world *w, uint32_t cpu);

#define expect_task(w, task, text) ck_assert_str_eq(task_word(w, task), text)
#define expect_cpu(w, cpu, text) ck_assert_str_eq(cpu_word(w, cpu), text)
#define expect_step(taken, expected)                                                               \
	do {                                                                                       \
		struct step step_ = (taken);                                                       \
		ck_assert_str_eq(                                                                  \
			step_outcome_to_string(step_.outcome), step_outcome_to_string(expected));  \
		if (step_.outcome <= STEP_WINDOW)                                                  \
			ck_assert_uint_eq(step_.arg, 0);                                           \
	} while (0)
/* The pool as a mask of numbers; machines of at most 64 CPUs. */
#define expect_pool(w, mask) ck_assert_uint_eq(world_mm(w)->pool, mask)
#define expect_mode(w, expected) ck_assert_uint_eq(world_mm(w)->mode, expected)

/* The properties that are broken in mm 0, as "I1 I4". */
const char *world_broken(struct world *w);

#define expect_broken(w, text) ck_assert_str_eq(world_broken(w), text)

/* Poke a word; the pool is left alone. */
void set_task(struct world *w, uint32_t task, const char *text);

void set_cpu(struct world *w, uint32_t cpu, const char *text);

void set_pool(struct world *w, uint64_t mask);

/* Switch @cpu to @next, both halves. */
struct step run(struct world *w, uint32_t cpu, uint32_t next);

void must_run(struct world *w, uint32_t cpu, uint32_t next);

/* The fork of @child by @parent, which runs on @cpu; @group as for task_create(). The child is
 * visible from when the revision shows it, and on the run queue of @cpu. */
struct step fork_group(
	struct world *w, uint32_t cpu, uint32_t parent, uint32_t child, uint32_t group);

struct step fork_thread(struct world *w, uint32_t cpu, uint32_t parent, uint32_t child);

/* All steps of the walk that is due, and complete. */
void finish_window(struct world *w);

/* A fork that is not interrupted, window included. */
void must_fork(struct world *w, uint32_t cpu, uint32_t parent, uint32_t child);

/* An exit by the running @task that is not interrupted, window included. */
void must_exit(struct world *w, uint32_t task);

/* An exec by the running @task whose file turns out to be none. */
void must_fail_exec(struct world *w, uint32_t task);

/* An mm with task 0 as its first user, running on CPU 0 with number 0. */
void world_start(struct world *w, const uint64_t *mask);

/* @cpus CPUs under revision @name, task 0 running on CPU 0. */
struct world world_at(const char *name, uint32_t cpus);

/* Tasks 1 .. @users - 1 forked by task 0; those that have a CPU of their number run on it. */
void world_populate(struct world *w, uint32_t users);

/* The users of the mm, newest first, as "2 1 0". */
const char *world_users(struct world *w);

/* 4 CPUs in per-CPU mode, windows over: tasks 0 .. 3 on CPUs 0 .. 3, task 4 waits. */
struct world world_per_cpu(const char *revision);

/* ... and then tasks 4 and 3 have exited: threshold 2, one more exit but one leaves. */
struct world world_near_leaving(const char *revision);

/* 2 CPUs: the threshold is 1, so the last user is still in per-CPU mode. */
struct world world_last_per_cpu(void);

/* Unreachable in the kernel (B8); reachable with a widening that does lead back: of 8 CPUs 1 is
 * allowed, and the 2 users are in per-CPU mode; then all are, and a third user comes before the
 * deferred work runs. */
struct world world_in_window_of_fork_4(void);

/* ... and the walk is over: complete is due. */
struct world world_before_fork_4_completes(void);

/* 8 CPUs, max_cids 2; task 1 is to run on CPU 1; task 0 runs on CPU 0 and holds nothing. */
struct world world_prepared(uint8_t mode, const char *cpu, const char *task, uint64_t pool);

#endif
