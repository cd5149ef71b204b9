/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep-view.h"

#include <string.h>

#include "sim/plot/sweep-page.h"

/* --- the pictures --- */

const struct plot_view plot_sweep = {
	.name = "sweep",
	.files_max = PLOT_SWEEP_FILES_MAX,
};

/* The script knows what each of the columns is. */
const struct plot_view plot_family = {
	.name = "family",
	.mark = PLOT_MARK_LOOPS,
	.x = "cpus",
	.y = "enter_formula+leave_formula+users_max+enter_users_min+enter_users_max+"
	     "leave_users_min+leave_users_max",
	.colour = "",
	.panel = "",
	.files_max = 1,
	.example = "study/ramp --cpus '4-64*2' --threads 80 -o family.csv",
};

const struct plot_view plot_thresholds = {
	.name = "thresholds",
	.mark = PLOT_MARK_LINES,
	.x = "allowed",
	.y = "enter_formula+enter_users_min+enter_users_max+"
	     "leave_formula+leave_users_min+leave_users_max",
	.colour = "protocol.thrs-cap*",
	.panel = "possible_cpus,nr_cpu_ids",
	.covered = "cpus",
	.log = "x,y",
	.y_title = "users",
	.steps = true,
	.own_scales = true,
	.files_max = PLOT_SWEEP_FILES_MAX,
	.example = "study/ramp --cpus 64,256 --allowed '1-256*2' --threads 300 -o thresholds.csv",
};

const struct plot_view plot_heatmap = {
	.name = "heatmap",
	.mark = PLOT_MARK_CELLS,
	.x = "cpus",
	.y = "threads",
	.colour = PLOT_MEASURES_DEFAULT,
	.panel = "*",
	.files_max = PLOT_SWEEP_FILES_MAX,
	.example = "study/grid --cpus '4-64*2' --threads '4-64*2' -o heatmap.csv",
};

const struct plot_view plot_amplitude = {
	.name = "amplitude",
	.mark = PLOT_MARK_LINES,
	.x = "swing",
	.y = "flips_per_1000_cycles",
	.colour = "protocol.thrs-policy",
	.panel = "cpus*,allowed*",
	.covered = "*.from",
	.steps = true,
	.own_scales = true,
	.reference = "hysteresis",
	.reference_key = "least swing that flips with a recorded threshold",
	.files_max = 1,
	.example = "study/amplitude --vary 'ramp swing.from=1-64' "
		   "--vary protocol.thrs-policy=recorded,recomputed,none -o amplitude.csv",
};

const struct plot_view plot_windows = {
	.name = "windows",
	.mark = PLOT_MARK_LINES,
	.x = "",
	.y = PLOT_HISTOGRAM,
	.colour = "*",
	.panel = "sched.*,cost.*",
	.steps = true,
	.files_max = PLOT_SWEEP_FILES_MAX,
	.example =
		"study/windows --allowed 4,16 --vary sched.wakeup-preemption=off,on -o windows.csv",
};

const struct plot_view plot_workload = {
	.name = "workload",
	.mark = PLOT_MARK_LINES,
	.x = "cpus",
	.y = "mode_switches_per_s,percpu_share,transit_share,span_mean+optimum_mean,"
	     "bitmap_ops_per_switch,fast_path",
	.colour = "file,revision",
	.panel = "",
	.log = "x",
	.files_max = PLOT_SWEEP_FILES_MAX,
	.example = "pools-32x32 --cpus '16-256*2' -o pools.csv",
};

#define CHOOSE(field)                                                                              \
	if (choice->field)                                                                         \
	chosen.field = choice->field

struct plot_view plot_view_with(const struct plot_view *view, const struct plot_view *choice)
{
	struct plot_view chosen = *view;

	g_assert(view->name && view->files_max);
	if (choice->x || choice->y || choice->colour)
		chosen.mark = view->mark == PLOT_MARK_LOOPS ? view->mark : PLOT_MARK_AUTO;
	CHOOSE(x);
	CHOOSE(y);
	CHOOSE(colour);
	CHOOSE(panel);
	CHOOSE(log);
	CHOOSE(where);
	return chosen;
}

