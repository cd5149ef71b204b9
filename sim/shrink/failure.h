/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SHRINK_FAILURE_H
#define CIDSIM_SIM_SHRINK_FAILURE_H

/* In which way a run has failed, so that another one can be said to fail in the same way. */

#include "sim/record/record.h"

struct failure {
	char *property; /* that is broken; NULL: none was, or as many as were expected */
	/* the expectation that does not hold: about what it is, what it says, how it fails */
	char *text; /* NULL: none is about it */
	char *mm;   /* NULL: the run */
	int64_t process;
	uint64_t time_ns; /* UINT64_MAX: the end */
	char *found; /* NULL: too much, or a flip that should not be; how much does not matter */
	uint32_t line;
};

/* How @result, of a run that has failed, failed: a broken property that no expectation is about, or
 * the first expectation that does not hold. Of one about broken properties also the one that was
 * one too many; where too little was found, that value: nothing at all would be too little, too. */
struct failure *failure_new(const struct record_result *result);
void failure_free(struct failure *failure);

/* Whether @result fails in this way, too; maybe in others. */
bool failure_is_of(const struct failure *failure, const struct record_result *result);

/* "I3 is broken", "users-max = 5 of app does not hold, found 4". The caller frees it. */
char *failure_text(const struct failure *failure);

#endif
