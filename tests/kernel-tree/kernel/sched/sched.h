/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#ifdef CONFIG_SCHED_MM_CID

static inline bool is_tasks(unsigned int word)
{
	return !(word & CID_ANY_FLAG);
}

static inline bool is_cpus(unsigned int word)
{
	return (word & MM_CID_ONCPU) != 0;
}

/* Section 4: the pool. */

static inline void pool_drop(struct mm_struct *mm, unsigned int number)
{
	clear_bit(number, mm_cidmask(mm));
}

/* One try; CID_ANY_FLAG if it fails. */
static inline unsigned int pool_try(struct mm_struct *mm, unsigned int limit)
{
	unsigned long *pool = mm_cidmask(mm);
	unsigned int number = find_first_zero_bit(pool, limit);

	if (number < limit && !test_and_set_bit(number, pool))
		return number;
	return CID_ANY_FLAG;
}

static inline unsigned int pool_get(struct mm_struct *mm)
{
	unsigned int number = pool_try(mm, READ_ONCE(mm->mm_cid.max_cids));

	while (number == CID_ANY_FLAG) {
		cpu_relax();
		number = pool_try(mm, num_possible_cpus());
	}
	return number;
}

static inline void unset_task(struct task_struct *t)
{
	unsigned int had = t->mm_cid.cid;

	t->mm_cid.cid = MM_CID_UNSET;
	if (is_tasks(had))
		pool_drop(t->mm, had);
}

static inline void drop_cpu(struct mm_struct *mm, struct mm_cid_pcpu *slot)
{
	if (!is_cpus(slot->cid))
		return;
	slot->cid ^= MM_CID_ONCPU;
	pool_drop(mm, slot->cid);
}

static inline unsigned int converge(struct mm_struct *mm, unsigned int word, unsigned int limit)
{
	unsigned int owner = word & MM_CID_ONCPU, better;

	if (word - owner < limit)
		return word;
	better = pool_try(mm, limit);
	if (better == CID_ANY_FLAG)
		return word;
	pool_drop(mm, word - owner);
	return owner | better;
}

/* Section 5: the switch. */

static inline void switch_out(struct task_struct *t)
{
	unsigned int number = t->mm_cid.cid & ~MM_CID_TRANSIT;
	struct mm_struct *mm = t->mm;
	unsigned int mode;

	if (number == t->mm_cid.cid)
		return;
	mode = READ_ONCE(mm->mm_cid.mode);
	if ((mode & MM_CID_TRANSIT) || number >= READ_ONCE(mm->mm_cid.max_cids)) {
		pool_drop(mm, number);
		t->mm_cid.cid = MM_CID_UNSET;
		return;
	}
	number |= mode & MM_CID_ONCPU;
	t->mm_cid.cid = number;
	__this_cpu_write(mm->mm_cid.pcpu->cid, number);
}

/* The word in per-task mode. */
static inline unsigned int word_per_task(
	struct task_struct *t, unsigned int cpus, unsigned int mode, unsigned int limit)
{
	unsigned int tasks = t->mm_cid.cid;

	if (is_tasks(cpus) && is_tasks(tasks))
		return converge(t->mm, tasks, limit);
	if (is_cpus(cpus) && is_tasks(tasks))
		drop_cpu(t->mm, this_cpu_ptr(t->mm->mm_cid.pcpu));
	else if (is_cpus(cpus))
		tasks = cpus - MM_CID_ONCPU;
	if (!is_tasks(tasks))
		tasks = pool_get(t->mm);
	return tasks | (mode & MM_CID_TRANSIT);
}

/* The word in per-CPU mode. */
static inline unsigned int word_per_cpu(
	struct task_struct *t, unsigned int cpus, unsigned int mode, unsigned int limit)
{
	unsigned int tasks = t->mm_cid.cid;

	if (is_cpus(cpus) && is_cpus(tasks))
		return converge(t->mm, cpus, limit);
	if (is_cpus(cpus) && is_tasks(tasks))
		unset_task(t);
	else if (is_tasks(tasks))
		cpus = tasks | MM_CID_ONCPU;
	if (!is_cpus(cpus))
		cpus = pool_get(t->mm) | MM_CID_ONCPU;
	return mode & MM_CID_TRANSIT ? cpus ^ (MM_CID_ONCPU | MM_CID_TRANSIT) : cpus;
}

static inline void switch_in(struct task_struct *t)
{
	struct mm_struct *mm = t->mm;
	unsigned int cpus, mode, limit, word;

	if (!t->mm_cid.active)
		return;
	cpus = __this_cpu_read(mm->mm_cid.pcpu->cid);
	mode = READ_ONCE(mm->mm_cid.mode);
	limit = READ_ONCE(mm->mm_cid.max_cids);
	if (is_cpus(mode))
		word = word_per_cpu(t, cpus, mode, limit);
	else
		word = word_per_task(t, cpus, mode, limit);
	__this_cpu_write(mm->mm_cid.pcpu->cid, word);
	t->mm_cid.cid = word;
}

static inline void mm_cid_switch_to(struct task_struct *before, struct task_struct *after)
{
	switch_out(before);
	switch_in(after);
}

#endif