/* --- columns --- */

static const struct plot_nature natures[] = {
	{ "cpus", "CPUs", "", " CPUs", PLOT_PLACE },
	{ "allowed", "CPUs allowed", "", " allowed", PLOT_PLACE },
	{ "threads", "threads", "", " threads", PLOT_PLACE },
	{ "revision", "revision", "", "", PLOT_PLACE },
	{ "file", "file", "", "", PLOT_PLACE },
	{ "possible_cpus", "possible CPUs", "", " possible CPUs", PLOT_PLACE },
	{ "nr_cpu_ids", "nr_cpu_ids", "nr_cpu_ids ", "", PLOT_PLACE },
	{ "protocol.thrs-policy", "threshold", "threshold ", "", 0 },
	{ "protocol.thrs-cap", "cap of the threshold", "cap ", "", 0 },
	{ "percpu_share", "time in per-CPU mode (%)", NULL, NULL, PLOT_PERCENT },
	{ "transit_share", "time in transit windows (%)", NULL, NULL, PLOT_PERCENT | PLOT_LOG },
	{ "waste", "span of CIDs / optimum", NULL, NULL, PLOT_AROUND_ONE | PLOT_NEAR },
	{ "mode_switches_per_s", "mode switches per second", NULL, NULL, PLOT_LOG },
	{ "span_mean", "span of CIDs", NULL, NULL, 0 },
	{ "optimum_mean", "optimum", NULL, NULL, 0 },
	{ "taken_mean", "CIDs in use", NULL, NULL, 0 },
	{ "bitmap_ops_per_switch", "bitmap operations per switch", NULL, NULL, 0 },
	{ "fast_path", "switches on the fast path (%)", NULL, NULL, PLOT_PERCENT | PLOT_NEAR },
	{ "idle_share", "idle time (%)", NULL, NULL, PLOT_PERCENT },
	{ "users_max", "most users", NULL, NULL, 0 },
	{ "enter_formula", "enter: formula", NULL, NULL, 0 },
	{ "leave_formula", "leave: formula", NULL, NULL, 0 },
	{ "enter_users_min", "enter: measured", NULL, NULL, PLOT_POINTS },
	{ "enter_users_max", "enter: measured", NULL, NULL, PLOT_POINTS },
	{ "leave_users_min", "leave: measured", NULL, NULL, PLOT_POINTS },
	{ "leave_users_max", "leave: measured", NULL, NULL, PLOT_POINTS },
	{ "swing", "swing: most users minus fewest", NULL, NULL, 0 },
	{ "flips_per_1000_cycles", "flips per 1000 cycles", NULL, NULL, 0 },
	{ "hysteresis", "enter − leave", NULL, NULL, 0 },
	{ PLOT_HISTOGRAM, "share of windows", NULL, NULL, 0 },
};

struct plot_nature plot_nature_of(const char *name)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(natures); i++)
		if (strcmp(natures[i].name, name) == 0)
			return natures[i];
	g_assert(*name);
	return (struct plot_nature){
		.name = name, .title = name, .is = g_str_has_suffix(name, "_ns") ? PLOT_LOG : 0
	};
}

/* "sched.wakeup-preemption" says too little by itself. */
char *plot_describe(const char *name, const char *value)
{
	struct plot_nature nature = plot_nature_of(name);

	g_assert(!nature.before == !nature.after);
	if (nature.before)
		return g_strdup_printf("%s%s%s", nature.before, value, nature.after);
	if (strcmp(name, "sched.wakeup-preemption") == 0 && strcmp(value, "on") == 0)
		return g_strdup("initiator can be preempted (wakeup-preemption on)");
	if (strcmp(name, "sched.wakeup-preemption") == 0 && strcmp(value, "off") == 0)
		return g_strdup("initiator runs on (wakeup-preemption off)");
	return g_strdup_printf("%s = %s", name, value);
}
