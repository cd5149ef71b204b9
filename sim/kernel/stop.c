/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/stop.h"

bool stop_is_lock(const struct code_at *at)
{
	return at->stop == CODE_MUTEX || at->stop == CODE_LOCK || at->stop == CODE_RQ;
}

bool stop_is_place(const struct code_at *at)
{
	return stop_is_lock(at) || at->stop == CODE_ENDS || at->stop == CODE_SPINS ||
	       at->stop == CODE_HALF || at->stop == CODE_SYNC;
}

bool stop_can_go_on(const struct code_at *at, const struct code *code)
{
	if (at->stop == CODE_ENDS || at->stop == CODE_SYNC)
		return false;
	if (!stop_is_lock(at))
		return true;
	return at->lock == CODE_NONE ? !at->blocked : code->is_free(at->stop, at->lock);
}
