/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * The CID ownership protocol of revision 7.1 as a Promela model, for Spin, to check `cidsim explore`
 * and to measure it against. One mm, no failed execs, no affinity that changes. It shares no line
 * with cidsim, but was written by someone who had read it: it finds slips of either, not a rule that
 * both take to be another one than the kernel's.
 *
 *     spin -DN=3 -DT=4 -DS=3 -DF=2 -DE=2 -a mmcid.pml
 *     cc -O2 -DSAFETY -o pan pan.c && ./pan -m1000000        depth first
 *     spin -DBREADTH=1 -DN=3 -DT=4 -DS=3 -DF=2 -DE=2 -a mmcid.pml
 *     cc -O2 -DSAFETY -DBFS -o pan pan.c && ./pan            breadth first
 *
 * What can be set with -D:
 *
 *     N   possible CPUs, to 4         A   CPUs 0..A-1 are those the tasks may run on (all)
 *     S   tasks at the start, to A    T   tasks at once at most, to 6
 *     F   forks that may happen       E   exits that may happen
 *     HALVES              1: a switch is two steps, rq lock held in between, and tasks sit in the
 *                         queue of a CPU; 0: out to idle and in from idle, and tasks whose queue can
 *                         be had are nowhere in particular
 *     TRANSIT_TO_PERCPU   0: no TRANSIT on the way to per CPU (as before 6.19-livelock)
 *     DROP_TESTS_OWNED    0: "drop CPU" does not test that the word is CPU-owned (before 6.19.1)
 *     LIVELOCK            1: look for spins that cannot end, see below
 *     BREADTH             1: for a verifier that is compiled with -DBFS
 *
 * One process; each option of its loop is one step, taken at once. I1, I2, I4 and I5 are asserted.
 *
 * The states are those of cidsim. What is in a state was chosen as there, so that the numbers of
 * distinct states can be compared: HALVES=1 with `--reduce off --symmetry off`, HALVES=0 with
 * `--reduce on --symmetry off`. They are equal, but for the one state here in which nothing has
 * been set up yet. To this end:
 *
 * - a task is known by its place in the list of users, the newest is 0: who comes or goes renames
 *   those behind. One that exits is no longer on the list and has a place of its own (LEAVER; the
 *   mutex lets there be but one); one that is dead but not switched out yet is only where it runs;
 * - a number that nobody owns and nothing will read is not kept: that of a CPU word that is not
 *   CPU-owned, and that of a CPU-owned word of a task that does not run.
 *
 * So are the numbers of transitions, but for two: Spin counts the first state as one, and there is
 * the step that sets up. With HALVES=0 this is so depth first only: where a CPU begins to spin, it
 * takes several choices to say who waits in its queue, and breadth first Spin stores the states
 * between them, too. With symmetry, which Spin does not have, there is nothing to compare.
 *
 * Spins that cannot end (I3) are no invalid end states by themselves: other CPUs may idle, and move
 * tasks about, as long as they like. With LIVELOCK=1 the model may, wherever something spins and
 * the pool is empty, leave its loop for another one, in which only those steps are left that bring
 * a number back or lead there; each can happen only a limited number of times: out of transit, walk,
 * complete, exit (as many as there are tasks), in of a task that needs no number. If that ends
 * while the pool is still empty, it is an invalid end state. It is a strategy, not all that could
 * happen: no invalid end state is a proof that every spin can end; an invalid end state says that
 * this strategy did not find a way. (In 7.1 nothing ever spins with an empty pool at any size that
 * was tried: without failed execs there is no such state to begin with.)
 */

#ifndef N
#define N 3
#endif
#ifndef A
#define A N
#endif
#ifndef S
#define S 3
#endif
#ifndef T
#define T 4
#endif
#ifndef F
#define F 2
#endif
#ifndef E
#define E 2
#endif
#ifndef HALVES
#define HALVES 1
#endif
#ifndef TRANSIT_TO_PERCPU
#define TRANSIT_TO_PERCPU 1
#endif
#ifndef DROP_TESTS_OWNED
#define DROP_TESTS_OWNED 1
#endif
#ifndef LIVELOCK
#define LIVELOCK 0
#endif
#if N < 1 || N > 4 || A > N || S > A || S > T || T > 6
#error "not made for this size"
#endif

