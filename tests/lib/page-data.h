/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_PAGE_DATA_H
#define CIDSIM_TESTS_LIB_PAGE_DATA_H

/* What the script of an HTML page reads. */

#include <json-glib/json-glib.h>

/* The JSON object in the element @id of @page, which must be there. The caller frees it. */
JsonNode *page_data(const char *page, const char *id);

/* A text that does not suit HTML, JSON, CSV or a terminal, as UTF-8; and with bytes that are none. */
#define HOSTILE "</script><evil a=\"b\" c='d'>&amp;\xe2\x80\xa8\\,\xf0\x9f\x92\xa5"
#define HOSTILE_BYTES HOSTILE "\x01\xff\x1b[31m"

/* Nothing of HOSTILE is markup in @page. */
void assert_harmless(const char *page);

#endif
