/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_SIEVE_H
#define CIDSIM_SIM_EXPLORE_SEARCH_SIEVE_H

/*
 * Which of some states are new? States go in, known ones are taken out, and what is left comes out
 * in order:
 *
 *     sieve_begin --> sieve_put ... --> sieve_take_out ... --> sieve_rest --> sieve_begin
 *
 * It is a hash table, and beside it a row of bits that says of nearly all known states that they
 * are not in the table.
 */

#include "sim/explore/state/parts.h"

struct sieve {
	state_id *slots;  /* 0: free; PARTS_JUDGED alone: taken out */
	uint64_t *bits;   /* by hash */
	state_id *sorted; /* what is left, and room to sort it */
	uint64_t slots_count, room;
};

/* A sieve that is all 0 is empty; to be cleared by sieve_clear(). */
void sieve_clear(struct sieve *sieve);

/* Empty @sieve, and make room for @count states. */
void sieve_begin(struct sieve *sieve, uint64_t count);

/* Put @count states @ids in. Of equal ones one stays, with PARTS_JUDGED if one has it. */
void sieve_put(struct sieve *sieve, const state_id *ids, uint64_t count);

/* Take @count states @ids out, those that are in. */
void sieve_take_out(struct sieve *sieve, const state_id *ids, unsigned count);

/* The states that are left, in order, valid until the next call; *@count of them. */
const state_id *sieve_rest(struct sieve *sieve, uint64_t *count);

#endif
