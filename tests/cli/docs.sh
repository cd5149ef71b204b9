#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Each command of a document, a line "    $ cidsim ...", prints what stands below it. Usage:
# docs.sh CIDSIM DOCUMENT [--update]; with --update what the commands print now replaces what stands there.
#
# The commit that was built is another one each time: here it is a number that stays.
set -eu
if [ "$#" -lt 2 ] || [ ! -x "$1" ]; then
	echo "usage: $0 CIDSIM DOCUMENT [--update]" >&2
	exit 2
fi
command -v gnuplot >/dev/null || {
	echo 'skip  gnuplot is not installed'
	exit 77
}
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
# A document may copy what is in the source: ~/cidsim/tests/kernel-tree
mkdir "$bin/home"
ln -s "$(realpath "$(dirname "$0")/../..")" "$bin/home/cidsim"
cat >"$bin/cidsim" <<'END'
#!/bin/sh
out=$(mktemp)
"$CIDSIM" "$@" >"$out" || status=$?
sed 's/^Built from commit .*/Built from commit 0123456789ab/' "$out"
rm -f "$out"
exit "${status:-0}"
END
chmod +x "$bin/cidsim"
HOME=$bin/home PATH=$bin:$PATH CRAM_INDENT=4 "$(dirname "$0")/cram.sh" "$@"
