/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/words.h"

#include <glib.h>

char *word_print(uint32_t word, char text[WORD_TEXT_MAX])
{
	bool cpu = word & CID_KERNEL_ONCPU, transit = word & CID_KERNEL_TRANSIT;
	uint32_t number = word & ~(CID_KERNEL_UNSET | CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT);
	const char *owner = cpu && transit ? "CPU-owned and in transit"
	                    : cpu          ? "CPU-owned"
	                    : transit      ? "in transit"
	                                   : "task-owned";

	if (word & CID_KERNEL_UNSET)
		g_snprintf(text, WORD_TEXT_MAX, "0x%08x (unset%s)", word,
			transit ? ", in transit" : "");
	else
		g_snprintf(text, WORD_TEXT_MAX, "0x%08x (%s %u)", word, owner, number);
	return text;
}

bool word_from_kernel(uint32_t kernel, cid_word *word)
{
	*word = (cid_word)((kernel & CID_NUMBER) | (kernel >> 16 & CID_FLAGS));
	return cid_to_kernel(*word) == kernel;
}
