; SPDX-License-Identifier: MIT
; Copyright (c) The cidsim authors
;
; The counting of docs/proof.md, for cvc5, which knows sets and their sizes. "charged" are the tasks, or the
; CPUs, that are charged with a number each. The lemmas of properties.rules say what is asserted here. So the
; numbers that are taken are no more than "charged", and fewer than P: one is free. P is the number of possible CPUs,
; and of numbers.
(set-logic ALL)
(declare-const members (Set Int))
(declare-const charged (Set Int))
(declare-const getter Int)
(declare-const spare Int)
(declare-const P Int)
(assert (>= P 1))
(assert (set.subset charged members))
(assert (set.member getter members))
(assert (not (set.member getter charged)))
(assert (not (< (set.card charged) P)))

; Tasks, in per-task mode: the users are at most P. To be unsat.
(push 1)
(assert (<= (set.card members) P))
(check-sat)
(pop 1)

; Tasks, in the window to per CPU: one more, but a spare, who is not the getter. To be unsat.
(push 1)
(assert (<= (set.card members) (+ P 1)))
(assert (set.member spare members))
(assert (not (set.member spare charged)))
(assert (not (= spare getter)))
(check-sat)
(pop 1)

; CPUs: there are P. To be unsat.
(push 1)
(assert (= (set.card members) P))
(check-sat)
(pop 1)

; In the window without a spare: to be sat. That is B10.
(push 1)
(assert (<= (set.card members) (+ P 1)))
(check-sat)
(pop 1)
