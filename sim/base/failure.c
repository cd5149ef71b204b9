/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/failure.h"

#include <errno.h>

G_DEFINE_QUARK(cidsim - failure, failure)

bool failure_input(GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (error)
		*error = g_error_new_valist(FAILURE, FAILURE_INPUT, format, args);
	va_end(args);
	return false;
}

bool failure_environment(GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (error)
		*error = g_error_new_valist(FAILURE, FAILURE_ENVIRONMENT, format, args);
	va_end(args);
	return false;
}

bool failure_file(GError **error, const char *path, int number)
{
	g_assert(number > 0);
	return failure_environment(error, "%s: %s", path, g_strerror(number));
}

bool failure_take(GError **error, GError *fault)
{
	g_assert(fault->domain != FAILURE);
	failure_environment(error, "%s", fault->message);
	g_error_free(fault);
	return false;
}

bool failure_pass(GError **error, GError *fault)
{
	if (fault)
		g_propagate_error(error, fault);
	return !fault;
}
