/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_MACHINES_H
#define CIDSIM_TESTS_LIB_MACHINES_H

/*
 * Configs and machines of the explorer: by hand, and drawn from a seed; steps by their text, and at
 * random. Passed assertions of Check write to a file, so in long loops only one that fails is made.
 */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/check.h"
#include "sim/base/prng.h"
#include "sim/machine/machine.h"
#include "sim/machine/step-text.h"

/* All may happen, for small machines of few tasks. */
struct machine_config machines_busy_config(
	const char *revision, uint32_t cpus, uint32_t tasks, uint32_t tasks_max);

/* Take the steps of @texts, NULL-terminated. */
void machines_take_all(
	struct machine *machine, const struct machine_config *config, const char *const *texts);

/* Take one of the steps that can be taken into @step. False if there is none. */
bool machines_take_random(struct machine *machine, const struct machine_config *config,
	struct prng *prng, struct explore_step *step);

/* A config of @revision: all CPUs allowed, one thread group, nothing may happen but switches. */
struct machine_config machines_config(
	const char *revision, uint32_t cpus, uint32_t tasks_start, uint32_t tasks_max);

/* A machine as it begins. */
struct machine *machines_new(const struct machine_config *config);

/* A machine that has taken @steps, to be freed. */
struct machine *machines_started(
	const struct machine_config *config, const char *const *steps);

#define STEPS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define take(machine, config, ...) machines_take_all(machine, config, STEPS(__VA_ARGS__))
#define expect_refused(machine, config, text, why)                                                 \
	ck_assert_str_eq(machines_refuses(machine, config, text), why)
#define expect_can(machine, config, text) expect_refused(machine, config, text, "")

/* Its parts. */
struct model_task *machines_task(struct machine *machine, uint32_t task);
struct model_cpu *machines_cpu(struct machine *machine, uint32_t cpu);
struct model_mm *machines_mm(struct machine *machine);
cid_word machines_word(const struct machine *machine, uint32_t cpu);

/* The step @text, which has no fault. */
struct explore_step machines_step(const struct machine_config *config, const char *text);

/* Why the step @text cannot be taken; "" if it can. */
const char *machines_refuses(
	const struct machine *machine, const struct machine_config *config, const char *text);

/* Take the step @text, which must not be refused. */
enum step_outcome machines_take(
	struct machine *machine, const struct machine_config *config, const char *text);

/* Is @text among the steps that are listed? */
bool machines_lists(
	const struct machine *machine, const struct machine_config *config, const char *text);

bool machines_same_step(const struct explore_step *a, const struct explore_step *b);

uint32_t machines_below(struct prng *prng, uint32_t bound);

bool machines_chance(struct prng *prng, uint32_t percent);

/* A revision, and in half of the cases a few flags of it set to anything. */
struct protocol machines_random_protocol(struct prng *prng);

/* Walks over the list in any order, and nobody who has a partner for longer than a fork takes: only
 * then tasks can be renamed. */
bool machines_can_rename_tasks(const struct machine_config *config);

struct machine_config machines_draw_config(struct prng *prng, uint32_t most);

/* A machine of up to @most CPUs and tasks, of any kind that can begin. */
struct machine_config machines_random_config(struct prng *prng, uint32_t most);

/* One of @count steps: in half of the cases of a verb drawn first, so that rare things happen. */
unsigned machines_random_pick(
	struct prng *prng, const struct explore_step *steps, unsigned count);

/* What a machine was, for who has to repeat it. */
void machines_print_config(const struct machine_config *config);

#endif
