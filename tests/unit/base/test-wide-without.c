/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The same as test-wide.c, for a compiler without a type of 128 bits. */

#undef __SIZEOF_INT128__
#include "sim/base/wide.c"
#include "tests/unit/base/test-wide.c"
