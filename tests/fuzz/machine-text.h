/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_FUZZ_MACHINE_TEXT_H
#define CIDSIM_TESTS_FUZZ_MACHINE_TEXT_H

#include "tests/fuzz/fuzz.h"

/* Append a scenario with a machine in [explore]: of at most @cpus CPUs, @tasks tasks and as many more, on which
 * each thing may happen at most @may times. */
void machine_text(struct fuzz *fuzz, GString *text, uint32_t cpus, uint32_t tasks, uint32_t may);

#endif
