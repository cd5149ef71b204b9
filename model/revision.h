/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_REVISION_H
#define CIDSIM_MODEL_REVISION_H

/*
 * A revision of the protocol is a set of feature flags, nothing else: the model never asks which
 * revision it runs, only whether a flag is set. Source: docs/protocol.md, section 7.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an exit that changes the mode does with the CID of the CPU it runs on. docs/protocol.md,
 * section 6, exit 1. */
enum exit_change {
	EXIT_DROPS_CPU,         /* drop CPU (from 6.19-dropcpu) */
	EXIT_HANDS_OVER,        /* v3 as described: the task there gets the CPU's CID, in transit */
	EXIT_HANDS_OVER_IF_OWN, /* v3, other reading: only if that task's own word is CPU-owned */
};

/* Which tasks a task walk visits. docs/protocol.md, section 6 "Task walk", and 7. */
enum walk_users {
	WALK_USERS_LIST,   /* every user of the mm, newest first (from 7.0) */
	WALK_USERS_SYSTEM, /* visible tasks of the thread group, then of the system; a budget */
};

/* What the cap of the threshold is taken from. docs/protocol.md, section 3; the last two are for
 * comparison only. */
enum thrs_cap {
	THRS_CAP_POSSIBLE,
	THRS_CAP_NR_CPU_IDS,
	THRS_CAP_NONE,
	THRS_CAP_ALLOWED, /* the CPUs allowed: as on a machine that has no others */
};

/* When the threshold is computed. docs/protocol.md, section 3; the last two are for comparison
 * only. */
enum thrs_policy {
	THRS_RECORDED,   /* on entry to per-CPU mode and on affinity change: the kernel */
	THRS_RECOMPUTED, /* also on each fork and exit in per-CPU mode */
	THRS_NONE,       /* no hysteresis: leaves as soon as users <= max_cids */
};

/* What brings an mm back after its affinity was widened. docs/protocol.md, section 7,
 * affinity-return. */
enum affinity_return {
	AFFINITY_RETURN_THRS,  /* users < the recomputed threshold: the kernel, never true (B8) */
	AFFINITY_RETURN_FITS,  /* users <= max_cids at the new width */
	AFFINITY_RETURN_BELOW, /* users < the threshold that entry at the new width would record */
};

/* What a CPU walk does where the CPU owns the number and its current task, of the mm and active,
 * has none: it came back from a failed exec (docs/protocol.md, section 6, second row of the CPU
 * walk's table). The last two are candidate fixes of B9. */
enum walk_unset {
	WALK_UNSET_NOTHING,   /* the kernel */
	WALK_UNSET_DROPS,     /* drop CPU, as for a task that is not of the mm */
	WALK_UNSET_HANDS_OVER /* the task gets the number, in transit */
};

/* What a failed exec gets when it comes back to an mm in per-CPU mode.
 * docs/protocol.md, section 6, "Exec". */
enum exec_return {
	EXEC_RETURN_UNSET, /* nothing until its next switch: the kernel */
	EXEC_RETURN_GETS,  /* the number of its CPU, or one of the pool: a candidate fix */
	EXEC_RETURN_LATE   /* the same; and if it flips the mode, it stays inactive until its window
	                    * is over, and so needs no number to be switched in */
};

/* What the exit of a last user does where it should change the mode. docs/protocol.md, section 6,
 * exit 2. */
enum last_exit {
	LAST_EXIT_IGNORES, /* the mode is left in transit, the words as they are: the kernel */
	LAST_EXIT_CLEANS /* all CPU-owned numbers are dropped, the mode is per task: a candidate */
};

