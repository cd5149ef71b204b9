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

enum { CS_STACK = 64 << 10, CS_GUARD = 16 << 10 };

struct cs_lock {
	uint32_t owner; /* actor + 1; 0: free */
};

struct cs_actor {
	void *stack;
#ifdef CS_BY_UCONTEXT
	ucontext_t context;
#endif
	void *top; /* of its stack, where it goes on; NULL: it has not begun */
	struct code_at at;
	enum code_op op;
	uint32_t what;
	uint32_t spins; /* spinning locks that it holds */
	bool read;      /* has read shared state that it has not used yet */
	struct cs_lock *wants;
	struct task_struct *task; /* NULL: nobody's */
};

static struct {
	struct cs_actor actors[ACTORS_MAX];
	uint32_t actor, cpu; /* who runs, and where */
	uint32_t cpus;
	void *host;
#ifdef CS_BY_UCONTEXT
	ucontext_t host_context;
#endif
	struct code_faults faults;
	uint64_t bit_ops; /* on pools */
} cs;

static void cs_do(struct cs_actor *actor); /* entry.h: the operation */

static inline struct cs_actor *cs_self(void)
{
	return &cs.actors[cs.actor];
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
void cs_jump(void **from, void *to);
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
	swapcontext(&cs_self()->context, &cs.host_context);
#else
	cs_jump(&cs_self()->top, cs.host);
#endif
}

/* An actor does one operation after the other. */
static void cs_main(void)
{
	for (;;) {
		struct cs_actor *actor = cs_self();

		cs_do(actor);
		actor->at = (struct code_at){ .stop = CODE_ENDS, .lock = CODE_NONE };
		actor->wants = NULL;
		cs_to_host();
	}
}

static void cs_prepare(struct cs_actor *actor)
{
	char *low;

	if (!actor->stack) {
		low = mmap(NULL, CS_STACK + CS_GUARD, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (low == MAP_FAILED || mprotect(low, CS_GUARD, PROT_NONE) != 0)
			abort();
		actor->stack = low + CS_GUARD;
	}
#ifdef CS_BY_UCONTEXT
	getcontext(&actor->context);
	actor->context.uc_stack.ss_sp = actor->stack;
	actor->context.uc_stack.ss_size = CS_STACK;
	makecontext(&actor->context, cs_main, 0);
	actor->top = actor->stack;
#else
	void **top = (void **)((char *)actor->stack + CS_STACK);

	*--top = NULL; /* no return address: cs_main() does not return */
	*--top = (void *)cs_main;
	for (int i = 0; i < 6; i++)
		*--top = NULL;
	actor->top = top;
#endif
}

static const struct code_at *cs_resume(uint32_t index, uint32_t cpu)
{
	struct cs_actor *actor = &cs.actors[index];

	cs.actor = index;
	cs.cpu = cpu;
	if (!actor->top)
		cs_prepare(actor);
#ifdef CS_BY_UCONTEXT
	swapcontext(&cs.host_context, &actor->context);
#else
	cs_jump(&cs.host, actor->top);
#endif
	actor->at.blocked = actor->wants && actor->wants->owner;
	actor->at.spins = actor->spins;
	return &actor->at;
}

static void cs_stop(uint32_t stop, uint32_t lock, const char *file, uint32_t line)
{
	struct cs_actor *actor = cs_self();

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
	if (!cs_switches() && cs.actor != ACTOR_AFFINITY)
		cs_stop(stop, CODE_NONE, file, line);
}

static void cs_stop_half(const char *file, uint32_t line)
{
	if (cs_switches() && !cs_self()->read)
		cs_stop(CODE_HALF, CODE_NONE, file, line);
	cs_self()->read = true;
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
