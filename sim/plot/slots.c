/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/slots.h"

#include <inttypes.h>

/* Where slot @index begins. */
static uint64_t slot_start(const struct plot_slots *slots, unsigned index)
{
	const struct plot_columns *columns = slots->columns;

	g_assert(index <= slots->count);
	return columns->from_ns + (columns->to_ns - columns->from_ns) * index / slots->count;
}

/* The last one that begins at or before @time_ns. */
static unsigned slot_at(const struct plot_slots *slots, uint64_t time_ns)
{
	const struct plot_columns *columns = slots->columns;
	uint64_t into = time_ns - columns->from_ns;
	unsigned index = (unsigned)(into * slots->count / (columns->to_ns - columns->from_ns));

	g_assert(time_ns >= columns->from_ns && time_ns <= columns->to_ns);
	index = MIN(index, slots->count - 1);
	while (index + 1 < slots->count && slot_start(slots, index + 1) <= time_ns)
		index++;
	return index;
}

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
	uint64_t at = MAX(start_ns, slots->columns->from_ns);
	uint64_t end = MIN(end_ns, slots->columns->to_ns);

	g_assert(slots->count >= 1 && start_ns <= end_ns);
	while (at < end) {
		unsigned index = slot_at(slots, at);
		uint64_t next = MIN(end, slot_start(slots, index + 1));

		g_assert(next > at);
		add_values(&slots->slots[index], next - at, values);
		add_time(&slots->slots[index], next - at, mode);
		add_time(&slots->total, next - at, mode);
		at = next;
	}
}

void plot_slots_flip(struct plot_slots *slots, uint64_t time_ns)
{
	slots->slots[slot_at(slots, time_ns)].flips++;
	slots->total.flips++;
}

static void write_slot(const struct plot_slots *slots, unsigned index, FILE *out)
{
	const struct plot_slot *slot = &slots->slots[index];
	uint64_t base = slots->columns->base_ns;

	g_assert(slot->known_ns > 0);
	fprintf(out, "%" PRIu64 " %" PRIu64, slot_start(slots, index) - base,
		slot_start(slots, index + 1) - base);
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
	for (unsigned i = 0; i < slots->count; i++)
		if (slots->slots[i].known_ns > 0)
			write_slot(slots, i, out);
}
