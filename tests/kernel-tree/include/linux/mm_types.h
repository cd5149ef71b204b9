/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#ifdef CONFIG_SCHED_MM_CID
/* A region without the name that is looked for. */
#endif

#if defined(CONFIG_SCHED_MM_CID)

/* Behind the struct: the mask of CPUs that it had before there were CIDs, then these two. */
static inline struct cpumask *mm_cpus_allowed(struct mm_struct *mm)
{
	return (struct cpumask *)((char *)mm->flexible_array + cpumask_size());
}

static inline unsigned long *mm_cidmask(struct mm_struct *mm)
{
	return (unsigned long *)((char *)mm->flexible_array + 2 * cpumask_size());
}

void mm_init_cid(struct mm_struct *mm, struct task_struct *first);

static inline int mm_alloc_cid(struct mm_struct *mm, struct task_struct *first)
{
	struct mm_cid_pcpu __percpu *words = alloc_percpu(struct mm_cid_pcpu);

	if (!words)
		return -ENOMEM;
	mm->mm_cid.pcpu = words;
	mm_init_cid(mm, first);
	return 0;
}

#endif /* CONFIG_SCHED_MM_CID */