struct protocol {
	bool transit_to_task;    /* TRANSIT in windows towards per task (v2) */
	bool transit_to_percpu;  /* TRANSIT in windows towards per CPU (6.19-livelock) */
	bool out_settles;        /* "out" settles ownership once the window is over (6.19) */
	bool drop_tests_owned;   /* "drop CPU" tests that the word is CPU-owned (6.19.1) */
	bool early_count;        /* a child is counted before it is visible to a task walk */
	bool walk_skips_done;    /* the system pass skips tasks already handled; not a revision's */
	bool walk_full;          /* the system pass, once begun, has no budget (7.0-vfork) */
	bool walk_keeps_unset;   /* the CPU walk leaves an UNSET task word alone (7.1) */
	bool init_unset;         /* the CPU words of a new mm are UNSET, not 0 (first series) */
	bool init_keeps_transit; /* a forked mm's transit is its parent's (to v4) */
	bool split_mode;     /* percpu and transit are two words, seen apart (to 6.19-livelock) */
	bool bounded_get;    /* a get that finds nothing gives up after a while (proposed) */
	bool split_get;      /* finding a bit and setting it are two steps; not a revision's */
	uint8_t exit_change; /* enum exit_change */
	uint8_t walk_users;  /* enum walk_users */
	uint8_t walk_budget; /* system pass: users minus this; 0 = no budget */
	uint8_t thrs_floor;  /* the threshold is at least this: 0, 1, or 2 for comparison */
	uint8_t thrs_cap;    /* enum thrs_cap; half of it caps the threshold */
	uint8_t thrs_policy; /* enum thrs_policy */
	uint8_t affinity_return; /* enum affinity_return */
	uint8_t walk_unset;      /* enum walk_unset */
	uint8_t exec_return;     /* enum exec_return */
	uint8_t last_exit;       /* enum last_exit */
	uint8_t unused;          /* 0: no byte is padding, protocols are compared by memcmp */
	uint16_t thrs_gap;       /* thrs = opt - opt * gap / 1000, then capped; the kernel: 250 */
	uint16_t allowance;      /* max_cids = opt + opt * allowance / 1000; the kernel: 250 */
};

struct revision {
	const char *name;
	const char *date;    /* YYYY-MM-DD, or YYYY-MM */
	const char *commit;  /* 12 hex digits of the kernel's commit; "" if none */
	const char *change;  /* what it changed, one line */
	const char *defects; /* of docs/protocol.md, section 7, space separated */
	struct protocol protocol;
};

/* The revisions, oldest first; *@count of them. */
const struct revision *revision_table(size_t *count);

/* The current revision: what the newest kernel that is known runs. Proposals come after it in the
 * table. */
const struct revision *revision_current(void);

/* What @revision, a row of the table, changes: the row before it, or the current revision if it is
 * a proposal. NULL for the first. */
const struct revision *revision_predecessor(const struct revision *revision);

/* The other names of @revision, a row of the table: that at @index, NULL after the last. */
const char *revision_alias(const struct revision *revision, size_t index);

/* Find a revision by its exact name; an alias (v6.19-rc1, 7.2, 7.3) finds what it stands for.
 * Returns NULL if there is none. */
const struct revision *revision_find(const char *name);

/* One flag of struct protocol, for option tables, documents and [protocol] groups. */
struct protocol_flag {
	const char *name;   /* as written in scenarios: transit-to-percpu */
	const char *help;   /* one line */
	const char *values; /* "off|on", "drop|hand-over|...", or "MIN..MAX" for a number */
	size_t offset;      /* in struct protocol */
	size_t size;        /* 1 or 2 bytes */
	unsigned min, max;  /* of a number, or of the index of a word, which begins at 0 */
};

/* The flags, *@count of them, in the order of the struct. */
const struct protocol_flag *protocol_flags(size_t *count);

/* Set the flag @name from @value ("on", "off", a word, a number, as in protocol_flag.values).
 * Returns 0; -1 unknown flag; -2 @value does not fit. @protocol changes only on 0. */
int protocol_set(struct protocol *protocol, const char *name, const char *value);

/* The text of the value that @flag has in @protocol; at most @size bytes go to @buffer. */
void protocol_get(const struct protocol *protocol, const struct protocol_flag *flag, char *buffer,
	size_t size);

#endif
