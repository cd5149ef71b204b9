/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What cidsim calls: struct code of code.h, by the functions of the tree. */

enum { CS_MM_SIZE = (sizeof(struct mm_struct) + 4 * sizeof(cpumask_t) + 63) / 64 * 64 };
static char cs_mms[CS_MMS][CS_MM_SIZE] __attribute__((aligned(64)));

static struct mm_struct *cs_mm(uint32_t mm)
{
	return (struct mm_struct *)cs_mms[mm];
}

static uint32_t cs_mm_at(const void *address)
{
	uintptr_t offset = (uintptr_t)address - (uintptr_t)cs_mms;

	return offset < sizeof(cs_mms) ? (uint32_t)(offset / CS_MM_SIZE) : CODE_NONE;
}

static uint32_t cs_lock_of(uint32_t kind, const struct cs_lock *lock)
{
	uintptr_t offset = (uintptr_t)lock - (uintptr_t)cs_rqs;

	if (kind != CODE_RQ)
		return cs_mm_at(lock);
	return offset < sizeof(cs_rqs) ? (uint32_t)(offset / sizeof(struct rq)) : CODE_NONE;
}

static void cs_switch(struct cs_actor *actor)
{
	struct rq *rq = cpu_rq(cs.cpu);
	struct task_struct *before = rq->curr;
	struct task_struct *next = actor->what == CODE_NONE ? rq->idle : &cs_tasks[actor->what];

	cs_flush();
	rq->cs_rq_lock.owner = cs.actor + 1;
	actor->spins = 1;
	actor->task = before;
	actor->read = false;
	rq->curr = next;
	next->cs_cpu = cs.cpu;
	before->on_cpu = 0;
	next->on_cpu = 1;
	mm_cid_switch_to(before, next);
	rq->cs_rq_lock.owner = 0;
	actor->spins = 0;
}

static void cs_work_runs(struct cs_actor *actor)
{
	struct work_struct *work = cs_work[actor->what];

	actor->task = &cs_worker;
	work->cs_pending = false;
	work->cs_running = true;
	work->cs_function(work);
	work->cs_running = false;
}

static void cs_affinity(struct cs_actor *actor)
{
	struct task_struct *t = &cs_tasks[actor->what];
	struct cs_held held = cs_take_task(t, __FILE__, __LINE__);

	mm_update_cpus_allowed(t->mm, &t->cpus_mask);
	cs_give(&held);
}

static void cs_do(struct cs_actor *actor)
{
	switch (actor->op) {
	case CODE_SWITCH:
		cs_switch(actor);
		break;
	case CODE_FORK:
		sched_mm_cid_fork(&cs_tasks[actor->what]);
		break;
	case CODE_EXIT:
		sched_mm_cid_exit(actor->task);
		break;
	case CODE_EXEC_LEAVES:
		sched_mm_cid_before_execve(actor->task);
		break;
	case CODE_EXEC_RETURNS:
		sched_mm_cid_after_execve(actor->task);
		break;
	case CODE_AFFINITY:
		cs_affinity(actor);
		break;
	case CODE_WORK:
		cs_work_runs(actor);
		break;
	}
}

static void cs_make(struct task_struct *t, uint32_t group, uint32_t cpu)
{
	memset(t, 0, sizeof(*t));
	t->mm_cid.cid = MM_CID_UNSET;
	t->group_leader = &cs_tasks[group];
	t->cpus_ptr = &t->cpus_mask;
	t->nr_cpus_allowed = (int)cs.cpus;
	memset(&t->cpus_mask, 0, sizeof(t->cpus_mask));
	for (uint32_t i = 0; i < cs.cpus; i++)
		t->cpus_mask.bits[i / BITS_PER_LONG] |= 1UL << i % BITS_PER_LONG;
	t->cs_cpu = cpu;
}