/* Words: the number; N more, CPU-owned; 2N more, in transit; 3N, unset. */
#define UNSET (3 * N)
#define IS_TASK_OWNED(x) ((x) < N)
#define IS_CPU_OWNED(x) ((x) >= N && (x) < 2 * N)
#define IS_TRANSIT(x) ((x) >= 2 * N && (x) < 3 * N)
#define NUMBER(x) ((x) % N)
#define CPU_OWNED(n) (N + (n))
#define IN_TRANSIT(n) (2 * N + (n))

/* What a CPU runs: a task by its place, or one of these. */
#define LEAVER T
#define IDLE (T + 1)
#define DEAD (T + 2)

/* What a CPU is in the middle of, its rq lock held unless it is free. */
#define FREE 0
#define BETWEEN 1
#define SPINS(mode_read) (2 + (mode_read))

/* The mode */
#define PER_CPU 1
#define CHANGES 2 /* TRANSIT */

/* What the holder of the mutex is in the middle of. */
#define NOTHING 0
#define WALKS_TASKS 1
#define WALKS_CPUS 2
#define FORK_COMPLETES 3
#define EXIT_COMPLETES 4
#define GETS 5

#define NOWHERE N

byte word[T + 1];  /* by task; LEAVER: unset */
byte where[T + 1]; /* the CPU that it runs on or in whose queue it is; HALVES=0: or NOWHERE */
byte cpu_word[N];
byte runs[N];
byte at[N]; /* FREE ... */
byte users, mode, thrs, pool;
byte forks_left, exits_left;
byte phase;     /* NOTHING ... */
byte initiator; /* parent, or LEAVER */
byte cursor;    /* of the walk */
bit waits;      /* for the rq lock of the next step of the walk */

/* Used within a step only, and by no expression before it is set: no part of the state. Breadth
 * first, Spin admits no such variables: there they are 0 between steps. */
#if BREADTH
#define SCRATCH byte
#else
#define SCRATCH hidden byte
#endif
SCRATCH i, n, old, new, max, target;

inline tidy()
{
#if BREADTH
	i = 0; n = 0; old = 0; new = 0; max = 0; target = 0
#else
	skip
#endif
}

/* False; the verifier prints the text, and with it the number of the property. */
#define VIOLATES(property) (property) != (property)

#define MIN(a, b) ((a) < (b) -> (a) : (b))
#define OPT MIN(A, users)
#define MAX_CIDS MIN(OPT + OPT / 4, N)

#define RUNS(t) (where[t] < N && runs[where[t] % N] == (t))
#define QUEUE_FREE(t) (where[t] == NOWHERE || at[where[t] % N] == FREE)
#define POOL_FULL (pool == (1 << N) - 1)
#define FORKING (phase == WALKS_TASKS || phase == FORK_COMPLETES || phase == GETS)
#define EXITING (phase == WALKS_CPUS || phase == EXIT_COMPLETES)
#define BORN(t) ((t) == 0 && FORKING)
#define INITIATOR_EXECUTES (RUNS(initiator) && at[where[initiator] % N] == FREE)
/* Not to be switched out. */
#define PINNED(c) (phase != NOTHING && runs[c] == initiator && (waits || phase == GETS))
/* There, and to be picked by a CPU or moved about. */
#define PRESENT(t) ((t) == LEAVER -> EXITING : (t) < users && !BORN(t))

/* --- the pool --- */

inline lowest_clear()
{
	n = 0;
	do
	:: n < N && ((pool >> n) & 1) -> n++
	:: else -> break
	od
}

inline take(number)
{
	pool = pool | (1 << (number))
}

inline drop(number)
{
	assert((number) < N || VIOLATES(2));
	assert(((pool >> (number)) & 1) || VIOLATES(4));
	pool = pool & ~(1 << (number))
}

