/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#ifndef CONFIG_SCHED_MM_CID
static inline int task_mm_cid(struct task_struct *t) { return 0; }
#endif

#ifdef CONFIG_SCHED_MM_CID

void sched_mm_cid_exit(struct task_struct *t);
void sched_mm_cid_before_execve(struct task_struct *t);
void sched_mm_cid_after_execve(struct task_struct *t);

/* What user space reads. */
static inline int task_mm_cid(struct task_struct *t)
{
	return t->mm_cid.cid & ~(MM_CID_TRANSIT | MM_CID_ONCPU);
}

#endif
