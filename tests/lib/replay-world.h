/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_REPLAY_WORLD_H
#define CIDSIM_TESTS_LIB_REPLAY_WORLD_H

/* A replay without a trace: on 4 CPUs, of events that a test makes by hand. */

#include "sim/replay/events/events.h"

#define WORLD_MM 0xa0 /* address of the mm that the events below are about */

struct replay_world {
	struct trace_info info;
	struct replay_options options;
	struct replay replay;
	struct tables *tables;
	uint64_t line; /* of the last event */
};

/* As revision @revision; @stepwise: the trace shows each step. */
struct replay_world *replay_world_new(const char *revision, bool stepwise);
/* Ends the replay, if world_end() has not. */
void replay_world_free(struct replay_world *w);

/* An event of @kind by @pid on @cpu, a microsecond after the one before; else nothing is known. */
struct trace_event world_event(
	struct replay_world *w, enum trace_kind kind, uint32_t pid, uint32_t cpu);
void world_take(struct replay_world *w, struct trace_event event);

/* Values of the mm as an event shows them. */
struct trace_mm world_values(uint8_t mode, uint32_t users, uint32_t max_cids, uint32_t thrs);

/* A fork of @child by @pid, all its events; @word is shown at the end. The first one makes the mm.
 */
void world_fork(struct replay_world *w, uint32_t pid, uint32_t child, uint32_t cpu, uint32_t word);
/* The exit of @pid, all its events; @word is shown at the beginning. */
void world_exit(struct replay_world *w, uint32_t pid, uint32_t cpu, uint32_t word);
/* A switch with the words before it (TRACE_WORD_UNKNOWN: not shown). */
void world_switch(struct replay_world *w, uint32_t cpu, uint32_t prev, uint32_t prev_word,
	uint32_t next, uint32_t next_word);

/* The process of the mm; NULL: there is none. */
struct process *world_process(const struct replay_world *w);
/* The one state that it has, and there must be one. */
const struct model *world_model(const struct replay_world *w);
/* Differences so far. */
guint world_differences(const struct replay_world *w);

#endif
