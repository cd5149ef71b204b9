/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/steps.h"
struct steps *steps_new(struct replay *replay)
{
	(void)replay;
	return NULL;
}
bool steps_event(struct steps *steps, const struct trace_event *event, GError **error)
{
	(void)steps;
	(void)event;
	(void)error;
	return true;
}
void steps_end(struct steps *steps)
{
	(void)steps;
}
void steps_free(struct steps *steps)
{
	(void)steps;
}
