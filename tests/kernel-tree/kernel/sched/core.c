/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

nor is this line

#ifdef CONFIG_SCHED_MM_CID

/* Section 3: constraints and decision. */

static unsigned int optimum(const struct mm_mm_cid *c)
{
	return c->users < c->nr_cpus_allowed ? c->users : c->nr_cpus_allowed;
}

static void set_max_cids(struct mm_mm_cid *c)
{
	unsigned int wanted = optimum(c) * 5 / 4;

	WRITE_ONCE(c->max_cids, min(wanted, num_possible_cpus()));
}

static unsigned int threshold(const struct mm_mm_cid *c)
{
	unsigned int below = optimum(c) - optimum(c) / 4;

	below = min(below, num_possible_cpus() / 2);
	return below ? below : 1;
}

/* True if the mode has flipped. */
static bool decide(struct mm_mm_cid *c)
{
	bool per_cpu = is_cpus(c->mode);

	lockdep_assert_held(&c->lock);
	c->update_deferred = 0;
	set_max_cids(c);
	if (!per_cpu && c->users > c->max_cids)
		c->pcpu_thrs = threshold(c);
	if (per_cpu && c->users < c->pcpu_thrs)
		c->pcpu_thrs = 0;
	if (per_cpu == (c->pcpu_thrs != 0))
		return false;
	WRITE_ONCE(c->mode, c->mode ^ (MM_CID_ONCPU | MM_CID_TRANSIT));
	smp_mb();
	return true;
}

static void mm_update_cpus_allowed(struct mm_struct *mm, const struct cpumask *mask)
{
	struct mm_mm_cid *c = mm ? &mm->mm_cid : NULL;
	unsigned int before;

	if (!c || !READ_ONCE(c->users))
		return;
	guard(raw_spinlock)(&c->lock);
	before = c->nr_cpus_allowed;
	c->nr_cpus_allowed = cpumask_weighted_or(mm_cpus_allowed(mm), mm_cpus_allowed(mm), mask);
	if (c->nr_cpus_allowed == before)
		return;
	set_max_cids(c);
	if (!is_cpus(c->mode))
		return;
	c->pcpu_thrs = threshold(c);
	if (c->users < c->pcpu_thrs && !c->update_deferred) {
		c->update_deferred = 1;
		irq_work_queue(&c->soon);
	}
}

/* Section 6: the walks. */

static void complete(struct mm_struct *mm)
{
	smp_mb();
	WRITE_ONCE(mm->mm_cid.mode, mm->mm_cid.mode & ~MM_CID_TRANSIT);
}

/* The running task keeps its number for now. */
static void in_transit(struct task_struct *t, struct mm_cid_pcpu *slot)
{
	t->mm_cid.cid = (t->mm_cid.cid & ~MM_CID_ONCPU) | MM_CID_TRANSIT;
	slot->cid = t->mm_cid.cid;
}

static void visit_cpu(struct mm_struct *mm, int cpu)
{
	struct mm_cid_pcpu *slot = per_cpu_ptr(mm->mm_cid.pcpu, cpu);
	struct rq *rq = cpu_rq(cpu);
	struct task_struct *t;

	guard(rq_lock_irq)(rq);
	t = rq->curr->mm == mm && rq->curr->mm_cid.active ? rq->curr : NULL;
	if (!t)
		drop_cpu(mm, slot);
	else if (is_cpus(slot->cid) ? is_cpus(t->mm_cid.cid) : is_tasks(t->mm_cid.cid))
		in_transit(t, slot);
}

static void walk_cpus(struct mm_struct *mm)
{
	int cpu;

	for_each_possible_cpu(cpu)
		visit_cpu(mm, cpu);
	complete(mm);
}

static void visit_task(struct task_struct *t)
{
	guard(task_rq_lock)(t);
	if (!is_tasks(t->mm_cid.cid))
		return;
	if (task_rq(t)->curr == t)
		in_transit(t, per_cpu_ptr(t->mm->mm_cid.pcpu, task_cpu(t)));
	else
		unset_task(t);
}

static void walk_tasks(struct mm_struct *mm)
{
	struct task_struct *t;

	hlist_for_each_entry(t, &mm->mm_cid.all_users, mm_cid.user) {
		if (t == current)
			continue;
		visit_task(t);
	}
	complete(mm);
}

/* Section 6: fork, exit, exec. */

