/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/slots.h"

#include <inttypes.h>

static void add_time(struct plot_slot *slot, uint64_t length_ns, uint64_t mode)
{
	slot->known_ns += length_ns;
	if (mode & PLOT_MODE_PERCPU)
		slot->percpu_ns += length_ns;
	if (mode & PLOT_MODE_TRANSIT)
		slot->window_ns += length_ns;
	g_assert(slot->percpu_ns <= slot->known_ns && slot->window_ns <= slot->known_ns);
}

static void add_values(
	struct plot_slot *slot, uint64_t length_ns, const uint64_t values[PLOT_SLOT_VALUES])
{
	bool is_first = slot->known_ns == 0;

	for (unsigned i = 0; i < PLOT_SLOT_VALUES; i++) {
		slot->sum[i] += values[i] * length_ns;
		slot->least[i] = is_first ? values[i] : MIN(slot->least[i], values[i]);
		slot->most[i] = MAX(slot->most[i], values[i]);
	}
}

void plot_slots_add(struct plot_slots *slots, uint64_t start_ns, uint64_t end_ns,
	const uint64_t values[PLOT_SLOT_VALUES], uint64_t mode)
{
	uint64_t at = MAX(start_ns, slots->columns.from_ns);
	uint64_t end = MIN(end_ns, slots->columns.to_ns);

	g_assert(slots->columns.count >= 1 && start_ns <= end_ns);
	while (at < end) {
		unsigned index = plot_column_holding(&slots->columns, at);
		uint64_t next = MIN(end, plot_column_start(&slots->columns, index + 1));

		g_assert(next > at);
		add_values(&slots->slots[index], next - at, values);
		add_time(&slots->slots[index], next - at, mode);
		add_time(&slots->total, next - at, mode);
		at = next;
	}
}

void plot_slots_flip(struct plot_slots *slots, uint64_t time_ns)
{
	slots->slots[plot_column_holding(&slots->columns, time_ns)].flips++;
	slots->total.flips++;
}

static void write_slot(const struct plot_slots *slots, unsigned index, FILE *out)
{
	const struct plot_slot *slot = &slots->slots[index];
	uint64_t base = slots->columns.base_ns;

	g_assert(slot->known_ns > 0);
	fprintf(out, "%" PRIu64 " %" PRIu64, plot_column_start(&slots->columns, index) - base,
		plot_column_start(&slots->columns, index + 1) - base);
	for (unsigned i = 0; i < PLOT_SLOT_VALUES; i++)
		fprintf(out, " %.3f %" PRIu64 " %" PRIu64,
			(double)slot->sum[i] / (double)slot->known_ns, slot->least[i],
			slot->most[i]);
	fprintf(out, " %.3f %.3f %" PRIu64 "\n",
		1000.0 * (double)slot->percpu_ns / (double)slot->known_ns,
		1000.0 * (double)slot->window_ns / (double)slot->known_ns, slot->flips);
}

void plot_slots_write(const struct plot_slots *slots, FILE *out)
{
	for (unsigned i = 0; i < slots->columns.count; i++)
		if (slots->slots[i].known_ns > 0)
			write_slot(slots, i, out);
}
