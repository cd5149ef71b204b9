/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_INVARIANTS_H
#define CIDSIM_SIM_ENGINE_INVARIANTS_H

/*
 * What the parts of an engine and the model say of the same thing, and must agree on between two
 * events:
 *
 *	CPU    the model runs the same task; its state fits that task and the rq lock; its queue has
 *	       the tasks that say they are there, each at its place; its load is what it has
 *	task   who RUNS is current on its CPU; nobody MOVES or DIES; who is BLOCKED waits in the
 *	       list of one mutex; who has a window holds the mutex
 *	mm     as many tasks as it counts; as many users as its list has; the model's mutex is held
 *	       only if the engine's is
 *	all    counts of tasks alive, of CPUs online, of spins, of tasks that were asked
 */

struct engine;

/* Asserts all of it. It looks at each task, CPU and mm: at the end of a run, and in tests after
 * each event. */
void invariants_assert(struct engine *engine);

#endif
