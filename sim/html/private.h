/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_HTML_PRIVATE_H
#define CIDSIM_SIM_HTML_PRIVATE_H

/* The parts of the page of a run, a file each. False sets @error. */

#include "sim/html/html.h"
#include "sim/html/page.h"

enum {
	HTML_MMS_MAX = 1000,      /* whose lines are in the page */
	HTML_POINTS_MAX = 200000, /* of all lines */
	HTML_BOXES_MAX = 200000,  /* stays */
};

/* The mms that have lines, struct plot_mm, the one with the most mode switches first. */
GPtrArray *html_mms(const struct plot_run *run);

/* Add "lines": the values of @mms over time. */
bool html_add_lines(struct html_page *page, const struct plot_run *run, const GPtrArray *mms,
	const struct html_part *part, GError **error);

/* Add "lanes": who ran where with which CID. */
bool html_add_lanes(struct html_page *page, const struct plot_run *run, const GPtrArray *mms,
	const struct html_part *part, GError **error);

/* Add the steps of a run that played some; nothing if there is no steps.csv. */
bool html_add_steps(struct html_page *page, const struct plot_run *run, GError **error);

/* Whether the run played steps. */
bool html_has_steps(const struct plot_run *run);

#endif
