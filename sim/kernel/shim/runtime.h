/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Actors and their stops. What stands in shim/ is compiled together with regions of a kernel tree: it
 * gives them the names that they use, and nothing more. All names of its own begin with cs_ or CS_.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#if !defined(__x86_64__) || defined(CS_UCONTEXT)
#include <ucontext.h>
#define CS_BY_UCONTEXT 1
#endif

enum { CS_STACK = 64 << 10, CS_GUARD = 16 << 10, CS_RED = 512, CS_SAW = 48 };

/* For how many there is room. */
#ifndef CS_CPUS
#define CS_CPUS CODE_CPUS_MAX
#define CS_TASKS CODE_TASKS_MAX
#define CS_MMS CODE_MMS_MAX
#endif
enum { CS_ACTORS = CS_CPUS + CS_TASKS + CS_MMS + 1 };

struct cs_lock {
	uint32_t owner; /* actor + 1; 0: free */
};

/* What was seen last at a place in the source. */
struct cs_saw {
	uint32_t where, what;
};

struct cs_actor {
	char *stack;
#ifdef CS_BY_UCONTEXT
	ucontext_t context;
#endif
	char *top; /* of its stack, where it goes on; NULL: it has not begun */
	struct code_at at;
	enum code_op op;
	uint32_t what;
	uint32_t spins; /* spinning locks that it holds */
	bool read;      /* has read shared state that it has not used yet */
	struct cs_lock *wants;
	struct task_struct *task; /* NULL: nobody's */
#ifdef CS_EXPLORE
	uint32_t saw_count;
	struct cs_saw saw[CS_SAW];
	uint64_t saw_more; /* in the order in which it was seen, where there is no more room */
#endif
};

static struct {
	struct cs_actor actors[CS_ACTORS], *self; /* self: who runs */
	uint32_t actor, cpu;                      /* who, by its number, and where */
	uint32_t cpus;
	bool fine;  /* the grain */
	bool weak;  /* memory */
	bool quiet; /* no stops: an mm is made */
	char *host;
#ifdef CS_BY_UCONTEXT
	ucontext_t host_context;
#endif
	struct code_faults faults;
	uint64_t bit_ops; /* on pools */
} cs;

static void cs_do(struct cs_actor *actor); /* entry.h: the operation */

static struct cs_actor *cs_actor(uint32_t actor)
{
	if (actor < ACTOR_TASK)
		return &cs.actors[actor];
	if (actor < ACTOR_WORKER)
		return &cs.actors[CS_CPUS + actor - ACTOR_TASK];
	if (actor < ACTOR_AFFINITY)
		return &cs.actors[CS_CPUS + CS_TASKS + actor - ACTOR_WORKER];
	return &cs.actors[CS_ACTORS - 1];
}

static inline struct cs_actor *cs_self(void)
{
	return cs.self;
}

static uint64_t cs_mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a ^ 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9 + b;

	x = (x ^ x >> 29) * 0x94d049bb133111eb;
	return x ^ x >> 32;
}

static void cs_forget(struct cs_actor *actor)
{
#ifdef CS_EXPLORE
	memset(actor->saw, 0, actor->saw_count * sizeof(*actor->saw));
	actor->saw_count = 0;
	actor->saw_more = 0;
#endif
}

/* Note for struct code.place that @value was seen at that place in the source, of @of. */
static inline void cs_saw(const void *of, uint64_t value, const char *file, uint32_t line)
{
#ifdef CS_EXPLORE
	struct cs_actor *actor = cs_self();
	uint32_t where = (uint32_t)cs_mix((uintptr_t)file ^ (uintptr_t)of, line), i = 0;

	while (i < actor->saw_count && actor->saw[i].where != where)
		i++;
	if (i < CS_SAW)
		actor->saw[i] = (struct cs_saw){ where, (uint32_t)cs_mix(value, where) };
	else
		actor->saw_more = cs_mix(actor->saw_more ^ where, value);
	if (i == actor->saw_count && i < CS_SAW)
		actor->saw_count++;
#endif
}

