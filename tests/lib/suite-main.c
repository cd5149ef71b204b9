/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/suite.h"

int main(int argc, char **argv)
{
	return suite_run(argc, argv);
}
