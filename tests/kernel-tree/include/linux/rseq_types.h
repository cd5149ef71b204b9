/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* A miniature of a kernel tree, for tests: the protocol of docs/protocol.md in the files, regions and
 * names that a kernel has it in, written anew. What stands outside of the regions is not compiled. */

this line is not C

#ifdef CONFIG_SCHED_MM_CID

/* Section 2: a word is a number and these. */
#define MM_CID_TRANSIT 0x20000000u
#define MM_CID_ONCPU 0x40000000u
#define MM_CID_UNSET 0x80000000u
#define CID_ANY_FLAG (MM_CID_TRANSIT | MM_CID_ONCPU | MM_CID_UNSET)

struct mm_cid_pcpu {
	unsigned int cid;
};

/* In each task. */
struct sched_mm_cid {
	struct hlist_node user;
	unsigned int cid, active;
};

/* In each mm. */
struct mm_mm_cid {
	struct mutex mutex;
	raw_spinlock_t lock;
	struct hlist_head all_users;
	struct mm_cid_pcpu __percpu *pcpu;
	unsigned int users, nr_cpus_allowed, max_cids, pcpu_thrs, mode;
	unsigned int update_deferred;
	struct irq_work soon;
	struct work_struct later;
};

#if 1 /* a region has conditions of its own */
#define CID_NESTED 1
#else
this neither
#endif

#else /* !CONFIG_SCHED_MM_CID */
struct sched_mm_cid { };
struct mm_mm_cid { };
#endif
