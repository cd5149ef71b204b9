" SPDX-License-Identifier: MIT
" Copyright (c) The cidsim authors
" Scenario files of cidsim. tests/cli/vim.sh compares the keys with those that cidsim knows.

if exists('b:current_syntax')
  finish
endif
let s:cpo_save = &cpo
set cpo&vim

syntax match cidsimComment /^\s*#.*/ contains=@Spell
syntax match cidsimGroup /^\s*\[[^]]*\]/ contains=cidsimGroupKind
syntax match cidsimGroupKind /\[\zs\(scenario\|machine\|protocol\|cost\|sched\|mm\|tasks\|ramp\|pool\|at\|expect\|sweep\|explore\|steps\)\>/ contained
syntax match cidsimLine /^\s*[a-z0-9.-][^=]*=.*/ contains=cidsimKey,cidsimNumber,cidsimWord,cidsimFunction,cidsimOperator

syntax match cidsimNumber /\<\d\+\(\.\d\+\)\?\(ns\|us\|ms\|s\|%\)\?\>/ contained
syntax keyword cidsimWord on off auto forever first by contained
syntax match cidsimFunction /\<\(uniform\|exp\|bimodal\)\ze(/ contained
syntax match cidsimOperator /=\|[<>!]=\|[<>;]/ contained

" The last one that matches at a place wins.
let s:keys = [
  \ 'affinities', 'affinity', 'affinity-return', 'allowance', 'allowed', 'bitmap-ops', 'bounded-get',
  \ 'check', 'cid-changes', 'clone-vm', 'clone-vms', 'complete', 'count', 'cpu-off', 'cpu-on', 'cpus',
  \ 'cycles', 'decision', 'deferred-runs', 'drop-tests-owned', 'dwell', 'early-count', 'enter-users',
  \ 'exec', 'exec-return', 'execs', 'exit', 'exit-change', 'exits', 'failed-exec', 'failed-execs',
  \ 'failed-fork', 'fast-path', 'fork', 'fork-process', 'forks', 'found-with', 'from', 'get-round',
  \ 'idle-pull', 'include', 'init-keeps-transit', 'init-unset', 'kind', 'last-exit', 'leave-users', 'livelocks',
  \ 'loops', 'made-in-window', 'max-cids', 'max-events', 'memory', 'mm', 'mode', 'online', 'out-settles',
  \ 'pcpu-thrs', 'placement', 'pools', 'property', 'revision', 'revisions', 'run', 'seed', 'seeds',
  \ 'sleep', 'slice', 'span', 'span-max', 'spins', 'split-get', 'split-mode', 'start', 'step', 'switch',
  \ 'taken', 'tasks', 'tasks-max', 'threads', 'thrs-cap', 'thrs-floor', 'thrs-gap', 'thrs-policy',
  \ 'time', 'title', 'to', 'to-percpu', 'to-task', 'transit-to-percpu', 'transit-to-task', 'users',
  \ 'users-max', 'vfork', 'vforks', 'violations', 'wake', 'wakeup', 'wakeup-preemption', 'walk-budget',
  \ 'walk-cpu', 'walk-full', 'walk-keeps-unset', 'walk-skips-done', 'walk-task', 'walk-unset',
  \ 'walk-users', 'window-max', 'windows', 'yield']
" Of [steps] the keys are numbers, of [sweep] also "group.key".
execute 'syntax match cidsimKey /^\s*\(' . join(s:keys, '\|') . '\|\d\+\|[a-z][^=]*\.[a-z-]\+\)\ze\s*=/ contained'
unlet s:keys
let &cpo = s:cpo_save
unlet s:cpo_save

highlight default link cidsimComment Comment
highlight default link cidsimGroup Structure
highlight default link cidsimGroupKind Type
highlight default link cidsimKey Identifier
highlight default link cidsimNumber Number
highlight default link cidsimWord Constant
highlight default link cidsimFunction Function
highlight default link cidsimOperator Operator

let b:current_syntax = 'cidsim'
