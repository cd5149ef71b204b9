#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# tidy.sh SOURCE: the habits of this code base that a command can see.
set -u
cd "$1" || exit 2
found=$(mktemp) || exit 2
trap 'rm -f "$found"' EXIT

# complain WHAT: reads offending lines from standard input.
complain() {
	lines=$(cat)
	[ -z "$lines" ] || printf '%s:\n%s\n' "$1" "$lines" >>"$found"
}

code=$(find model sim -name '*.[ch]' | sort)
[ "$(echo "$code" | wc -l)" -gt 200 ] || echo 'the sources were not found' >>"$found"
sources=$(find model sim tests plots scripts .ci -type f \
	\( -name '*.[ch]' -o -name '*.js' -o -name '*.css' -o -name '*.build' -o -name '*.sh' -o -name '*.gp' -o -path 'scripts/*' \))

# What a test leaves in the folder of the sources would be committed one day.
find . -maxdepth 1 ! -name . ! -name '.git*' ! -name 'build*' ! -name out |
	grep -vE '^\./(\.ci|\.clang-format|\.clang-tidy|\.editorconfig|[A-Z]+(\.md)?|meson(\.build|_options\.txt))$' |
	grep -vE '^\./(completions|debian|docs|model|plots|proof|scenarios|scripts|sim|tests|vim)$' |
	complain 'is not among what the top folder is known to have'
for test in tests/cli/*.sh; do
	name=$(basename "$test" .sh)
	[ "$name" = lib ] || grep -qE "'$name'|cli/$name\.sh" tests/meson.build || echo "$test"
done | complain 'is run by no suite'
grep -rnE '#include' model --include='*.[ch]' |
	grep -vE '"model/|<(assert|stdbool|stddef|stdint|string)\.h>' |
	complain 'the model includes something else than itself and C standard headers'
grep -rnE '\b(malloc|calloc|realloc|free|time|rand|printf)\b *\(' model --include='*.[ch]' |
	complain 'the model allocates, prints, or asks for time or chance'
# But figures are drawn with it, and the explorer's progress is a rate.
echo "$code" | grep -vE '^sim/(plot/|cli/explore-one\.c)' | xargs awk '
	/^[ \t]*\*/ { next } # inside of a comment
	{
		line = $0
		gsub(/\/\*.*\*\//, "", line)
		sub(/\/\*.*/, "", line)
		if (line ~ /(^|[^A-Za-z0-9_])(float|double)([^A-Za-z0-9_]|$)/)
			print FILENAME ":" FNR ":" $0
	}' |
	complain 'floating point'
# lacks PATTERN: sources without it in their first four lines
lacks() {
	awk -v pattern="$1" '
		function flush() { if (file != "" && !found) print file }
		FNR == 1 { flush(); file = FILENAME; found = 0 }
		FNR <= 4 && $0 ~ pattern { found = 1 }
		END { flush() }' $sources
}
lacks 'SPDX-License-Identifier: MIT' | complain 'no SPDX line'
lacks 'Copyright [(]c[)] The cidsim authors' | complain 'no copyright line'
awk '{
	width = 0
	line = $0
	while ((at = index(line, "\t")) > 0) {
		width += at - 1
		width += 8 - width % 8
		line = substr(line, at + 1)
	}
	width += length(line)
	if (width > 106) print FILENAME ":" FNR ": " width
}' $code | complain 'lines of much more than 100 columns'
grep -nE '\b(TODO|FIXME|XXX)\b' $(find model sim tests -name '*.[ch]') | complain 'unfinished'
# But a sweep and an exploration report their progress and rate, and a child that does not end is ended.
grep -nE '\bg_random_|\bg_get_(real|monotonic)_time|\brand\(|\btime\(NULL' $code |
	grep -vE '^sim/(cli/cmd-sweep-run|cli/explore-one|cli/progress|cli/cmd-kernel|cli/kernel-compare|cli/kernel-explore|base/crew|base/program|kernel/child|proof/prove)\.c:.*monotonic' |
	complain 'chance or the clock of the machine'
grep -nE '__(DATE|TIME|TIMESTAMP)__' $sources | grep -v '^tests/cli/tidy\.sh:' | complain 'the time of the build'
grep -nE ' +$|	+$' $sources | complain 'white space at the end of a line'

if [ -s "$found" ]; then
	cat "$found"
	exit 1
fi
echo "tidy: ok"
