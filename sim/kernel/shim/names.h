/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The names of the kernel that the regions use: compiler, numbers, bits, masks, lists, locks, work.
 * Each notes where in the tree it is used: __FILE__ and __LINE__ are those of the region. */

#define CS_HERE __FILE__, __LINE__

/* Compiler */
#define __always_inline inline
#define noinline
#define noinline_for_stack
#define __init
#define __sched
#define __percpu
#define __user
#define __rcu
#define __must_check
#define __maybe_unused
#define __read_mostly
#define __cacheline_aligned
#define ____cacheline_aligned
#define ____cacheline_aligned_in_smp
#define fallthrough
#define likely(x) (x)
#define unlikely(x) (x)
#define barrier() ((void)0)
#define might_sleep() ((void)0)
#define cond_resched() ((void)0)
#define EXPORT_SYMBOL(name)
#define EXPORT_SYMBOL_GPL(name)
#define IS_ENABLED(option) 1
#define BUILD_BUG_ON(condition) ((void)0)
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

/* Numbers. Unsigned and int may be mixed. */
#define min(a, b) ({ typeof((a) + (b)) cs_a = (a), cs_b = (b); cs_a < cs_b ? cs_a : cs_b; })
#define max(a, b) ({ typeof((a) + (b)) cs_a = (a), cs_b = (b); cs_a > cs_b ? cs_a : cs_b; })
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))
#define umin(a, b) min((unsigned)(a), (unsigned)(b))
#define umax(a, b) max((unsigned)(a), (unsigned)(b))
#define clamp(x, low, high) min(max(x, low), high)
#define DIV_ROUND_UP(a, b) (((a) + (b) - 1) / (b))
#define BIT(n) (1UL << (n))
#define swap(a, b) do { typeof(a) cs_a = (a); (a) = (b); (b) = cs_a; } while (0)
#define ENOMEM 12
#define EINVAL 22
#define EAGAIN 11

/* Memory order: one CPU goes on at a time. */
#define CS_SEE(value, of) \
	({ typeof(value) cs_seen = (value); cs_saw(of, (uint64_t)cs_seen, CS_HERE); cs_seen; })
#define READ_ONCE(x) \
	({ cs_stop_fine(CODE_READ, CS_HERE); cs_self()->read = true; \
		CS_SEE((typeof(x))cs_loaded(&(x), (uint64_t)*(volatile typeof(x) *)&(x)), &(x)); })
#define WRITE_ONCE(x, value) \
	do { \
		typeof(x) cs_value = (value); \
		cs_stop_inside(CODE_STORE, CS_HERE); \
		cs_self()->read = false; \
		if ((x) != cs_value) \
			cs_stored(&(x), (uint64_t)(x), CS_HERE); \
		*(volatile typeof(x) *)&(x) = cs_value; \
	} while (0)
#define data_race(x) (x)
#define smp_load_acquire(p) READ_ONCE(*(p))
#define smp_store_release(p, value) \
	do { \
		cs_flush(); \
		WRITE_ONCE(*(p), value); \
	} while (0)
#define rcu_dereference(p) (p)
#define smp_mb() (cs_stop_inside(CODE_BARRIER, CS_HERE), cs_flush())
#define smp_mb__after_atomic() smp_mb()
#define smp_mb__before_atomic() smp_mb()
#define smp_rmb() ((void)0)
#define smp_wmb() cs_flush()
#define xchg(p, value) \
	({ cs_stop_fine(CODE_ATOMIC, CS_HERE); typeof(*(p)) cs_old = CS_SEE(*(p), p); \
		*(p) = (value); cs_old; })
#define cmpxchg(p, old, new) \
	({ cs_stop_fine(CODE_ATOMIC, CS_HERE); typeof(*(p)) cs_old = CS_SEE(*(p), p); \
		if (cs_old == (old)) *(p) = (new); cs_old; })
#define cpu_relax() cs_stop(CODE_SPINS, CODE_NONE, CS_HERE)