static void cs_note(struct code_fault *fault, uint32_t bit, const char *file, uint32_t line)
{
	if (fault->count++ > 0)
		return;
	fault->bit = bit;
	fault->file = file;
	fault->line = line;
}

/* Save the registers that a function must keep on this stack, go on with the other one. */
#ifndef CS_BY_UCONTEXT
void cs_jump(char **from, char *to);
__asm__(".text\n"
	".p2align 4\n"
	".globl cs_jump\n"
	".hidden cs_jump\n"
	".type cs_jump, @function\n"
	"cs_jump:\n"
	"	pushq %rbp\n	pushq %rbx\n	pushq %r12\n"
	"	pushq %r13\n	pushq %r14\n	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n	popq %r14\n	popq %r13\n"
	"	popq %r12\n	popq %rbx\n	popq %rbp\n"
	"	ret\n"
	".size cs_jump, . - cs_jump\n");
#endif

static void cs_to_host(void)
{
#ifdef CS_BY_UCONTEXT
	cs_self()->top = (char *)__builtin_frame_address(0) - CS_RED;
	swapcontext(&cs_self()->context, &cs.host_context);
#else
	cs_jump(&cs_self()->top, cs.host);
#endif
}

/* An operation, to its end. */
static void cs_main(void)
{
	struct cs_actor *actor = cs_self();

	cs_do(actor);
	actor->at = (struct code_at){ .stop = CODE_ENDS, .lock = CODE_NONE };
	actor->wants = NULL;
	cs_to_host();
}

