#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What `meson install` installs can be moved, and works from any folder for any user; the library of
# the model can be built against. Usage: install.sh CIDSIM SOURCE_DIR BUILD_DIR

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "$2") build=$(realpath "$3")
begin "$1"
command -v meson >/dev/null || {
	skip "no meson"
	finish
}
chmod 755 "$tmp"

good "meson install" meson install --quiet -C "$build" --no-rebuild --destdir "$tmp/dest"
program=$(find "$tmp/dest" -path '*/bin/cidsim')
[ -x "$program" ] || {
	fail "the program is installed"
	finish
}
mv "$(dirname "$(dirname "$program")")" "$tmp/moved here"
prefix="$tmp/moved here"
installed="$prefix/bin/cidsim"
is "no file names the build" "$(grep -rlaFe "$source" -e "$build" "$prefix")" ""

# other COMMAND…: as a user who owns nothing here, in a folder of that user
mkdir "$tmp/home"
if [ "$(id -u)" = 0 ]; then
	chown 65534:65534 "$tmp/home"
	other() {
		(cd "$tmp/home" && setpriv --reuid=65534 --regid=65534 --clear-groups "$@")
	}
else
	other() {
		(cd "$tmp/home" && "$@")
	}
fi
good "list" other "$installed" list
says "list: what ships" '^hysteresis '
good "run" other "$installed" run hysteresis -o out
good "explore" other "$installed" explore explore/b2 --quiet
bad "run scenarios" 3 "scenarios: .*; the shipped scenarios are in .*/moved here/share/cidsim/scenarios$" \
	other "$installed" run scenarios
good "run of the folder that it names" \
	other "$installed" run --quiet "$prefix/share/cidsim/scenarios/vfork.scn"
if command -v gnuplot >/dev/null; then
	good "plot" other "$installed" plot timeline out/hysteresis
	is "plot: a picture" "$(head -c 5 "$tmp/home/out/hysteresis/timeline.svg")" "<?xml"
else
	skip "plot: no gnuplot"
fi
mv "$prefix/share/cidsim" "$prefix/share/elsewhere"
bad "list without what ships" 3 "list: the shipped scenarios are not there; CIDSIM_SCENARIOS" \
	other "$installed" list
good "CIDSIM_SCENARIOS names it" \
	other env CIDSIM_SCENARIOS="$prefix/share/elsewhere/scenarios" "$installed" run --quiet vfork
mv "$prefix/share/elsewhere" "$prefix/share/cidsim"

# Man pages, completions, documents
"$cidsim" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/cidsim-\1.1/p' >pages
echo cidsim.1 >>pages
while read -r page; do
	[ -s "$prefix/share/man/man1/$page" ] || fail "$page is installed"
done <pages
is "man pages" "$(find "$prefix/share/man/man1" -type f | wc -l)" "$(wc -l <pages)"
for file in man/man5/cidsim.scn.5 bash-completion/completions/cidsim zsh/site-functions/_cidsim \
	fish/vendor_completions.d/cidsim.fish vim/vimfiles/syntax/cidsim.vim doc/cidsim/README.md doc/cidsim/docs/examples/flip.c; do
	is "$file" "$([ -s "$prefix/share/$file" ] && echo there)" there
done
documents=$prefix/share/doc/cidsim
sed 's/](/\n](/g' "$documents/README.md" | sed -n 's/^](\([a-z][^):#]*\)[#)].*/\1/p' |
	grep -vE '^(sim|tests|model|scripts)/' | sort -u >links
is "README has links" "$([ "$(wc -l <links)" -ge 10 ] && echo yes)" yes
while read -r link; do
	is "README: $link" "$([ -e "$documents/$link" ] && echo there)" there
done <links

good "record is installed" "$prefix/share/cidsim/scripts/record" --help
says "record: its usage" '^usage: record '

# A program of one's own
if command -v pkg-config >/dev/null && command -v cc >/dev/null; then
	cp "$documents/docs/examples/flip.c" .
	PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name cidsim-model.pc)")
	export PKG_CONFIG_PATH
	ln -s "$prefix" "$tmp/moved" # a path without a blank, for the shell's words
	good "flip.c is built" sh -c 'cc -std=c17 -Wall -Wextra -Werror flip.c -o flip \
		$(pkg-config --define-variable=prefix="$1" --cflags --libs cidsim-model)' - "$tmp/moved"
	good "flip runs" ./flip
	says "flip: a fork flips" '^a fork flips: users 5, max_cids 4, per CPU$'
	says "flip: an exit flips" '^an exit flips: users 1, max_cids 1, per task$'
else
	skip "flip.c is built: no pkg-config or cc"
fi

finish