/* Warnings */
#define WARN_ON(condition) \
	({ bool cs_bad = (condition); if (cs_bad) cs_note(&cs.faults.warn, 0, CS_HERE); cs_bad; })
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define WARN_ONCE(condition, ...) WARN_ON(condition)
#define WARN(condition, ...) WARN_ON(condition)
#define VM_WARN_ON_ONCE(condition) WARN_ON(condition)
#define SCHED_WARN_ON(condition) WARN_ON(condition)
#define BUG_ON(condition) WARN_ON(condition)
#define pr_warn_once(...) ((void)0)
#define lockdep_assert_held(l) ((void)WARN_ON(!cs_holds(l)))
#define lockdep_assert_irqs_disabled() ((void)0)
#define lockdep_assert_rq_held(rq) ((void)WARN_ON(!cs_holds(&(rq)->cs_rq_lock)))

/* Bits */
#define BITS_PER_LONG (8 * (int)sizeof(long))
#define BITS_TO_LONGS(n) DIV_ROUND_UP(n, BITS_PER_LONG)
#define BITS_PER_TYPE(type) (8 * sizeof(type))
#define bitmap_size(n) (BITS_TO_LONGS(n) * sizeof(long))

static unsigned long *cs_bit(unsigned long *bits, unsigned long n, unsigned long *bit)
{
	*bit = 1UL << n % BITS_PER_LONG;
	return bits + n / BITS_PER_LONG;
}

/* Is @n a bit of a map with one for each possible CPU? */
static bool cs_in_range(unsigned long n, const char *file, uint32_t line)
{
	if (n < cs.cpus)
		return true;
	cs_note(&cs.faults.range, (uint32_t)n, file, line);
	return false;
}

static bool cs_test_bit(unsigned long n, const unsigned long *bits)
{
	return n < cs.cpus && bits[n / BITS_PER_LONG] >> n % BITS_PER_LONG & 1;
}

static uint32_t cs_mm_at(const void *address); /* entry.h: whose memory it is; CODE_NONE */

static void cs_count_bit_op(const unsigned long *bits)
{
	cs.bit_ops += cs_mm_at(bits) != CODE_NONE;
}

/* Set or clear bit @n; was it set before? */
static bool cs_change_bit(
	unsigned long n, unsigned long *bits, bool set, const char *file, uint32_t line)
{
	unsigned long bit, *word, old;

	cs_stop_fine(CODE_ATOMIC, file, line);
	cs_self()->read = false;
	cs_count_bit_op(bits);
	if (!cs_in_range(n, file, line))
		return false;
	word = cs_bit(bits, n, &bit);
	old = *word;
	*word = set ? old | bit : old & ~bit;
	cs_saw(bits, old & bit, file, line);
	if (set)
		cs_flush();
	else if (!(old & bit))
		cs_note(&cs.faults.clear, (uint32_t)n, file, line);
	return old & bit;
}

static unsigned cs_find(const unsigned long *bits, unsigned size, unsigned from, bool set)
{
	while (from < size && (bits[from / BITS_PER_LONG] >> from % BITS_PER_LONG & 1) != set)
		from++;
	return from;
}

static unsigned cs_find_first(const unsigned long *bits, unsigned size, bool set)
{
	unsigned long word = set ? bits[0] : ~bits[0];
	unsigned first = word ? (unsigned)__builtin_ctzl(word) : (unsigned)BITS_PER_LONG;

	if (first < (unsigned)BITS_PER_LONG || size <= first)
		return first < size ? first : size;
	return cs_find(bits, size, first, set);
}

#define test_bit(n, bits) \
	({ cs_stop_fine(CODE_READ, CS_HERE); CS_SEE(cs_test_bit(n, bits), bits); })
#define set_bit(n, bits) ((void)cs_change_bit(n, bits, true, CS_HERE))
#define __set_bit(n, bits) set_bit(n, bits)
#define test_and_set_bit(n, bits) cs_change_bit(n, bits, true, CS_HERE)
#define clear_bit(n, bits) ((void)cs_change_bit(n, bits, false, CS_HERE))
#define __clear_bit(n, bits) clear_bit(n, bits)
#define clear_bit_unlock(n, bits) clear_bit(n, bits)
#define test_and_clear_bit(n, bits) cs_change_bit(n, bits, false, CS_HERE)
#define find_first_zero_bit(bits, size) \
	({ cs_stop_inside(CODE_FINDS, CS_HERE); CS_SEE(cs_find_first(bits, size, false), bits); })
