/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/ops.h"

void ops_init(struct ops *ops)
{
	ops->all = g_array_new(FALSE, FALSE, sizeof(struct op));
	ops->free = INDEX_NONE;
}

void ops_clear(struct ops *ops)
{
	g_array_free(ops->all, TRUE);
}

uint32_t ops_new(struct ops *ops, const struct op *op)
{
	uint32_t index = ops->free;

	if (index == INDEX_NONE) {
		g_array_append_val(ops->all, *op);
		return ops->all->len - 1;
	}
	g_assert(index < ops->all->len);
	ops->free = ops_at(ops, index)->next_free;
	*ops_at(ops, index) = *op;
	return index;
}

void ops_free(struct ops *ops, uint32_t index)
{
	g_assert(index < ops->all->len);
	g_assert(index != ops->free);
	ops_at(ops, index)->next_free = ops->free;
	ops->free = index;
}
