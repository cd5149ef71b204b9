/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/wide.h"

#include <signal.h>

#include "tests/lib/suite.h"

#define M UINT64_MAX

/* Computed by another program. A build for 32 bits, which has no such type, must agree. */
static const struct product {
	uint64_t a, b, low, high;
} products[] = {
	{ 0, M, 0, 0 },
	{ 1, M, M, 0 },
	{ M, M, 1, M - 1 },
	{ UINT64_C(1) << 32, UINT64_C(1) << 32, 0, 1 },
	{ UINT32_MAX, UINT32_MAX, UINT64_C(0xfffffffe00000001), 0 },
	{ UINT64_C(0x123456789abcdef0), UINT64_C(0xfedcba9876543210), UINT64_C(0x236d88fe5618cf00),
		UINT64_C(0x121fa00ad77d7422) },
};

TEST_ROWS(products_have_128_bits, products)
{
	const struct product *row = &products[_i];
	struct wide product = wide_product(row->a, row->b);
	uint64_t rest;

	ck_assert_uint_eq(product.low, row->low);
	ck_assert_uint_eq(product.high, row->high);
	ck_assert_uint_eq(wide_product_high(row->b, row->a), row->high);
	/* And back. */
	product = wide_quotient(product, row->b, &rest);
	ck_assert_uint_eq(product.low, row->a);
	ck_assert_uint_eq(product.high, 0);
	ck_assert_uint_eq(rest, 0);
}

TEST(a_carry_goes_from_low_to_high)
{
	struct wide sum = wide_sum((struct wide){ M, 1 }, wide_of(1));
	struct wide difference = wide_difference(sum, wide_of(1));

	ck_assert_uint_eq(sum.low, 0);
	ck_assert_uint_eq(sum.high, 2);
	ck_assert_uint_eq(difference.low, M);
	ck_assert_uint_eq(difference.high, 1);
	ck_assert(wide_below(difference, sum) && !wide_below(sum, difference));
	ck_assert(!wide_below(sum, sum) && wide_below(wide_of(1), wide_of(2)));
}

TEST(shifts_take_bits_from_high)
{
	struct wide shifted = wide_shifted((struct wide){ 4, 3 }, 1);

	ck_assert_uint_eq(shifted.low, UINT64_C(1) << 63 | 2);
	ck_assert_uint_eq(shifted.high, 1);
	shifted = wide_shifted((struct wide){ 4, 3 }, 0);
	ck_assert_uint_eq(shifted.low, 4);
	ck_assert_uint_eq(shifted.high, 3);
}

TEST(a_quotient_may_have_128_bits_and_leaves_a_rest)
{
	uint64_t rest;
	struct wide quotient = wide_quotient((struct wide){ M, M }, 3, &rest);

	ck_assert_uint_eq(quotient.low, M / 3);
	ck_assert_uint_eq(quotient.high, M / 3);
	ck_assert_uint_eq(rest, 0);
	quotient = wide_quotient((struct wide){ 6, M - 1 }, M, &rest);
	ck_assert_uint_eq(quotient.high, 0);
	ck_assert_uint_eq(quotient.low, M);
	ck_assert_uint_eq(rest, 5);
}

TEST(what_is_scaled_may_have_64_bits)
{
	ck_assert_uint_eq(wide_scaled(UINT64_MAX, UINT64_MAX, UINT64_MAX), UINT64_MAX);
	ck_assert_uint_eq(wide_scaled(UINT64_MAX, 6, 7), UINT64_MAX / 7 * 6);
	ck_assert_uint_eq(wide_scaled(7, 3, 2), 10);
	ck_assert_uint_eq(wide_scaled(UINT64_MAX, 2, 1), UINT64_MAX);
	ck_assert_uint_eq(wide_scaled(0, UINT64_MAX, 1), 0);
}

TEST_SIGNAL(nothing_is_divided_by_0, SIGABRT)
{
	uint64_t rest;

	wide_quotient(wide_of(1), 0, &rest);
}
