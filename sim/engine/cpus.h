/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_CPUS_H
#define CIDSIM_SIM_ENGINE_CPUS_H

/* The CPUs: what is due on each, wake-ups, preemption, going on and offline. */

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/cputree.h"
#include "sim/engine/runq.h"
#include "sim/record/emit.h"

struct engine;

enum cpu_state {
	CPU_IDLE,
	CPU_RUNS,
	CPU_WAITS_RQ_LOCK, /* its task takes a step of a walk and waits for the rq lock of waits_for
	                    */
	CPU_SPINS_SWITCH,  /* in get, in its switch, rq lock held */
	CPU_SPINS_FORK,    /* in get, in a fork under the mm's lock, interrupts off */
};

/* One cache line: each event touches one or two of them. */
struct sim_cpu {
	uint64_t run_start_ns; /* the current task's time is charged up to here */
	uint64_t slice_end_ns;
	uint64_t lock_until_ns; /* rq lock held until; NEVER: by a switch that spins */
	struct runq queue;
	uint32_t curr;         /* TASK_NONE = idle */
	uint32_t next_hint;    /* who was first in the queue at the last switch; only to prefetch */
	struct emit_seen seen; /* by user space; mms by their serial */
	uint8_t state;         /* enum cpu_state */
	bool online : 1;
	bool resched : 1; /* switch as soon as that can be */
	bool drawn : 1;   /* the burst that begins at run_start_ns was drawn at the switch */
};
_Static_assert(sizeof(struct sim_cpu) <= 64, "a CPU is one cache line");

/* What is seldom asked of a CPU. */
struct cpu_detail {
	uint64_t stay_start_ns;
	uint64_t spin_since_ns;
	uint32_t waits_for; /* CPU_WAITS_RQ_LOCK: whose */
};

struct cpus {
	struct sim_cpu *table;
	struct cpu_detail *details;
	uint32_t count, online;
	struct cputree *tree; /* the next event of each */
};

/* The CPUs of the scenario, those online that are so at the beginning; queues empty. */
void cpus_init(struct engine *engine);
void cpus_clear(struct cpus *cpus);

/* @task wakes up now: it is put in a run queue. */
void cpus_wake(struct engine *engine, uint32_t task, bool is_new);

/* The event of @cpu is due. */
void cpus_event(struct engine *engine, uint32_t cpu);

/* @task, current on @cpu, has left it: its state says why. The next one comes. */
void cpus_leave(struct engine *engine, uint32_t cpu, uint32_t task);

/* The spin of @cpu, in a switch, has ended. */
void cpus_spin_ended(struct engine *engine, uint32_t cpu);

/* @cpu is on or offline from now on; one stays online. */
void cpus_set_online(struct engine *engine, uint32_t cpu, bool online);

/* The affinity of @task was changed: it leaves a CPU that this excludes. */
void cpus_affinity_changed(struct engine *engine, uint32_t task);

#endif
