# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# Get takes the highest number that is free.
/^uint32_t pool_take/,/^}/s/uint32_t number = lowest_clear\(model, m\);/uint32_t number = limit;\n\n\twhile (number > 0 \&\& pool_is_taken(model, mm, number - 1))\n\t\tnumber--;\n\tnumber = number ? number - 1 : POOL_NOTHING;/