/* old is a number at or above max: if there is one below, take that instead. Sets n. */
inline converge()
{
	lowest_clear();
	if
	:: n < max -> take(n); drop(old)
	:: else -> n = old
	fi
}

inline set_cpu_word(c, value)
{
#if DROP_TESTS_OWNED
	cpu_word[c] = (IS_TASK_OWNED(value) -> 0 : (IS_CPU_OWNED(value) -> (value) : UNSET))
#else
	cpu_word[c] = value
#endif
}

inline drop_cpu(c)
{
	if
	:: IS_CPU_OWNED(cpu_word[c]) ->
		old = NUMBER(cpu_word[c]);
		drop(old);
		set_cpu_word(c, old)
	:: else ->
#if DROP_TESTS_OWNED
		skip
#else
		/* Whatever flags the word carries make a bit out of range; else a stale number. */
		assert(IS_TASK_OWNED(cpu_word[c]) || VIOLATES(2));
		drop(NUMBER(cpu_word[c]))
#endif
	fi
}

/* --- places in the list of users --- */

inline insert_newest()
{
	i = users;
	do
	:: i > 0 -> word[i] = word[i - 1]; where[i] = where[i - 1]; i--
	:: else -> break
	od;
	word[0] = UNSET;
	users++;
	i = 0;
	do
	:: i < N -> runs[i] = (runs[i] < LEAVER -> runs[i] + 1 : runs[i]); i++
	:: else -> break
	od
}

inline remove(t)
{
	users--;
	i = t;
	do
	:: i < users -> word[i] = word[i + 1]; where[i] = where[i + 1]; i++
	:: else -> break
	od;
	word[users] = UNSET;
	where[users] = 0;
	i = 0;
	do
	:: i < N ->
		runs[i] = (runs[i] < LEAVER && runs[i] > (t) -> runs[i] - 1 : runs[i]);
		i++
	:: else -> break
	od
}

/* --- a switch --- */

inline out_half(c)
{
	max = MAX_CIDS;
	if
	:: runs[c] < LEAVER ->
		i = runs[c];
		old = NUMBER(word[i]);
		if
		:: IS_TRANSIT(word[i]) && !(mode & CHANGES) && old < max ->
			if
			:: mode & PER_CPU ->
				set_cpu_word(c, CPU_OWNED(old));
				word[i] = CPU_OWNED(0)
			:: else ->
				set_cpu_word(c, old);
				word[i] = old
			fi
		:: IS_TRANSIT(word[i]) && ((mode & CHANGES) || old >= max) ->
			word[i] = UNSET;
			drop(old)
		:: else ->
			if
			:: IS_CPU_OWNED(word[i]) -> word[i] = CPU_OWNED(0)
			:: else -> skip
			fi
		fi
	:: else -> skip
	fi
}

/* In both modes: neither brings a number along. */
#define NEEDS_NUMBER(c, t) (!IS_TASK_OWNED(word[t]) && !IS_CPU_OWNED(cpu_word[c]))

/* Mode per task; mode_read is that read as the switch began. Sets new. */
inline in_per_task(c, t, mode_read)
{
	if
	:: IS_TASK_OWNED(cpu_word[c]) && IS_TASK_OWNED(word[t]) ->
		old = word[t];
		if
		:: old < max -> new = old
		:: else -> converge(); new = n
		fi
	:: else ->
		if
		:: IS_CPU_OWNED(cpu_word[c]) && IS_TASK_OWNED(word[t]) ->
			drop(NUMBER(cpu_word[c]));
			new = word[t]
		:: IS_CPU_OWNED(cpu_word[c]) && !IS_TASK_OWNED(word[t]) ->
			new = NUMBER(cpu_word[c])
		:: !IS_CPU_OWNED(cpu_word[c]) && IS_TASK_OWNED(word[t]) ->
			new = word[t]
		:: else ->
			lowest_clear();
			take(n);
			new = n
		fi;
		if
		:: (mode_read) & CHANGES -> new = IN_TRANSIT(new)
		:: else -> skip
		fi
	fi
}