/* Under the lock. True if a walk is due. */
static bool count_child(struct task_struct *child, struct mm_struct *mm)
{
	struct mm_mm_cid *c = &mm->mm_cid;
	struct mm_cid_pcpu *slot = this_cpu_ptr(c->pcpu);
	bool first = c->users == 0, flipped;

	c->users++;
	child->mm_cid.active = 1;
	hlist_add_head(&child->mm_cid.user, &c->all_users);
	flipped = decide(c);
	if (flipped && !first) {
		if (is_cpus(c->mode) ? is_tasks(current->mm_cid.cid) : is_cpus(current->mm_cid.cid))
			in_transit(current, slot);
		return true;
	}
	if (first || !is_cpus(c->mode))
		child->mm_cid.cid = pool_get(mm);
	if (first)
		slot->cid = child->mm_cid.cid;
	return false;
}

void sched_mm_cid_fork(struct task_struct *child)
{
	struct mm_struct *mm = child->mm;
	bool walks = false;

	if (!mm)
		return;
	guard(mutex)(&mm->mm_cid.mutex);
	scoped_guard(raw_spinlock_irq, &mm->mm_cid.lock)
		walks = count_child(child, mm);
	if (!walks)
		return;
	if (is_cpus(mm->mm_cid.mode)) {
		walk_tasks(mm);
	} else {
		walk_cpus(mm);
		child->mm_cid.cid = pool_get(mm);
	}
}

/* Under the lock. True if the mode has flipped. */
static bool uncount(struct task_struct *t, struct mm_mm_cid *c)
{
	c->users--;
	hlist_del_init(&t->mm_cid.user);
	t->mm_cid.active = 0;
	t->mm_cid.cid &= ~MM_CID_TRANSIT;
	unset_task(t);
	return decide(c);
}

static bool leave_others(struct task_struct *t, struct mm_struct *mm)
{
	guard(raw_spinlock_irq)(&mm->mm_cid.lock);
	if (!uncount(t, &mm->mm_cid))
		return false;
	drop_cpu(mm, this_cpu_ptr(mm->mm_cid.pcpu));
	return true;
}

static void leave_last(struct task_struct *t, struct mm_struct *mm)
{
	guard(raw_spinlock_irq)(&mm->mm_cid.lock);
	if (t == current && is_cpus(t->mm_cid.cid))
		in_transit(t, this_cpu_ptr(mm->mm_cid.pcpu));
	uncount(t, &mm->mm_cid);
}

void sched_mm_cid_exit(struct task_struct *t)
{
	struct mm_struct *mm = t->mm;
	bool last = false;

	if (!mm || !t->mm_cid.active)
		return;
	scoped_guard(mutex, &mm->mm_cid.mutex) {
		last = mm->mm_cid.users == 1;
		if (last)
			leave_last(t, mm);
		else if (leave_others(t, mm))
			walk_cpus(mm);
	}
	if (!last)
		return;
	irq_work_sync(&mm->mm_cid.soon);
	cancel_work_sync(&mm->mm_cid.later);
}

void sched_mm_cid_before_execve(struct task_struct *t)
{
	sched_mm_cid_exit(t);
}

void sched_mm_cid_after_execve(struct task_struct *t)
{
	sched_mm_cid_fork(t);
}

/* Section 3: the deferred work. */

static bool work_flips(struct mm_mm_cid *c)
{
	guard(raw_spinlock_irq)(&c->lock);
	return c->update_deferred && decide(c);
}

static void work_runs(struct work_struct *work)
{
	struct mm_struct *mm = container_of(work, struct mm_struct, mm_cid.later);

	guard(mutex)(&mm->mm_cid.mutex);
	if (mm->mm_cid.users > 0 && work_flips(&mm->mm_cid))
		walk_cpus(mm);
}

static void irq_runs(struct irq_work *irq)
{
	schedule_work(&container_of(irq, struct mm_struct, mm_cid.soon)->mm_cid.later);
}

void mm_init_cid(struct mm_struct *mm, struct task_struct *first)
{
	struct mm_mm_cid *c = &mm->mm_cid;

	c->mode = c->users = c->max_cids = c->pcpu_thrs = c->update_deferred = 0;
	INIT_HLIST_HEAD(&c->all_users);
	mutex_init(&c->mutex);
	raw_spin_lock_init(&c->lock);
	c->soon = IRQ_WORK_INIT_HARD(irq_runs);
	INIT_WORK(&c->later, work_runs);
	bitmap_zero(mm_cidmask(mm), num_possible_cpus());
	cpumask_copy(mm_cpus_allowed(mm), &first->cpus_mask);
	c->nr_cpus_allowed = first->nr_cpus_allowed;
}

#endif /* CONFIG_SCHED_MM_CID */
