/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_DUMP_DUMP_H
#define CIDSIM_SIM_DUMP_DUMP_H

/*
 * What a debugger has printed of one mm: plain lines of cidsim's own scripts, or structs as crash,
 * drgn and gdb print them. Any part may be missing. docs/explain.md has the keys.
 *
 *     text --dump_read()--> struct dump --explain()--> struct explanation (explain.h)
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/state.h"
#include "sim/base/cpu-ids.h"
#include "sim/base/faults.h"

enum {
	DUMP_TASKS_MAX = 65536,
	DUMP_COUNT_MAX = MODEL_TASKS_MAX, /* users and the like */
	DUMP_NOTES_MAX = 8,               /* that are kept */
	DUMP_OTHER = DUMP_COUNT_MAX + 1,  /* no pid */
};

/* Words are as the kernel has them: CID_KERNEL_* bits and a number. */
#define DUMP_FLAGS (CID_KERNEL_UNSET | CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT)

/* A value that may be missing. */
struct dump_value {
	uint64_t number;
	uint32_t line; /* where it stands, from 1; 0: it is missing */
};

/* What a task does, by the functions of the kernel on its stack; 0: none of them. */
enum dump_doing {
	DOING_FORK = 1,
	DOING_EXIT = 2,
	DOING_EXEC = 4,
	DOING_WALK = 8, /* the walk of a window */
	DOING_GET = 16, /* a get that spins */
};

struct dump_cpu {
	uint32_t id;
	struct dump_value word, rq_lock; /* rq_lock: 1 is held */
	struct dump_value runs;          /* a pid; 0: it idles; DUMP_OTHER: none of this mm */
};

struct dump_task {
	uint64_t pid;
	struct dump_value word, active, group, cpu;
	struct dump_value on_cpu;  /* 1: it runs */
	struct dump_value doing;   /* enum dump_doing, ORed */
	struct dump_value is_new;  /* 1: no walk sees it yet */
	struct dump_value address; /* of its struct */
};

struct dump {
	struct dump_value address;         /* of the mm */
	struct dump_value mode;            /* CID_KERNEL_ONCPU, CID_KERNEL_TRANSIT */
	struct dump_value percpu, transit; /* the mode where it is two words */
	struct dump_value users, max_cids, pcpu_thrs, update_deferred, allowed, possible;
	struct dump_value lock;  /* 1: held */
	struct dump_value mutex; /* 1: held */
	struct dump_value owner; /* of the mutex: a pid, or the address of a task */
	struct dump_value bit;   /* that an operation outside of the pool was for */
	struct dump_value pool;  /* taken is known */
	struct cpu_ids taken;
	char *kernel;     /* the version that the dump names; NULL: none */
	char *revision;   /* ... or the revision */
	GArray *cpus;     /* struct dump_cpu, by id */
	GArray *tasks;    /* struct dump_task, by pid */
	GPtrArray *notes; /* char *: what was skipped, "line 7: …" */
	unsigned notes_left_out;
	unsigned facts; /* that were understood */
};

/* Read @length bytes of @text, followed by NUL. NULL after faults. */
struct dump *dump_read(const char *text, size_t length, struct faults *faults);
void dump_free(struct dump *dump);

static inline bool dump_has(struct dump_value value)
{
	return value.line != 0;
}

static inline const struct dump_cpu *dump_cpu(const struct dump *dump, guint index)
{
	return &g_array_index(dump->cpus, struct dump_cpu, index);
}

static inline const struct dump_task *dump_task(const struct dump *dump, guint index)
{
	return &g_array_index(dump->tasks, struct dump_task, index);
}

/* The task with @pid, CPU @id; NULL: the dump has none. */
const struct dump_task *dump_find_task(const struct dump *dump, uint64_t pid);
const struct dump_cpu *dump_find_cpu(const struct dump *dump, uint32_t id);

#endif