static void cs_start(uint32_t cpus, bool fine, bool weak)
{
	cs.cpus = cpus;
	cs.fine = fine;
	cs.weak = weak;
	memset(cs_stores, 0, sizeof(cs_stores));
	memset(&cs.faults, 0, sizeof(cs.faults));
	cs.bit_ops = 0;
	memset(cs_rqs, 0, sizeof(cs_rqs));
	memset(cs_mms, 0, sizeof(cs_mms));
	memset(cs_tasks, 0, sizeof(cs_tasks));
	memset(cs_work, 0, sizeof(cs_work));
	memset(cs_irq_work, 0, sizeof(cs_irq_work));
	cs_make(&cs_worker, 0, 0);
	for (uint32_t cpu = 0; cpu < CS_CPUS; cpu++) {
		cs_make(&cs_idle[cpu], 0, cpu);
		cs_rqs[cpu] = (struct rq){
			.curr = &cs_idle[cpu], .idle = &cs_idle[cpu], .cpu = (int)cpu
		};
	}
	for (uint32_t i = 0; i < CS_ACTORS; i++)
		cs.actors[i] = (struct cs_actor){
			.stack = cs.actors[i].stack ? cs.actors[i].stack : cs_new_stack()
		};
	cs.self = cs.actors;
}

static void cs_make_task(uint32_t task, uint32_t group, uint32_t cpu)
{
	cs_make(&cs_tasks[task], group, cpu);
	cs_tasks[task].pid = (int)task + 1;
	cs_tasks[task].tgid = (int)group + 1;
	cs_actor(ACTOR_TASK + task)->task = &cs_tasks[task];
}

static void cs_forget_task(uint32_t task)
{
	memset(&cs_tasks[task], 0, sizeof(cs_tasks[task]));
}

static void cs_show_task(uint32_t task, bool visible)
{
	if (visible && !cs_tasks[task].cs_visible)
		cs_bear(&cs_tasks[task]);
	cs_tasks[task].cs_visible = visible;
}

#ifdef CS_SPLIT_MODE
#define CS_TRANSIT transit
#else
#define CS_TRANSIT mode
#endif

static void cs_make_mm(uint32_t mm, uint32_t task, uint32_t parent)
{
	memset(cs_mms[mm], 0, CS_MM_SIZE);
	memset(cs_percpu[mm], 0, sizeof(cs_percpu[mm]));
	if (parent == CODE_IN_WINDOW)
		cs_mm(mm)->mm_cid.CS_TRANSIT = MM_CID_TRANSIT;
	else if (parent != CODE_NONE)
		memcpy(cs_mm(mm), cs_mm(parent), sizeof(struct mm_struct));
	cs_mm(mm)->cs_index = mm;
	cs_work[mm] = NULL;
	cs_irq_work[mm] = NULL;
	cs_making = mm;
	cs.self = cs_actor(ACTOR_AFFINITY);
	cs.quiet = true;
	mm_alloc_cid(cs_mm(mm), &cs_tasks[task]);
	cs.quiet = false;
}

static void cs_set_mm(uint32_t task, uint32_t mm)
{
	cs_tasks[task].mm = mm == CODE_NONE ? NULL : cs_mm(mm);
}

static void cs_set_group(uint32_t task, uint32_t group)
{
	cs_tasks[task].group_leader = &cs_tasks[group];
}

static void cs_set_mask(uint32_t task, uint64_t mask)
{
	struct task_struct *t = &cs_tasks[task];

	memset(&t->cpus_mask, 0, sizeof(t->cpus_mask));
	memcpy(&t->cpus_mask, &mask, sizeof(mask));
	t->nr_cpus_allowed = __builtin_popcountll(mask);
}

static void cs_set_cpu(uint32_t task, uint32_t cpu)
{
	cs_tasks[task].cs_cpu = cpu;
}

static bool cs_buffered(uint32_t store, struct code_at *at)
{
	*at = (struct code_at){ .file = cs_stores[store].file, .line = cs_stores[store].line };
	return cs_stores[store].of != NULL;
}

static void cs_begin(uint32_t actor, enum code_op op, uint32_t what)
{
	struct cs_actor *self = cs_actor(actor);

	self->op = op;
	self->what = what;
	self->read = false;
}

