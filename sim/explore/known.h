/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_KNOWN_H
#define CIDSIM_SIM_EXPLORE_KNOWN_H

/*
 * Which known defect a counterexample shows. Each known defect has a change of one flag that ends it:
 * its fix, or a change that has been proposed. The steps of the counterexample are played once more
 * with that change. If they no longer break the property, or cannot be taken any more, the
 * counterexample depends on what the change changes, and so shows that defect. Source of the
 * changes: docs/defects.md.
 */

#include <glib.h>
#include <stdbool.h>

#include "sim/machine/machine.h"

/* Bit N is set for the change that ends B(N + 1). */
typedef uint32_t known_set;

/*
 * The changes with which @steps, which the player takes (playable_config(@searched)), do not break
 * @property, one bit of CHECK_* or EXPLORE_*. Changes that the protocol of @searched has already are
 * left out. 0: none of them ends it.
 */
known_set known_find(
	const struct machine_config *searched, const GArray *steps, unsigned property);

/* Append what known_find() returned, for the report: a line for each change. */
void known_report(GString *text, known_set found);

#endif
