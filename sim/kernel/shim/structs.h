/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The three structs that the regions' own ones are in, with the members that they use. */

struct mm_struct {
	struct mm_mm_cid mm_cid;
	uint32_t cs_index;
	/* the mask of CPUs, that of CPUs allowed, the pool: the tree says where each begins */
	unsigned long flexible_array[] __attribute__((aligned(8)));
};

struct task_struct {
	struct mm_struct *mm, *active_mm;
	struct sched_mm_cid mm_cid;
	struct task_struct *group_leader;
	cpumask_t cpus_mask;
	const cpumask_t *cpus_ptr;
	int nr_cpus_allowed;
	unsigned flags;
	int pid, tgid, on_cpu;
	uint32_t cs_cpu, cs_born;
	bool cs_visible;
};

struct rq {
	struct cs_lock cs_rq_lock;
	struct task_struct *curr, *idle;
	int cpu;
};

#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000

static struct rq cs_rqs[CS_CPUS];
static struct task_struct cs_tasks[CS_TASKS], cs_idle[CS_CPUS], cs_worker;

#define current (cs_self()->task)
#define cpu_rq(cpu) (&cs_rqs[cpu])
#define this_rq() cpu_rq(cs.cpu)
#define task_cpu(t) ((t)->cs_cpu)
#define task_rq(t) cpu_rq(task_cpu(t))
#define cpu_of(rq) ((rq)->cpu)
#define cpu_curr(cpu) (cpu_rq(cpu)->curr)
#define task_current(rq, t) ((rq)->curr == (t))
#define task_on_cpu(rq, t) ((rq)->curr == (t))
#define rseq_sched_set_ids_changed(t) ((void)(t))
#define rseq_set_ids_changed(t) ((void)(t))
#define same_thread_group(a, b) ((a)->group_leader == (b)->group_leader)
#define thread_group_leader(t) ((t)->group_leader == (t))

/* The rq lock of @t, wherever @t is by the time that it can be had. */
static struct cs_held cs_take_task(struct task_struct *t, const char *file, uint32_t line)
{
	for (;;) {
		struct rq *rq = task_rq(t);
		struct cs_held held = cs_take(CODE_RQ, &rq->cs_rq_lock, file, line);

		if (task_rq(t) == rq)
			return held;
		cs_give(&held);
	}
}

/* The visible tasks, one thread group after the other, by cs_born. From @after, which is not among
 * them; NULL: from the first. */
static struct task_struct *cs_next_task(const struct task_struct *after)
{
	struct task_struct *next = NULL;

	for (struct task_struct *t = cs_tasks; t < cs_tasks + CS_TASKS; t++) {
		if (t->cs_visible && (!after || t->cs_born > after->cs_born) &&
			(!next || t->cs_born < next->cs_born))
			next = t;
	}
	return next;
}

/* An exec ends the other threads. cidsim lets them live on, in the old mm. */
static bool cs_are_threads(const struct task_struct *a, const struct task_struct *b)
{
	return same_thread_group(a, b) && a->mm == b->mm;
}

/* @of becomes visible: the last of its thread group, and a new group behind all. */
static void cs_bear(struct task_struct *of)
{
	uint32_t last = 0, own = 0;

	for (struct task_struct *t = cs_tasks; t < cs_tasks + CS_TASKS; t++) {
		last = max(last, t->cs_born);
		if (t->cs_born && cs_are_threads(t, of))
			own = max(own, t->cs_born);
	}
	own = own ? own : last;
	for (struct task_struct *t = cs_tasks; t < cs_tasks + CS_TASKS; t++)
		t->cs_born += t->cs_born > own;
	of->cs_born = own + 1;
}

static struct task_struct *cs_next_thread(const struct task_struct *of, const struct task_struct *at)
{
	struct task_struct *t = cs_next_task(at);

	while (t && !cs_are_threads(t, of))
		t = cs_next_task(t);
	return t;
}

/* The threads of the group of @of behind it, then, around, those before it. */
static struct task_struct *cs_next_other(const struct task_struct *of, const struct task_struct *at)
{
	struct task_struct *t = cs_next_thread(of, at);

	if (!t)
		t = cs_next_thread(of, NULL);
	return t == of ? NULL : t;
}

#define CS_TASK(t) CS_SEE(t, NULL)
#define for_each_thread(of, t) \
	for (t = CS_TASK(cs_next_thread(of, NULL)); t; t = CS_TASK(cs_next_thread(of, t)))
#define for_other_threads(of, t) \
	for (t = CS_TASK(cs_next_other(of, of)); t; t = CS_TASK(cs_next_other(of, t)))
#define for_each_process_thread(g, t) \
	for (t = CS_TASK(cs_next_task(NULL)), g = t; t; t = CS_TASK(cs_next_task(t)), g = t)

/* CPU words of an mm. */
static char cs_percpu[CS_MMS][CS_CPUS][CS_STRIDE] __attribute__((aligned(64)));
static uint32_t cs_making; /* the mm that is being made */
#define alloc_percpu_noprof(type) ((type *)cs_percpu[cs_making])
#define alloc_percpu(type) alloc_percpu_noprof(type)
#define free_percpu(p) ((void)(p))