static bool cs_is_free(enum code_stop lock, uint32_t of)
{
	if (lock == CODE_RQ)
		return cs_rqs[of].cs_rq_lock.owner == 0;
	return lock == CODE_MUTEX ? cs_mm(of)->mm_cid.mutex.cs_lock.owner == 0
	                          : cs_mm(of)->mm_cid.lock.owner == 0;
}

static bool cs_has_work(uint32_t mm)
{
	struct irq_work *irq = cs_irq_work[mm];

	if (irq && irq->cs_pending) {
		irq->cs_pending = false;
		irq->cs_function(irq);
	}
	return cs_work[mm] && cs_work[mm]->cs_pending && !cs_work[mm]->cs_running;
}

static void cs_view_mm(uint32_t mm, uint32_t cpus, struct code_mm *view)
{
	struct mm_struct *m = cs_mm(mm);

#ifdef CS_SPLIT_MODE
	view->mode = (m->mm_cid.percpu ? MM_CID_ONCPU : 0) | (m->mm_cid.transit ? MM_CID_TRANSIT : 0);
#else
	view->mode = m->mm_cid.mode;
#endif
	view->users = m->mm_cid.users;
	view->max_cids = m->mm_cid.max_cids;
	view->pcpu_thrs = m->mm_cid.pcpu_thrs;
	view->nr_cpus_allowed = m->mm_cid.nr_cpus_allowed;
	view->update_deferred = m->mm_cid.update_deferred;
	view->allowed = view->pool = 0;
	memcpy(&view->allowed, mm_cpus_allowed(m)->bits, sizeof(view->allowed));
	memcpy(&view->pool, mm_cidmask(m), bitmap_size(cpus));
	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		view->word[cpu] = per_cpu_ptr(m->mm_cid.pcpu, cpu)->cid;
}

static void cs_view_task(uint32_t task, struct code_task *view)
{
	struct task_struct *t = &cs_tasks[task];

	view->word = t->mm_cid.cid;
	view->active = t->mm_cid.active;
	view->shown = (uint32_t)task_mm_cid(t);
}

#ifdef CS_EXPLORE
static uint64_t cs_place(uint32_t index)
{
	const struct cs_actor *actor = cs_actor(index);
	const struct code_at *at = &actor->at;
	uint64_t hash = cs_mix((uintptr_t)at->file, at->line | (uint64_t)at->stop << 32), seen = 0;

	for (uint32_t i = 0; i < actor->saw_count; i++)
		seen += cs_mix(actor->saw[i].where, actor->saw[i].what);
	hash = cs_mix(hash ^ seen, actor->saw_more);
	return cs_mix(hash ^ (uintptr_t)actor->wants, actor->spins | (uint64_t)actor->read << 32);
}

static uint32_t cs_stack(uint32_t index, void **from)
{
	const struct cs_actor *actor = cs_actor(index);

	*from = actor->top;
	return actor->top ? (uint32_t)(actor->stack + CS_STACK - actor->top) : 0;
}
#endif

#ifdef CS_COVERAGE
void __gcov_dump(void);
#endif

static void cs_finish(void)
{
#ifdef CS_COVERAGE
	__gcov_dump();
#endif
}

__attribute__((visibility("default"))) const struct code cidsim_code = {
	.version = CODE_VERSION,
	.start = cs_start,
	.make_task = cs_make_task,
	.show_task = cs_show_task,
	.forget_task = cs_forget_task,
	.make_mm = cs_make_mm,
	.set_mm = cs_set_mm,
	.set_group = cs_set_group,
	.set_mask = cs_set_mask,
	.set_cpu = cs_set_cpu,
	.begin = cs_begin,
	.resume = cs_resume,
	.is_free = cs_is_free,
	.has_work = cs_has_work,
	.view_mm = cs_view_mm,
	.view_task = cs_view_task,
	.faults = &cs.faults,
	.bit_ops = &cs.bit_ops,
	.buffered = cs_buffered,
	.leave = cs_leave,
#ifdef CS_EXPLORE
	.own = &cs,
	.own_size = sizeof(cs),
	.place = cs_place,
	.stack = cs_stack,
#endif
	.finish = cs_finish,
};
