/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_PAGES_H
#define CIDSIM_SIM_EXPLORE_STATE_PAGES_H

/*
 * Memory in pages, for what is large. The slots of a set (set.h) grow in one pass over them: the old
 * ones are given back behind that pass, so to grow needs no memory for both.
 */

#include <stddef.h>

/* @bytes bytes, all 0, in huge pages if there are any; NULL: there is no memory. Pages take memory
 * once they are written. */
void *pages_new(size_t bytes);

/* Give back @bytes bytes at @start, which begins a page. */
void pages_free(void *start, size_t bytes);

/* Give back what lies between @from and @at, in large pieces. Returns where what is left begins. */
char *pages_release(char *from, const char *at);

#endif