#define find_next_zero_bit(bits, size, from) \
	({ cs_stop_inside(CODE_FINDS, CS_HERE); CS_SEE(cs_find(bits, size, from, false), bits); })
#define find_first_bit(bits, size) CS_SEE(cs_find_first(bits, size, true), bits)
#define find_next_bit(bits, size, from) CS_SEE(cs_find(bits, size, from, true), bits)
#define bitmap_zero(bits, n) memset(bits, 0, bitmap_size(n))
#define bitmap_fill(bits, n) memset(bits, 0xff, bitmap_size(n))
#define bitmap_copy(to, from, n) memcpy(to, from, bitmap_size(n))

static unsigned bitmap_weight(const unsigned long *bits, unsigned size)
{
	unsigned count = 0;

	for (unsigned i = cs_find(bits, size, 0, true); i < size; i = cs_find(bits, size, i + 1, true))
		count++;
	return count;
}

/* CPUs and masks of them */
typedef struct cpumask {
	unsigned long bits[CODE_CPUS_MAX / 8 / sizeof(long)];
} cpumask_t;

#define CS_WORDS (sizeof(cpumask_t) / sizeof(long))
#define nr_cpu_ids (cs.cpus)
#define num_possible_cpus() (cs.cpus)
#define num_online_cpus() (cs.cpus)
#define smp_processor_id() (cs.cpu)
#define raw_smp_processor_id() (cs.cpu)
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < cs.cpus; (cpu)++)
#define for_each_online_cpu(cpu) for_each_possible_cpu(cpu)
#define for_each_cpu(cpu, mask) \
	for ((cpu) = cs_find((mask)->bits, cs.cpus, 0, true); (cpu) < cs.cpus; \
		(cpu) = cs_find((mask)->bits, cs.cpus, (cpu) + 1, true))
#define cpumask_size() sizeof(cpumask_t)
#define cpumask_bits(mask) ((mask)->bits)
#define cpumask_weight(mask) bitmap_weight((mask)->bits, cs.cpus)
#define cpumask_test_cpu(cpu, mask) cs_test_bit(cpu, (mask)->bits)
#define cpumask_set_cpu(cpu, mask) set_bit(cpu, (mask)->bits)
#define cpumask_clear_cpu(cpu, mask) clear_bit(cpu, (mask)->bits)
#define cpumask_copy(to, from) ((void)(*(to) = *(from)))
#define cpumask_equal(a, b) (memcmp(a, b, sizeof(cpumask_t)) == 0)
#define cpumask_clear(mask) memset(mask, 0, sizeof(cpumask_t))
#define cpumask_empty(mask) (cpumask_weight(mask) == 0)

static bool cpumask_or(cpumask_t *to, const cpumask_t *a, const cpumask_t *b)
{
	for (unsigned i = 0; i < CS_WORDS; i++)
		to->bits[i] = a->bits[i] | b->bits[i];
	return true;
}

static bool cpumask_and(cpumask_t *to, const cpumask_t *a, const cpumask_t *b)
{
	unsigned long any = 0;

	for (unsigned i = 0; i < CS_WORDS; i++)
		any |= to->bits[i] = a->bits[i] & b->bits[i];
	return any;
}

static unsigned cpumask_weighted_or(cpumask_t *to, const cpumask_t *a, const cpumask_t *b)
{
	cpumask_or(to, a, b);
	return cpumask_weight(to);
}

static bool cpumask_subset(const cpumask_t *a, const cpumask_t *b)
{
	for (unsigned i = 0; i < CS_WORDS; i++) {
		if (a->bits[i] & ~b->bits[i])
			return false;
	}
	return true;
}

