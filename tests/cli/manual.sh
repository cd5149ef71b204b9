#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The man pages have every command and option, and no errors; the examples of --help run; so do those
# in the documents. Usage: manual.sh CIDSIM SOURCE_DIR

# shellcheck disable=SC2013,SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"
if [ ! -f "$source/scenarios/README.md" ]; then
	echo "usage: $0 CIDSIM SOURCE_DIR" >&2
	exit 2
fi

# The options of a command, long and short, one a line.
options() {
	"$cidsim" "$1" --help | sed -n '/^Options/,/^$/{
		s/^ *-\([a-z]\), --\([a-z-]*\).*/\1\n-\2/p
		s/^ *--\([a-z-]*\).*/-\1/p
	}'
}

# checked PAGE: groff and mandoc find nothing wrong with it. (mandoc looks for the pages that it names
# among those that are installed, and takes "Actions" for a misspelt "Authors".)
checked() {
	if command -v groff >/dev/null; then
		groff -mdoc -Tutf8 -ww -z "$1" >"$tmp/out" 2>&1
		is "$1 has no errors for groff" "$(cat "$tmp/out")" ""
		groff -mdoc -Tascii -P-c "$1" 2>/dev/null | col -bx >"$1.txt"
	else
		skip "$1 has no errors for groff: no groff"
	fi
	if command -v mandoc >/dev/null; then
		mandoc -Tlint "$1" 2>/dev/null |
			grep -vE 'referenced manual not found|possible typo in section name: Sh ACTIONS' >"$tmp/out"
		is "$1 has no errors for mandoc" "$(cat "$tmp/out")" ""
	else
		skip "$1 has no errors for mandoc: no mandoc"
	fi
}

"$cidsim" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p' >commands
is "there are commands" "$([ "$(wc -l <commands)" -ge 10 ] && echo yes)" yes
"$cidsim" --man >cidsim.1
checked cidsim.1
for name in CIDSIM_SCENARIOS CIDSIM_PLOTS; do
	says "$name is in the man page" "^  $name " cidsim.1
done
while read -r command; do
	page=cidsim-$command.1
	says "cidsim.1 names $page" "^\.Xr cidsim-$command 1" cidsim.1
	good "$page" "$cidsim" --man "$command"
	cp "$tmp/out" "$page"
	checked "$page"
	for option in $(options "$command"); do
		says "$page has -$option" "^\.It .*Fl $option( |\$)" "$page"
	done
	[ ! -f "$page.txt" ] || says "$page can be read" "^ +cidsim $command " "$page.txt"
done <commands
bad "no man page of an unknown command" 2 "unknown command '--man'" "$cidsim" --man nosuch
"$source/scripts/manual" "$source/scenarios/README.md" >cidsim.scn.5
checked cidsim.scn.5
# The keys that rules describe are in its lists.
if [ -f cidsim.scn.5.txt ]; then
	"$cidsim" --complete check --set "" | sed -n 's/^[a-z]*\.\([a-z-]*\)=$/\1/p' | sort -u >keys
	for key in $(cat keys); do
		says "cidsim.scn.5 has the key $key" "^ +([a-z, -]*, )?$key(,|  |\$)" cidsim.scn.5.txt
	done
	is "there are keys" "$([ "$(wc -l <keys)" -ge 20 ] && echo yes)" yes
fi

# --explain has a line for each column of the tables that are there.
"$cidsim" list hysteresis >loop.scn
"$cidsim" run loop.scn --bytes-per-cid 8 --explain >report
sed '/^The columns/,$d' report |
	awk '/^(Mode|CIDs|Memory|Transit|Cost|Inside|Expectations)/ { head = 1 }
		head && /^  / { head = 0; gsub(/^ +/, ""); gsub(/  +/, "\n"); print }' | grep -vxE 'mm|' | sort -u >columns
is "there are columns" "$([ "$(wc -l <columns)" -ge 30 ] && echo yes)" yes
while read -r column; do
	says "--explain: $column" "^    $column( |\$)" report
done <columns
for option in --json --quiet --tap "--revision all"; do
	# shellcheck disable=SC2086
	bad "--explain $option" 2 "run: --explain and $option cannot go together" \
		"$cidsim" run loop.scn --explain $option
done
bad "replay --explain --json" 2 'replay: --explain and --json cannot go together' \
	"$cidsim" replay loop.scn --explain --json

