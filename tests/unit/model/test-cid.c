/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/cid.h"

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

TEST(a_bare_number_is_task_owned)
{
	ck_assert(cid_is_task_owned(0));
	ck_assert(cid_is_task_owned(CID_NUMBER));
	ck_assert(!cid_is_cpu_owned(7));
	ck_assert(!cid_is_in_transit(7));
	ck_assert(!cid_is_unset(7));
}

TEST(each_flag_ends_task_ownership_and_has_its_predicate)
{
	ck_assert(!cid_is_task_owned(3 | CID_ONCPU));
	ck_assert(!cid_is_task_owned(3 | CID_TRANSIT));
	ck_assert(!cid_is_task_owned(CID_UNSET));
	ck_assert(cid_is_cpu_owned(3 | CID_ONCPU));
	ck_assert(cid_is_in_transit(3 | CID_TRANSIT));
	ck_assert(cid_is_unset(CID_UNSET));
	ck_assert(!cid_is_in_transit(3 | CID_ONCPU));
	ck_assert(!cid_is_cpu_owned(3 | CID_TRANSIT));
}

TEST(unset_in_transit_is_both)
{
	cid_word word = CID_UNSET | CID_TRANSIT;

	ck_assert(cid_is_unset(word));
	ck_assert(cid_is_in_transit(word));
	ck_assert(!cid_is_task_owned(word));
}

TEST(flags_and_number_share_no_bit_and_fill_the_word)
{
	ck_assert_uint_eq(CID_FLAGS & CID_NUMBER, 0);
	ck_assert_uint_eq(CID_FLAGS | CID_NUMBER, 0xffff);
	ck_assert_uint_ge(CID_NUMBERS_MAX, MODEL_CPUS_MAX);
}

TEST(the_kernel_has_the_flags_in_bits_31_to_29)
{
	ck_assert_uint_eq(cid_to_kernel(8191), 8191);
	ck_assert_uint_eq(cid_to_kernel(CID_UNSET), CID_KERNEL_UNSET);
	ck_assert_uint_eq(cid_to_kernel(5 | CID_ONCPU), 5 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(cid_to_kernel(8191 | CID_TRANSIT), 8191 | CID_KERNEL_TRANSIT);
	ck_assert_uint_eq(cid_to_kernel(0xffff), UINT32_C(0xe0001fff));
}

TEST(the_number_is_what_user_space_sees)
{
	ck_assert_uint_eq(cid_number(5), 5);
	ck_assert_uint_eq(cid_number(5 | CID_ONCPU), 5);
	ck_assert_uint_eq(cid_number(5 | CID_TRANSIT), 5);
	ck_assert_uint_eq(cid_number(CID_UNSET), UINT32_C(1) << 31);
	ck_assert_uint_eq(cid_number(CID_UNSET | CID_TRANSIT), UINT32_C(1) << 31);
}
