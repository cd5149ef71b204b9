/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/event.h"

bool event_is_of(const struct event *event, const struct shape *shape)
{
	const uint32_t a = event->a, b = event->b, cpus = shape->cpus, tasks = shape->tasks_max;

	switch ((enum event_kind)event->kind) {
	case EVENT_RESUME:
		return a < ACTORS_MAX;
	case EVENT_SWITCH:
		return a < cpus && (b < tasks || b == EVENT_NOBODY);
	case EVENT_THREAD:
	case EVENT_CLONE_VM:
	case EVENT_VFORK:
		return a < tasks && b < tasks;
	case EVENT_PROCESS:
		return a < tasks && b < tasks && event->c < shape->mms_max;
	case EVENT_EXIT:
	case EVENT_EXEC:
	case EVENT_RETURN:
	case EVENT_AFFINITY:
	case EVENT_GONE:
		return a < tasks;
	case EVENT_MIGRATE:
		return a < tasks && b < cpus;
	case EVENT_WORK:
		return a < shape->mms_max;
	case EVENT_STORED:
		return a < CODE_STORES_MAX;
	case EVENT_KINDS:
		break;
	}
	return false;
}

uint32_t event_actor(const struct event *event)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_RESUME:
		return event->a;
	case EVENT_SWITCH:
		return ACTOR_CPU + event->a;
	case EVENT_AFFINITY:
		return ACTOR_AFFINITY;
	case EVENT_MIGRATE:
	case EVENT_GONE:
	case EVENT_STORED:
		return CODE_NONE;
	case EVENT_WORK:
		return ACTOR_WORKER + event->a;
	default:
		return ACTOR_TASK + event->a;
	}
}