/* Memory of each CPU: the copies of one thing are CS_STRIDE bytes apart. */
enum { CS_STRIDE = 128 };
#define per_cpu_ptr(p, cpu) ((typeof(p))((char *)(p) + (size_t)(cpu) * CS_STRIDE))
#define this_cpu_ptr(p) per_cpu_ptr(p, cs.cpu)
#define raw_cpu_ptr(p) this_cpu_ptr(p)
#define CS_MINE(x) (*(typeof(x) *)((char *)&(x) + (size_t)cs.cpu * CS_STRIDE))
#define __this_cpu_read(x) ({ cs_stop_half(CS_HERE); CS_SEE(CS_MINE(x), &CS_MINE(x)); })
#define this_cpu_read(x) __this_cpu_read(x)
#define raw_cpu_read(x) __this_cpu_read(x)
#define __this_cpu_write(x, value) \
	do { \
		typeof(x) cs_value = (value); \
		cs_stop_fine(CODE_STORE, CS_HERE); \
		cs_self()->read = false; \
		CS_MINE(x) = cs_value; \
	} while (0)
#define this_cpu_write(x, value) __this_cpu_write(x, value)
#define raw_cpu_write(x, value) __this_cpu_write(x, value)
#define alloc_hooks(x) x

/* Lists */
struct hlist_node {
	struct hlist_node *next, **pprev;
};
struct hlist_head {
	struct hlist_node *first;
};
struct list_head {
	struct list_head *next, *prev;
};

#define INIT_HLIST_HEAD(head) ((void)((head)->first = NULL))
#define INIT_HLIST_NODE(node) ((void)((node)->next = NULL, (node)->pprev = NULL))
#define hlist_empty(head) (!(head)->first)
#define hlist_unhashed(node) (!(node)->pprev)

static void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	node->next = head->first;
	if (node->next)
		node->next->pprev = &node->next;
	head->first = node;
	node->pprev = &head->first;
}

static void hlist_del_init(struct hlist_node *node)
{
	if (!node->pprev)
		return;
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
	node->next = NULL;
	node->pprev = NULL;
}

#define hlist_del(node) hlist_del_init(node)
#define hlist_add_head_rcu(node, head) hlist_add_head(node, head)
#define hlist_del_init_rcu(node) hlist_del_init(node)
#define CS_ENTRY(node, type, member) \
	({ struct hlist_node *cs_n = CS_SEE(node, NULL); \
		cs_n ? container_of(cs_n, type, member) : NULL; })
#define hlist_for_each_entry(at, head, member) \
	for (at = CS_ENTRY((head)->first, typeof(*at), member); at; \
		at = CS_ENTRY(at->member.next, typeof(*at), member))
#define hlist_for_each_entry_rcu(at, head, member) hlist_for_each_entry(at, head, member)
#define hlist_for_each_entry_safe(at, following, head, member) \
	for (at = CS_ENTRY((head)->first, typeof(*at), member); \
		at && ({ following = at->member.next; 1; }); \
		at = CS_ENTRY(following, typeof(*at), member))

/* Locks */
typedef struct cs_lock raw_spinlock_t;
typedef struct cs_lock spinlock_t;
struct mutex {
	struct cs_lock cs_lock;
};

/* What lockdep_assert_held() gets is a lock or a mutex. */
#undef lockdep_assert_held
#define lockdep_assert_held(l) ((void)WARN_ON(!cs_holds((const struct cs_lock *)(l))))
#define raw_spin_lock_init(l) ((void)((l)->owner = 0))
#define spin_lock_init(l) raw_spin_lock_init(l)
#define mutex_init(m) ((void)((m)->cs_lock.owner = 0))

#define CS_JOIN_(a, b) a##b
#define CS_JOIN(a, b) CS_JOIN_(a, b)
#define guard(kind) \
	struct cs_held CS_JOIN(cs_guard_, __COUNTER__) \
		__attribute__((cleanup(cs_give), unused)) = cs_take_##kind
#define scoped_guard(kind, ...) \
	for (struct cs_held cs_scope __attribute__((cleanup(cs_give))) = cs_take_##kind(__VA_ARGS__), \
			    *cs_once = &cs_scope; \
		cs_once; cs_once = NULL)
