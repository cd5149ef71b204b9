/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_PICTURE_H
#define CIDSIM_TESTS_LIB_PICTURE_H

/*
 * Pictures that gnuplot has drawn. The same data give the same bytes, but in a PDF of cairo 1.18
 * and later: it has the time in it, compressed.
 */

#include <glib.h>

/* @a and @b, of @a_length and @b_length bytes, drawn from the same data, are pictures of more than
 * 4000 bytes, and the same bytes where that is promised. */
void picture_assert_same(const char *a, gsize a_length, const char *b, gsize b_length);

/* The PDF @bytes has the fixed date that cidsim gives it, or a compressed one. */
void picture_assert_date(const char *bytes, gsize length);

#endif