# The examples of --help, but for drawing and for what needs a file of the user or long.
"$cidsim" list vfork >mine.scn
mkdir scenarios
cp mine.scn scenarios
cp "$source/scenarios/rt-app/server.json" load.json
while read -r command; do
	"$cidsim" "$command" --help | sed -n '/^Examples/,$s/^  cidsim/cidsim/p'
done <commands | grep -vE 'plot|uname|kernel (check|compare|explore)|affected ~|explain dump|before|trace\.(dat|txt\.gz)|shard|large|matrix|pools-32x32 --cpus' >examples
is "--help has examples" "$([ "$(wc -l <examples)" -ge 12 ] && echo yes)" yes
mkdir "$tmp/bin"
ln -s "$cidsim" "$tmp/bin/cidsim"
# A proof takes some ten seconds: cli-prove waits for some.
while read -r example; do
	call env PATH="$tmp/bin:$PATH" sh -c "$(echo "$example" |
		sed 's/1000\b/10/;s/^cidsim prove/& --solver none --model-steps 1000/')" </dev/null
	# 1: an older revision, or a machine that the scenario does not expect
	case $status in
	0 | 1) pass "example: $example" ;;
	*) fail "example: $example" "$tmp/err" ;;
	esac
done <examples

# docs/README.md lists the pages.
for page in "$source"/docs/*.md; do
	name=$(basename "$page")
	[ "$name" = README.md ] || says "docs/README.md has $name" "\]\($name\)" "$source/docs/README.md"
done

# The sweeps in the documents are well formed.
cat "$source/docs/sweep.md" "$source/docs/hysteresis.md" "$source/docs/settle.md" \
	"$source/scenarios/README.md" |
	sed -nE 's|^ {4,}(build/sim/)?cidsim (sweep .*)|\2|p' | grep -v '…' >sweeps
while read -r example; do
	good "a document's example: $example" sh -c "'$cidsim' $example --dry-run"
done <sweeps
is "the documents have such examples" "$([ "$(wc -l <sweeps)" -ge 8 ] && echo yes)" yes

# docs/explore.md has every option, property, verdict, member of the JSON object and column; its
# machine is well formed, and its examples run. (What lies between its markers defects.sh compares.)
explored=$source/docs/explore.md
for option in $(options explore | sed -n 's/^-/--/p' | grep -vxE -e '--(help|quiet|output)'); do
	says "explore.md: $option" "$option" "$explored"
done
for property in I1 I2 I3 I4 I5 I6 I7 I8 return stall stuck transit window; do
	says "explore.md: $property" "\`$property\`" "$explored"
	call "$cidsim" explore explore/b8 --check "$property" --max-depth 1
	[ "$property" = I7 ] || is "explore.md: $property is known" "$status" 4
	[ "$property" != I7 ] || is "explore.md: I7 is refused" "$status" 2
done
"$cidsim" explore --json explore/b8 >object.json
"$cidsim" explore --json --matrix explore/b8 >cells.json
for member in $(grep -ohE '"[a-z_]+":' object.json cells.json | tr -d '":' | sort -u); do
	says "explore.md: member $member" "\`$member\`" "$explored"
done
for column in $("$cidsim" explore --csv --matrix explore/b8 | sed -n 2p | tr , ' '); do
	says "explore.md: column $column" "\`$column\`" "$explored"
done
sed -n '/^    \[machine\]/,/^$/p;/^    \[explore\]/,/^$/p' "$explored" | sed 's/^    //' >machine.scn
good "explore.md: its machine" "$cidsim" check machine.scn
call "$cidsim" explore machine.scn
is "explore.md: its machine can be explored" "$status" 0
cat "$explored" "$source/docs/defects.md" |
	sed -nE 's|^ {4}cidsim (explore .*)|\1|p;s|^ {4}\$ cidsim (explore explore/.*)|\1|p' >explorations
while read -r example; do
	call env PATH="$tmp/bin:$PATH" sh -c "cidsim $(echo "$example" | sed 's| && cidsim plot .*||')"
	case $status in
	0 | 1) pass "a document's example: $example" ;;
	*) fail "a document's example: $example" "$tmp/err" ;;
	esac
done <explorations
is "explore.md and defects.md have examples" "$([ "$(wc -l <explorations)" -ge 10 ] && echo yes)" yes

finish