#define cs_take_mutex(m) cs_take(CODE_MUTEX, &(m)->cs_lock, CS_HERE)
#define cs_take_raw_spinlock(l) cs_take(CODE_LOCK, l, CS_HERE)
#define cs_take_raw_spinlock_irq(l) cs_take(CODE_LOCK, l, CS_HERE)
#define cs_take_raw_spinlock_irqsave(l) cs_take(CODE_LOCK, l, CS_HERE)
#define cs_take_rq_lock(rq) cs_take(CODE_RQ, &(rq)->cs_rq_lock, CS_HERE)
#define cs_take_rq_lock_irq(rq) cs_take_rq_lock(rq)
#define cs_take_rq_lock_irqsave(rq) cs_take_rq_lock(rq)
#define cs_take_task_rq_lock(t) cs_take_task(t, CS_HERE)
#define cs_take_rcu() cs_nothing()
#define cs_take_irq() cs_nothing()
#define cs_take_irqsave() cs_nothing()
#define cs_take_preempt() cs_nothing()
#define cs_take_read_lock(l) cs_nothing()
#define raw_spin_lock(l) ((void)cs_take(CODE_LOCK, l, CS_HERE))
#define raw_spin_lock_irq(l) raw_spin_lock(l)
#define raw_spin_lock_irqsave(l, flags) ((void)(flags = 0), raw_spin_lock(l))
#define raw_spin_unlock(l) cs_give(&(struct cs_held){ CODE_LOCK, l })
#define raw_spin_unlock_irq(l) raw_spin_unlock(l)
#define raw_spin_unlock_irqrestore(l, flags) raw_spin_unlock(l)
#define mutex_lock(m) ((void)cs_take(CODE_MUTEX, &(m)->cs_lock, CS_HERE))
#define mutex_unlock(m) cs_give(&(struct cs_held){ CODE_MUTEX, &(m)->cs_lock })
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)
#define preempt_disable() ((void)0)
#define preempt_enable() ((void)0)
#define local_irq_disable() ((void)0)
#define local_irq_enable() ((void)0)

/* Work that is deferred: an interrupt, or a worker, runs it later. */
struct work_struct {
	void (*cs_function)(struct work_struct *work);
	bool cs_pending, cs_running;
};
struct irq_work {
	void (*cs_function)(struct irq_work *work);
	bool cs_pending;
};

static struct work_struct *cs_work[CS_MMS];
static struct irq_work *cs_irq_work[CS_MMS];

static bool cs_queue_work(struct work_struct *work)
{
	bool queued = !work->cs_pending && cs_mm_at(work) != CODE_NONE;

	if (queued) {
		work->cs_pending = true;
		cs_work[cs_mm_at(work)] = work;
	}
	return queued;
}

static bool irq_work_queue(struct irq_work *work)
{
	bool queued = !work->cs_pending && cs_mm_at(work) != CODE_NONE;

	if (queued) {
		work->cs_pending = true;
		cs_irq_work[cs_mm_at(work)] = work;
	}
	return queued;
}

static bool cs_cancel(struct work_struct *work, const char *file, uint32_t line)
{
	bool was = work->cs_pending;

	work->cs_pending = false;
	while (work->cs_running)
		cs_stop(CODE_SYNC, CODE_NONE, file, line);
	return was;
}

#define INIT_WORK(work, function) \
	(*(work) = (struct work_struct){ .cs_function = (function) })
#define IRQ_WORK_INIT(function) (struct irq_work){ .cs_function = (function) }
#define IRQ_WORK_INIT_HARD(function) IRQ_WORK_INIT(function)
#define IRQ_WORK_INIT_LAZY(function) IRQ_WORK_INIT(function)
#define init_irq_work(work, function) (*(work) = IRQ_WORK_INIT(function))
#define schedule_work(work) cs_queue_work(work)
#define queue_work(queue, work) cs_queue_work(work)
#define cancel_work_sync(work) cs_cancel(work, CS_HERE)
#define flush_work(work) cs_cancel(work, CS_HERE)
#define irq_work_sync(work) ((void)((work)->cs_pending = false))
