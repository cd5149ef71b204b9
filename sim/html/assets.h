/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_HTML_ASSETS_H
#define CIDSIM_SIM_HTML_ASSETS_H

/* What the build puts into the program for the pages (embed.sh makes the source). Text, with a NUL
 * at its end. */

extern const char html_style[];   /* page.css */
extern const char html_script[];  /* the *.js of this folder */
extern const char html_library[]; /* D3, "" if the build did not find it */
extern const char html_licence[]; /* of D3, "" the same */

#endif
