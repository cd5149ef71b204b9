/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_BIGMEM_H
#define CIDSIM_SIM_BASE_BIGMEM_H

/*
 * Memory for large tables that are read here and there. With pages of 4 KiB a million tasks cost a
 * miss in the TLB at nearly each access; so blocks of 2 MiB and more ask for huge pages.
 */

#include <stddef.h>

/* For functions that only prefetch: without it gcc sees no effect and drops the calls. */
#define PREFETCH_INLINE static inline __attribute__((always_inline))

/* @size bytes, all 0, aligned to a cache line. Ends the program if there is no memory. */
void *bigmem_new(size_t size);

/* Free @block of @size bytes, as it was asked for. NULL is allowed. */
void bigmem_free(void *block, size_t size);

/* A block of @size bytes with the content of @block, which is freed; @old_size <= @size. */
void *bigmem_grow(void *block, size_t old_size, size_t size);

/* For memory that comes from elsewhere: the alignment that huge pages want for @size bytes, at
 * least 4096; and the wish for them. */
size_t bigmem_alignment(size_t size);
void bigmem_advise(void *block, size_t size);

#endif