inline in_per_cpu(c, t, mode_read)
{
	if
	:: IS_CPU_OWNED(cpu_word[c]) && IS_CPU_OWNED(word[t]) ->
		old = NUMBER(cpu_word[c]);
		if
		:: old < max -> new = cpu_word[c]
		:: else -> converge(); new = CPU_OWNED(n)
		fi
	:: else ->
		if
		:: IS_CPU_OWNED(cpu_word[c]) && IS_TASK_OWNED(word[t]) ->
			drop(word[t]);
			new = NUMBER(cpu_word[c])
		:: IS_CPU_OWNED(cpu_word[c]) && !IS_TASK_OWNED(word[t]) ->
			new = NUMBER(cpu_word[c])
		:: !IS_CPU_OWNED(cpu_word[c]) && IS_TASK_OWNED(word[t]) ->
			new = word[t]
		:: else ->
			lowest_clear();
			take(n);
			new = n
		fi;
		new = ((mode_read) & CHANGES -> IN_TRANSIT(new) : CPU_OWNED(new))
	fi
}

/* The part of the second half that has a number, or finds one. */
inline in_half(c, t, mode_read)
{
	max = MAX_CIDS;
	if
	:: (mode_read) & PER_CPU -> in_per_cpu(c, t, mode_read)
	:: else -> in_per_task(c, t, mode_read)
	fi;
	word[t] = new;
	set_cpu_word(c, new);
	at[c] = FREE
}

/* It is on the CPU from now on, and spins if there is no number for it. */
inline in_or_spin(c, t)
{
	runs[c] = t;
	where[t] = c;
	if
	:: (t) == LEAVER -> at[c] = FREE
	:: else ->
		if
		:: NEEDS_NUMBER(c, t) && POOL_FULL -> at[c] = SPINS(mode)
		:: else -> in_half(c, t, mode)
		fi
	fi
}

/* --- fork, exit, walks --- */

inline begin_fork(c)
{
	i = runs[c];
	insert_newest();
	where[0] = c;
	forks_left--;
	max = MAX_CIDS;
	if
	:: !(mode & PER_CPU) && users > max ->
		old = MIN(OPT - OPT / 4, N / 2);
		thrs = (old > 1 -> old : 1);
		mode = PER_CPU | (TRANSIT_TO_PERCPU * CHANGES);
		initiator = runs[c];
		new = word[initiator];
		if
		:: IS_TASK_OWNED(new) ->
			new = (TRANSIT_TO_PERCPU -> IN_TRANSIT(new) : CPU_OWNED(new));
			word[initiator] = new;
			set_cpu_word(c, new)
		:: else -> skip
		fi;
		phase = WALKS_TASKS;
		cursor = 0 /* the child */
	:: !(mode & PER_CPU) && users <= max && POOL_FULL ->
		initiator = runs[c];
		phase = GETS
	:: else ->
		if
		:: !(mode & PER_CPU) -> lowest_clear(); take(n); word[0] = n
		:: else -> skip
		fi;
		child_is_there()
	fi
}

inline child_is_there()
{
#if HALVES
	skip
#else
	where[0] = (at[where[0] % N] == FREE -> NOWHERE : where[0])
#endif
}

inline is_dead(c)
{
#if HALVES
	runs[c] = DEAD
#else
	runs[c] = IDLE
#endif
}

