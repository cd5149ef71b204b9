" SPDX-License-Identifier: MIT
" Copyright (c) The cidsim authors
autocmd BufNewFile,BufRead *.scn setfiletype cidsim
