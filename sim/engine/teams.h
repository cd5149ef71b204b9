/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_TEAMS_H
#define CIDSIM_SIM_ENGINE_TEAMS_H

/* Tasks that wait for one another: a process' first task and its threads, a pool's leader and
 * its threads, a vfork's parent and its child. A team exists while it has references. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum team_kind { TEAM_MAIN, TEAM_POOL, TEAM_VFORK };

struct team {
	enum team_kind kind;
	uint32_t leader; /* task; TASK_NONE: gone */
	uint32_t refs;   /* leader and members alive */
	/* TEAM_MAIN */
	uint32_t mm;         /* scenario.mms */
	uint32_t ramp, pool; /* INDEX_NONE: none */
	uint32_t level;      /* ramp: users now; 0 = not begun */
	bool falling, pause;
	uint64_t cycles_left; /* ramp, pool */
	uint32_t leaving;     /* ramp: threads that were asked to leave and are still there */
	uint64_t not_before_ns;
	GArray *threads; /* ramp: tasks, newest last */
	/* TEAM_POOL */
	uint32_t made, started, gone, threads_max;
	GArray *waiting; /* tasks to release */
};

struct teams {
	GArray *all;  /* struct team */
	GArray *free; /* indices */
};

void teams_init(struct teams *teams);
void teams_clear(struct teams *teams);

/* A team with one reference: its leader's, or of a vfork the child's, for the parent waits and
 * cannot go before its child. Returns its index. */
uint32_t teams_new(struct teams *teams, enum team_kind kind, uint32_t leader);

/* A reference less. With the last one the team ends. */
void teams_put(struct teams *teams, uint32_t team);

/* @task, a thread of @team, is not one any more. */
void team_remove_thread(struct team *team, uint32_t task);

/* Not to be kept while teams are made. */
static inline struct team *teams_at(const struct teams *teams, uint32_t team)
{
	return &g_array_index(teams->all, struct team, team);
}

#endif