inline begin_exit(c)
{
	exits_left = (exits_left > 0 -> exits_left - 1 : 0);
	target = runs[c];
	old = word[target];
	/* In transit, or the last user's CPU-owned: given back all the same. */
	if
	:: users == 1 && IS_CPU_OWNED(old) -> set_cpu_word(c, IN_TRANSIT(NUMBER(old)))
	:: else -> skip
	fi;
	if
	:: IS_TASK_OWNED(old) || IS_TRANSIT(old) || (users == 1 && IS_CPU_OWNED(old)) ->
		old = NUMBER(old);
		drop(old)
	:: else -> skip
	fi;
	remove(target);
	is_dead(c);
	if
	:: (mode & PER_CPU) && users < thrs ->
		thrs = 0;
		mode = CHANGES;
		if
		:: users > 0 ->
			runs[c] = LEAVER;
			where[LEAVER] = c;
			initiator = LEAVER;
			phase = WALKS_CPUS;
			cursor = 0;
			drop_cpu(c)
		:: else -> skip
		fi
	:: else -> skip
	fi
}

inline fix_task(t)
{
	if
	:: IS_TASK_OWNED(word[t]) && RUNS(t) ->
		new = (TRANSIT_TO_PERCPU -> IN_TRANSIT(word[t]) : CPU_OWNED(word[t]));
		word[t] = new;
		set_cpu_word(where[t], new)
	:: IS_TASK_OWNED(word[t]) && !RUNS(t) ->
		old = word[t];
		word[t] = UNSET;
		drop(old)
	:: else -> skip
	fi
}

inline fix_cpu(c)
{
	if
	:: IS_CPU_OWNED(cpu_word[c]) && runs[c] >= LEAVER -> drop_cpu(c)
	:: runs[c] < LEAVER && IS_CPU_OWNED(cpu_word[c]) && IS_CPU_OWNED(word[runs[c] % T]) ->
		new = IN_TRANSIT(NUMBER(cpu_word[c]));
		word[runs[c]] = new;
		set_cpu_word(c, new)
	:: runs[c] < LEAVER && !IS_CPU_OWNED(cpu_word[c]) && IS_TASK_OWNED(word[runs[c] % T]) ->
		new = IN_TRANSIT(word[runs[c]]);
		word[runs[c]] = new;
		set_cpu_word(c, new)
	:: else -> skip
	fi
}

#define WALK_CPU_FREE (phase == WALKS_TASKS -> QUEUE_FREE(cursor % T) : at[cursor % N] == FREE)

inline walk_next()
{
	cursor++;
	if
	:: phase == WALKS_TASKS ->
		cursor = (cursor == initiator -> cursor + 1 : cursor);
		if
		:: cursor >= users -> cursor = 0; phase = FORK_COMPLETES
		:: else -> skip
		fi
	:: else ->
		if
		:: cursor == N -> cursor = 0; phase = EXIT_COMPLETES
		:: else -> skip
		fi
	fi
}

inline walk_step()
{
	waits = 0;
	if
	:: phase == WALKS_TASKS -> fix_task(cursor)
	:: else -> fix_cpu(cursor)
	fi;
	walk_next()
}

inline complete()
{
	mode = mode & PER_CPU;
	if
	:: phase == FORK_COMPLETES -> child_is_there()
	:: else ->
		target = where[LEAVER];
		is_dead(target);
		where[LEAVER] = 0
	fi;
	initiator = 0;
	phase = NOTHING
}

/* --- what must hold, asked of each state --- */

/* Four bits for each number: how many hold it. */
#define ONE(x) (1 << (4 * NUMBER(x)))
#define HELD_BY_TASK(t) \
	((t) < users && (IS_TASK_OWNED(word[t]) || (IS_TRANSIT(word[t]) && RUNS(t))) \
		-> ONE(word[t]) : 0)
#define HELD_BY_CPU(c) (IS_CPU_OWNED(cpu_word[c]) -> ONE(cpu_word[c]) : 0)
#define TAKEN(number) (((pool >> (number)) & 1) << (4 * (number)))
#define SHOWN(c) \
	(runs[c] < LEAVER && at[c] == FREE && word[runs[c] % T] != UNSET -> ONE(word[runs[c] % T]) : 0)
#define TASK_OWNED_IN_PER_CPU(t) ((t) < users && IS_TASK_OWNED(word[t]))

