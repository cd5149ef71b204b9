/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_STATES_H
#define CIDSIM_SIM_REPLAY_ORDERS_STATES_H

/*
 * The states of the model that one mm may be in, and their memory. A state is one block: the model,
 * and how far the steps are that no event shows.
 *
 * A pointer to a state stays valid until that state is dropped or tidied away, or until
 * states_grow(): that moves all of them. A position in the list is valid until states_tidy() or
 * states_compact(). Only the functions below change the list.
 */

#include <glib.h>

#include "model/observer.h"
#include "model/state.h"

/* How far the exit that holds the mutex is; mm.phase of the model says the rest. */
enum order_stage {
	ORDER_NOT_BEGUN,
	ORDER_LEFT,    /* exit: no user any more */
	ORDER_FLIPPED, /* exit: exit_change() is due */
	ORDER_DECIDED,
};

struct order_state;

/* Hears of the events of a state that is the only one, and so is what happens. */
struct order_listener {
	void (*event)(struct order_listener *listener, struct order_state *state,
		const struct model_event *event);
};

struct order_state {
	struct model_observer observer;  /* first: counts since the records took them over */
	struct order_listener *listener; /* NULL: nobody */
	struct model_event flip;         /* the last one */
	struct order_state *below; /* the next one in spare memory, or in what a search must look at */
	uint32_t hash;             /* of when it was last compared; 0 = it has changed since */
	uint32_t place;            /* among the states, when they are sorted */
	uint32_t inversions;       /* a younger step before an older one */
	uint32_t waits;            /* a step before one of an older fork or exit */
	/* From here on: what makes states equal. */
	uint32_t holder;          /* id of the op that has begun; 0 = none */
	uint32_t affinities_done; /* bits */
	uint8_t stage;            /* enum order_stage, of the holder */
	uint8_t current_done;     /* the op that an event showed in its decision is over */
	uint8_t unused[6];
	_Alignas(8) struct model model; /* machines of 32 bits align to 4 bytes only */
};

/* A hash table of the marked states; equal states have one place. */
struct order_marks {
	struct order_state **slots; /* by hash, in the first slot from there that was free; NULL = free */
	uint32_t size;              /* of the slots, a power of two; 0 = there are none yet */
	uint32_t *used;             /* indexes of the slots that are not free, @count of them */
	uint32_t count;             /* at most half of the slots */
};

struct order_states {
	GPtrArray *list;  /* struct order_state, the likeliest first; empty: nothing is known */
	GPtrArray *taken; /* those that states_take_all() returned */
	struct order_state *spare;   /* memory for more, linked by below */
	struct order_marks marks;    /* empty between uses of states_mark() */
	struct order_state *scratch; /* for a look ahead: whoever asks may overwrite it */
	size_t size;                 /* bytes of one */
	uint32_t limit;              /* to be kept at once */
	uint32_t most;               /* there were at once */
	uint32_t alone;              /* observations in a row at which there was but one state */
	bool cut; /* states were given up, and one of them may have been the true one */
};

static inline guint states_count(const struct order_states *states)
{
	return states->list->len;
}

static inline struct order_state *states_at(const struct order_states *states, guint index)
{
	return g_ptr_array_index(states->list, index);
}

/* The likeliest; NULL if there is none. */
static inline struct order_state *states_first(const struct order_states *states)
{
	return states->list->len ? g_ptr_array_index(states->list, 0) : NULL;
}

/* @state is about to be changed: its hash does not hold any more. Returns @state. */
static inline struct order_state *state_changes(struct order_state *state)
{
	state->hash = 0;
	return state;
}

/* No state, each with a model of @config; at most @limit, at least 1, are kept. */
void states_init(struct order_states *states, const struct model_config *config, uint32_t limit);
void states_clear(struct order_states *states);

/* A new state, which belongs to the caller: all bytes 0 but for an empty model of @config. */
struct order_state *states_new_state(
	const struct order_states *states, const struct model_config *config);
/* A state with the bytes of @from. It belongs to the caller until states_add(). */
struct order_state *states_copy(struct order_states *states, const struct order_state *from);
/* @state goes last into the list. */
void states_add(struct order_states *states, struct order_state *state);
/* Takes over the memory of @state, which is not in the list. */
void states_drop(struct order_states *states, struct order_state *state);
/* Nothing is known any more. */
void states_drop_all(struct order_states *states);
/* Take all states out of the list. Returns them in its order; they belong to the caller, and the
 * list is empty. The array is valid until the next call. */
const GPtrArray *states_take_all(struct order_states *states);

/* All states get room for @config, which has more tasks. No pointer to a state is valid then. */
void states_grow(struct order_states *states, const struct model_config *config);

/* The state at @index is none any more, if @out: NULL until states_compact(). */
void states_rule_out(struct order_states *states, guint index, bool out);
/* States that were ruled out leave the list. */
void states_compact(struct order_states *states);

/* Returns the marked state that is equal to @state. If there is none, marks @state and returns
 * NULL. In a marked state only fields that do not make states different may change. */
struct order_state *states_mark(struct order_states *states, struct order_state *state);
static inline uint32_t states_marked(const struct order_states *states)
{
	return states->marks.count;
}
/* Remove the marks of all states; with @drop, drop these states, too. */
void states_unmark_all(struct order_states *states, bool drop);
/* Below 0 if *@a, a struct order_state *, is likelier than *@b. */
gint state_by_likelihood(gconstpointer a, gconstpointer b);

/* How many are kept at most: as many as the user wants, or as fit into the memory for them. */
uint32_t states_limit(const struct order_states *states);

/* Equal states become one, the likeliest come first, and those beyond the limit are given up: then
 * @states->cut is set. */
void states_tidy(struct order_states *states);

#endif
