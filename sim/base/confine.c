/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/confine.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#define MEMORY_MAX (UINT64_C(4) << 30)

/* The address sanitizer needs more of that than any machine has. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNLIMITED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(UNLIMITED)
#define UNLIMITED 1
#endif

static void silence(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null == -1)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
}

void confine(uint64_t more)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#ifdef UNLIMITED
	(void)more;
#else
	struct rlimit memory = { MEMORY_MAX + more, MEMORY_MAX + more };

	setrlimit(RLIMIT_AS, &memory);
#endif
	silence();
}