#if N == 1
#define EACH_CPU(macro, op) macro(0)
#elif N == 2
#define EACH_CPU(macro, op) (macro(0) op macro(1))
#elif N == 3
#define EACH_CPU(macro, op) (macro(0) op macro(1) op macro(2))
#else
#define EACH_CPU(macro, op) (macro(0) op macro(1) op macro(2) op macro(3))
#endif
#if T == 1
#define EACH_TASK(macro, op) macro(0)
#elif T == 2
#define EACH_TASK(macro, op) (macro(0) op macro(1))
#elif T == 3
#define EACH_TASK(macro, op) (macro(0) op macro(1) op macro(2))
#elif T == 4
#define EACH_TASK(macro, op) (macro(0) op macro(1) op macro(2) op macro(3))
#elif T == 5
#define EACH_TASK(macro, op) (macro(0) op macro(1) op macro(2) op macro(3) op macro(4))
#else
#define EACH_TASK(macro, op) \
	(macro(0) op macro(1) op macro(2) op macro(3) op macro(4) op macro(5))
#endif
#define IS_CPU_OWNED_AT(c) IS_CPU_OWNED(cpu_word[c])

#define I1_BROKEN (users > 0 && (EACH_CPU(SHOWN, +) & 61166)) /* 0xEEEE: twice or more */
#define I4_BROKEN \
	(users > 0 && EACH_TASK(HELD_BY_TASK, +) + EACH_CPU(HELD_BY_CPU, +) != EACH_CPU(TAKEN, +))
#define I5_BROKEN \
	(users > 0 && phase == NOTHING && \
		(mode & PER_CPU -> EACH_TASK(TASK_OWNED_IN_PER_CPU, ||) \
				: EACH_CPU(IS_CPU_OWNED_AT, ||)))

/* --- steps: options of the loop --- */

#if HALVES
#define OUT(c) \
	:: d_step { \
		at[c] == FREE && !PINNED(c) -> \
		out_half(c); \
		runs[c] = IDLE; \
		at[c] = BETWEEN; \
		tidy() }
#define IN_IDLE(c) :: d_step { at[c] == BETWEEN -> at[c] = FREE }
#define CAN_IN(c, t) \
	(at[c] == BETWEEN && PRESENT(t) && !RUNS(t) && (where[t] == (c) || at[where[t]] == FREE))
#define IN(c, t) :: d_step { CAN_IN(c, t) -> in_or_spin(c, t); tidy() }
#define MIGRATE(c, t) \
	:: d_step { \
		at[c] == FREE && where[t] != (c) && PRESENT(t) && !RUNS(t) && at[where[t]] == FREE -> \
		where[t] = c }
#define FLOAT_AGAIN(c) skip
#else
#define OUT(c) \
	:: d_step { \
		at[c] == FREE && runs[c] != IDLE && !PINNED(c) -> \
		out_half(c); \
		where[runs[c]] = NOWHERE; \
		runs[c] = IDLE; \
		tidy() }
#define IN_IDLE(c)
#define CAN_IN(c, t) \
	(at[c] == FREE && runs[c] == IDLE && PRESENT(t) && !RUNS(t) && where[t] == NOWHERE)
#define WOULD_SPIN(c, t) ((t) != LEAVER && NEEDS_NUMBER(c, t) && POOL_FULL)
/* Each of those that float may be in the queue of a CPU that begins to spin; all are if no other
 * CPU is left for them. */
#define IS_FREE_HERE(c) (at[c] == FREE && (c) < A)
#define STICK(c, t, other) \
	if \
	:: (other) <= T && (other) != (t) && PRESENT(other) && where[other] == NOWHERE -> \
		where[other] = c \
	:: !((other) <= T && (other) != (t) && PRESENT(other) && where[other] == NOWHERE) || \
		EACH_CPU(IS_FREE_HERE, +) > 0 -> skip \
	fi
