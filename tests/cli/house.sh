#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# scripts/house check: a small tree is as it should be; what must not be is planted in a copy of it,
# and found. Usage: house.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"
house=$source/scripts/house

mkdir -p good/model good/sim/cli good/sim/base good/docs
cat >good/sim/README.md <<'X'
## `sim/cli/`
## `sim/base/`
X
cat >good/docs/protocol.md <<'X'
## 1. State
## 2. Pool
X
cat >good/model/pool.h <<'X'
/* Source: protocol 1 and 2. */
int pool_get(void);
X
cat >good/model/pool.c <<'X'
#include "model/pool.h"

static int first(void)
{
	return 1;
}

int pool_get(void)
{
	return first();
}
X
cat >good/sim/base/text.h <<'X'
int text_length(const char *text);
X
cat >good/sim/base/text.c <<'X'
#include "sim/base/text.h"

#include "model/pool.h"

static int first(void)
{
	return pool_get();
}

int text_length(const char *text)
{
	return text ? first() : 0;
}
X
cat >good/sim/cli/main.c <<'X'
#include "sim/base/text.h"

int main(void)
{
	return text_length("");
}
X

# plant: a fresh copy of the good tree is the current folder
plant() {
	rm -rf "$tmp/work/tree"
	cp -r "$tmp/work/good" "$tmp/work/tree"
	cd "$tmp/work/tree" || exit 2
}

# build: the objects of all sources, where meson puts them
build() {
	for file in model/*.c sim/*/*.c; do
		object=$(echo "${file#*/}" | tr / _)
		mkdir -p "build/${file%%/*}/x.p"
		cc -I. -c "$file" -o "build/${file%%/*}/x.p/$object.o" || exit 2
	done
}

# found WHAT LINE: it is refused, with this line
found() {
	build
	call "$house" check . build
	is "$1: status" "$status" 1
	if grep -qxF -- "$2" "$tmp/out"; then
		pass "$1"
	else
		fail "$1: not '$2'" "$tmp/out"
	fi
	is "$1: and nothing else" "$(wc -l <"$tmp/out")" "${3:-1}"
}

plant
build
good "as it should be" "$house" check . build
says "as it should be: the counts" '^house: 5 files in 3 folders, 4 includes and 2 calls between files'

plant
echo '#include "sim/cli/main.h"' >>sim/base/text.c
echo 'int main(void);' >sim/cli/main.h
found "an include that goes up" 'sim/base/text.c includes sim/cli/main.h, which is not below it'
plant
printf 'int text_length(const char *text);\nint pool_up(void)\n{\n\treturn text_length("");\n}\n' >model/up.c
found "a call that goes up" 'model/up.c calls into sim/base/text.c, which is not below it'
plant
printf 'int a(void);\nint b(void)\n{\n\treturn a();\n}\n' >sim/base/b.c
printf 'int b(void);\nint a(void)\n{\n\treturn b();\n}\n' >sim/base/a.c
found "a circle" 'circle: sim/base/a.c, sim/base/b.c'
plant
mkdir sim/new
echo 'int alone(void) { return 0; }' >sim/new/a.c
found "a folder without a heading" 'sim/new/a.c: sim/README.md has no heading for its folder'
plant
build
echo 'int late(void) { return 0; }' >sim/base/late.c
call "$house" check . build
is "a source that is not built" "$status $(cat "$tmp/out")" \
	"1 sim/base/late.c: not built, so nobody looked at its calls"

plant
printf 'static int pool_get(void)\n{\n\treturn 0;\n}\n\nint use(void)\n{\n\treturn pool_get();\n}\n' >sim/cli/use.c
found "a static function with a public name" 'pool_get: static in sim/cli/use.c, public in model/pool.c'
plant
printf 'int pool_get(void)\n{\n\treturn 0;\n}\n' >sim/base/a.c
build
call "$house" check . build
is "a public name twice: status" "$status" 1
says "a public name twice" '^pool_get: public in model/pool\.c, sim/base/a\.c$'

plant
sed -i 's/protocol 1 and 2/protocol 1 and 3/' model/pool.h
found "a section that is not there" 'model/pool.h:1: docs/protocol.md has no section 3'
plant
printf '/*\n * As the protocol\n * 9 has it, and protocol.md section 2 (I1), 4.\n */\n' >>sim/base/text.h
found "a reference over two lines" 'sim/base/text.h:3: docs/protocol.md has no section 9' 2
says "a reference of two sections" '^sim/base/text\.h:4: docs/protocol\.md has no section 4$'
plant
rm docs/protocol.md
found "no protocol" 'docs/protocol.md is missing'

finish