static char *cs_new_stack(void)
{
	char *low = mmap(NULL, CS_STACK + CS_GUARD, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (low == MAP_FAILED || mprotect(low, CS_GUARD, PROT_NONE) != 0)
		abort();
	return low + CS_GUARD;
}

static void cs_prepare(struct cs_actor *actor)
{
#ifdef CS_BY_UCONTEXT
	getcontext(&actor->context);
	actor->context.uc_stack.ss_sp = actor->stack;
	actor->context.uc_stack.ss_size = CS_STACK;
	makecontext(&actor->context, cs_main, 0);
	actor->top = actor->stack;
#else
	void **top = (void **)(actor->stack + CS_STACK);

	*--top = NULL; /* no return address: cs_main() does not return */
	*--top = (void *)cs_main;
	for (int i = 0; i < 6; i++)
		*--top = NULL;
	actor->top = (char *)top;
#endif
}

static const struct code_at *cs_resume(uint32_t index, uint32_t cpu)
{
	struct cs_actor *actor = cs_actor(index);

	cs.self = actor;
	cs.actor = index;
	cs.cpu = cpu;
	if (!actor->top)
		cs_prepare(actor);
#ifdef CS_BY_UCONTEXT
	swapcontext(&cs.host_context, &actor->context);
#else
	cs_jump(&cs.host, actor->top);
#endif
	if (actor->at.stop == CODE_ENDS) {
		actor->top = NULL;
		cs_forget(actor);
	}
	actor->at.blocked = actor->wants && actor->wants->owner;
	actor->at.spins = actor->spins;
	return &actor->at;
}

static void cs_stop(uint32_t stop, uint32_t lock, const char *file, uint32_t line)
{
	struct cs_actor *actor = cs_self();

	cs_saw(NULL, lock, file, line);
	actor->at = (struct code_at){ .stop = stop, .lock = lock, .file = file, .line = line };
	cs_to_host();
}

static bool cs_switches(void)
{
	return cs.actor < ACTOR_TASK;
}

/* Stops inside of an operation, where the model may have the end of a step. A switch has only one:
 * before it reads anything for "in", but after all that "out" has read is used. */
static void cs_stop_inside(uint32_t stop, const char *file, uint32_t line)
{
	if (!cs.quiet && (cs.fine || (!cs_switches() && cs.actor != ACTOR_AFFINITY)))
		cs_stop(stop, CODE_NONE, file, line);
}

static void cs_stop_fine(uint32_t stop, const char *file, uint32_t line)
{
	if (cs.fine && !cs.quiet)
		cs_stop(stop, CODE_NONE, file, line);
}

static void cs_stop_half(const char *file, uint32_t line)
{
	if (cs_switches() && !cs.fine && !cs_self()->read)
		cs_stop(CODE_HALF, CODE_NONE, file, line);
	cs_stop_fine(CODE_READ, file, line);
	cs_self()->read = true;
}

/* Weak memory: stores in buffers, and what the other CPUs read meanwhile. */
struct cs_store {
	const void *of; /* NULL: none */
	uint64_t old;
	uint32_t by, line; /* by: the CPU, CODE_NONE: another one */
	const char *file;
};

static struct cs_store cs_stores[CODE_STORES_MAX];
static uint32_t cs_mm_at(const void *address); /* entry.h: whose memory it is; CODE_NONE */

static uint32_t cs_here(void)
{
	return cs.actor < ACTOR_WORKER ? cs.cpu : CODE_NONE;
}

static void cs_leave(uint32_t store)
{
	for (; store + 1 < CODE_STORES_MAX; store++)
		cs_stores[store] = cs_stores[store + 1];
	memset(&cs_stores[store], 0, sizeof(cs_stores[store]));
}

static void cs_flush(void)
{
	for (uint32_t i = CODE_STORES_MAX; cs.weak && i-- > 0;) {
		if (cs_stores[i].of && cs_stores[i].by == cs_here())
			cs_leave(i);
	}
}

/* WRITE_ONCE() to @of, which is @old. One that is there already was first. */
static void cs_stored(const void *of, uint64_t old, const char *file, uint32_t line)
{
	uint32_t i = 0;

	if (!cs.weak || cs.quiet || cs_mm_at(of) == CODE_NONE)
		return;
	while (i < CODE_STORES_MAX && cs_stores[i].of && cs_stores[i].of != of)
		i++;
	if (i == CODE_STORES_MAX)
		return;
	if (cs_stores[i].of && cs_stores[i].by == cs_here())
		old = cs_stores[i].old;
	cs_stores[i] = (struct cs_store){ of, old, cs_here(), line, file };
}

static uint64_t cs_loaded(const void *of, uint64_t now)
{
	for (uint32_t i = 0; cs.weak && i < CODE_STORES_MAX; i++) {
		if (cs_stores[i].of == of && cs_stores[i].by != cs_here())
			return cs_stores[i].old;
	}
	return now;
}

/* Locks */

struct cs_held {
	uint32_t kind; /* enum code_stop; CODE_ENDS: nothing is held */
	struct cs_lock *lock;
};

static uint32_t cs_lock_of(uint32_t kind, const struct cs_lock *lock); /* entry.h: whose it is */

static struct cs_held cs_take(
	uint32_t kind, struct cs_lock *lock, const char *file, uint32_t line)
{
	struct cs_actor *actor = cs_self();

	actor->wants = lock;
	do
		cs_stop(kind, cs_lock_of(kind, lock), file, line);
	while (lock->owner);
	actor->wants = NULL;
	lock->owner = cs.actor + 1;
	actor->spins += kind != CODE_MUTEX;
	return (struct cs_held){ kind, lock };
}

static void cs_give(struct cs_held *held)
{
	if (held->kind == CODE_ENDS)
		return;
	cs_flush();
	held->lock->owner = 0;
	cs_self()->spins -= held->kind != CODE_MUTEX;
}

static struct cs_held cs_nothing(void)
{
	return (struct cs_held){ CODE_ENDS, NULL };
}

static bool cs_holds(const struct cs_lock *lock)
{
	return lock->owner == cs.actor + 1;
}