#if T > 4
#define STICK_MORE(c, t) STICK(c, t, 4); STICK(c, t, 5);
#else
#define STICK_MORE(c, t)
#endif
#define IN(c, t) \
	:: d_step { CAN_IN(c, t) && !WOULD_SPIN(c, t) -> in_or_spin(c, t); tidy() } \
	:: atomic { \
		d_step { CAN_IN(c, t) && WOULD_SPIN(c, t) -> in_or_spin(c, t); tidy() }; \
		STICK(c, t, 0); STICK(c, t, 1); STICK(c, t, 2); STICK(c, t, 3); \
		STICK_MORE(c, t) \
		skip }
#define MIGRATE(c, t)
#define FLOAT_AGAIN(c) \
	i = 0; \
	do \
	:: i <= T -> \
		where[i] = (where[i] == (c) && runs[c] != i && !BORN(i) && PRESENT(i) \
				-> NOWHERE : where[i]); \
		i++ \
	:: else -> break \
	od
#endif

#define RETRY(c) \
	:: d_step { \
		at[c] >= SPINS(0) && !POOL_FULL -> \
		target = at[c] - SPINS(0); \
		i = runs[c]; \
		in_half(c, i, target); \
		FLOAT_AGAIN(c); \
		tidy() }
#define EXECUTES_USER(c) (at[c] == FREE && runs[c] < LEAVER && phase == NOTHING)
#define IS_DEAD(c) (runs[c] == DEAD)
#define FORK(c) \
	:: d_step { \
		EXECUTES_USER(c) && forks_left > 0 && users + EACH_CPU(IS_DEAD, +) < T -> \
		begin_fork(c); \
		tidy() }
#define EXIT(c) :: d_step { EXECUTES_USER(c) && exits_left > 0 -> begin_exit(c); tidy() }
#define CAN_WALK ((phase == WALKS_TASKS || phase == WALKS_CPUS) && INITIATOR_EXECUTES)
#define WALK \
	:: d_step { CAN_WALK && WALK_CPU_FREE -> walk_step(); tidy() } \
	:: d_step { CAN_WALK && !WALK_CPU_FREE && !waits -> waits = 1 }
#define COMPLETE \
	:: d_step { \
		(phase == FORK_COMPLETES || phase == EXIT_COMPLETES) && INITIATOR_EXECUTES -> \
		complete(); \
		tidy() }
#define GET \
	:: d_step { \
		phase == GETS && INITIATOR_EXECUTES && !POOL_FULL -> \
		lowest_clear(); \
		take(n); \
		word[0] = n; \
		initiator = 0; \
		phase = NOTHING; \
		child_is_there(); \
		tidy() }

#if T == 1
#define TASKS_OF(step, c) step(c, 0)
#elif T == 2
#define TASKS_OF(step, c) step(c, 0) step(c, 1)
#elif T == 3
#define TASKS_OF(step, c) step(c, 0) step(c, 1) step(c, 2)
#elif T == 4
#define TASKS_OF(step, c) step(c, 0) step(c, 1) step(c, 2) step(c, 3)
#elif T == 5
#define TASKS_OF(step, c) step(c, 0) step(c, 1) step(c, 2) step(c, 3) step(c, 4)
#else
#define TASKS_OF(step, c) step(c, 0) step(c, 1) step(c, 2) step(c, 3) step(c, 4) step(c, 5)
#endif
#define TASKS(step, c) TASKS_OF(step, c) step(c, LEAVER)

#define ON_ANY(c) OUT(c) IN_IDLE(c) RETRY(c) FORK(c) EXIT(c)
#define ON_ALLOWED(c) TASKS(IN, c) TASKS(MIGRATE, c)

/* --- LIVELOCK: steps that help --- */

#define SPINS_AT(c) (at[c] >= SPINS(0))
#define STUCK (POOL_FULL && (EACH_CPU(SPINS_AT, ||) || phase == GETS))
/* Whoever comes in with a number of its own then has it in transit. Not so on the way to per task:
 * it might go out and in for ever. */
#define TO_PER_CPU (mode == (PER_CPU | CHANGES))
/* Give a number back, or come in again so that the next out does, or make room for the initiator. */
#define HELP_OUT(c) \
	:: d_step { \
		at[c] == FREE && runs[c] < LEAVER && !PINNED(c) && \
			(IS_TRANSIT(word[runs[c] % T]) || \
				(IS_TASK_OWNED(word[runs[c] % T]) && TO_PER_CPU) || \
				(phase != NOTHING && !RUNS(initiator))) -> \
		out_half(c); \
		LEAVE_TO(c); \
		runs[c] = IDLE; \
		tidy() }
#if HALVES
#define LEAVE_TO(c) skip
#define HELP_REACH(c, t) (where[t] == (c) || at[where[t]] == FREE)
#else
#define LEAVE_TO(c) where[runs[c]] = NOWHERE
#define HELP_REACH(c, t) (where[t] == NOWHERE)
#endif
/* A CPU idles, or could. */
#define HELP_HAS_ROOM(c) ((at[c] == FREE && runs[c] >= IDLE) || at[c] == BETWEEN)
/* Of the initiator, so that its walk goes on; or of one whose number comes back that way. */
#define HELP_IN(c, t) \
	:: d_step { \
		HELP_HAS_ROOM(c) && PRESENT(t) && !RUNS(t) && HELP_REACH(c, t) && \
			((t) == LEAVER || (IS_TASK_OWNED(word[t]) && TO_PER_CPU) || \
				(IS_TASK_OWNED(word[t]) && (mode & PER_CPU) && \
					IS_CPU_OWNED(cpu_word[c])) || \
				(phase != NOTHING && (t) == initiator && \
					!NEEDS_NUMBER(c, (t) % T))) -> \
		at[c] = FREE; \
		in_or_spin(c, t); \
		tidy() }
#define HELP_EXIT(c) :: d_step { EXECUTES_USER(c) -> begin_exit(c); tidy() }
#define HELP_ON(c) HELP_OUT(c) HELP_EXIT(c)
#define HELP_ON_ALLOWED(c) TASKS(HELP_IN, c)

/* --- the start --- */

/* The first task has forked the others, one after the other; it runs on CPU 0, they wait there. */
inline start()
{
	i = 0;
	do
	:: i <= T ->
		word[i] = (i < S -> S - 1 - i : UNSET);
		where[i] = (i < S && !HALVES && i < S - 1 -> NOWHERE : 0);
		i++
	:: else -> break
	od;
	i = 0;
	do
	:: i < N -> runs[i] = (i == 0 -> S - 1 : IDLE); i++
	:: else -> break
	od;
	i = 0;
	users = S;
	pool = (1 << S) - 1;
	forks_left = F;
	exits_left = E
}

active proctype machine()
{
	d_step { start(); tidy() };
end:
	do
	ON_ANY(0) ON_ALLOWED(0)
#if N > 1
	ON_ANY(1)
#endif
#if N > 2
	ON_ANY(2)
#endif
#if N > 3
	ON_ANY(3)
#endif
#if A > 1
	ON_ALLOWED(1)
#endif
#if A > 2
	ON_ALLOWED(2)
#endif
#if A > 3
	ON_ALLOWED(3)
#endif
	WALK COMPLETE GET
	:: I1_BROKEN -> assert(VIOLATES(1))
	:: I4_BROKEN -> assert(VIOLATES(4))
	:: I5_BROKEN -> assert(VIOLATES(5))
#if LIVELOCK
	:: STUCK -> break
#endif
	od;
#if LIVELOCK
	do
	:: !POOL_FULL || users == 0 -> break
	HELP_ON(0) HELP_ON_ALLOWED(0)
#if N > 1
	HELP_ON(1)
#endif
#if N > 2
	HELP_ON(2)
#endif
#if N > 3
	HELP_ON(3)
#endif
#if A > 1
	HELP_ON_ALLOWED(1)
#endif
#if A > 2
	HELP_ON_ALLOWED(2)
#endif
#if A > 3
	HELP_ON_ALLOWED(3)
#endif
	:: d_step { CAN_WALK && WALK_CPU_FREE -> walk_step(); tidy() }
	COMPLETE
	od
#endif
}
