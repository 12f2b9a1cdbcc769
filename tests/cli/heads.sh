# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# heads.sh - scripts/heads passes on the tree as it is, and fails on each kind of planted violation.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# small: a tree that passes
small() {
	rm -rf small
	mkdir -p small/base small/docs small/scripts small/tests/base
	printf '/* SPDX-License-Identifier: MIT */\n/* one.c - does it. */\n' | tee small/base/one.c >small/tests/base/two.c
	printf '#!/bin/sh\n# SPDX-License-Identifier: MIT\n# layers - the order.\norder='\''base'\''\n' >small/scripts/layers
	printf '# Page\n\n## Map of the sources\n\n| `base/` | all |\n| `docs/` | this |\n| `scripts/` | one |\n\n## More\n' \
		>small/docs/architecture.md
}

# planted WHY FILE [LINE...]: with those lines in that file of the small tree, heads fails and says why; '' where it passes
planted() {
	why=$1
	file=$2
	shift 2
	small
	mkdir -p "small/$(dirname -- "$file")"
	printf '%s\n' "$@" >"small/$file"
	status=0
	"$PARSCALE_ROOT/scripts/heads" small >out 2>&1 || status=$?
	if [ -n "$why" ]; then
		holds "$file: $why" sh -c "[ $status = 1 ] && grep -q '^heads: .*$why' out"
	else
		holds "$file: nothing" sh -c "[ $status = 0 ] && [ ! -s out ]"
	fi
}

licence='/* SPDX-License-Identifier: MIT */'
ok 'every source has its head, and the map is true' "$PARSCALE_ROOT/scripts/heads" "$PARSCALE_ROOT"
planted '' base/one.c "$licence" '/*' ' * one.c - does it.' ' */' 'int one; /* of' '	* them */'
planted '' build-other/one.c 'int one;'
planted '' results/mine/plot.gp 'plot 1'
planted '' scripts/sweeps.py '#!/usr/bin/env python3' '# SPDX-License-Identifier: MIT' '"""Does it."""'
planted 'base/one.c: no licence' base/one.c '/* one.c - does it. */'
planted 'base/one.c: no purpose' base/one.c "$licence" '#include <stdio.h>'
planted 'base/one.c: no purpose' base/one.c "$licence" '/*' ' */'
planted 'base/one.def: no purpose' base/one.def "$licence" 'ONE(1)'
planted 'base/one.c:4: this comment' base/one.c "$licence" '/* one.c - does it.' ' * And more.' ' */'
planted 'scripts/one: no licence' scripts/one '#!/bin/sh' '# one - does it.'
planted 'scripts/one: no purpose' scripts/one '#!/bin/sh' '# SPDX-License-Identifier: MIT' 'set -eu'
planted 'tests/base/three.sh: no licence' tests/base/three.sh '# three.sh - does it.' 'true' 'true'
planted 'bench/new is not on the map' bench/new/one.c "$licence" '/* one.c - does it. */'
planted 'tests/bench/new mirrors no folder' tests/bench/new/one.c "$licence" '/* one.c - does it. */'
planted 'gone is not there' docs/architecture.md '## Map of the sources' '| `base` |' '| `docs` |' '| `scripts` |' '| `gone` |'
planted 'base is not on the map' docs/architecture.md '## Map of the sources' '| `docs` |' '| `scripts` |'
planted 'no map of the sources' docs/architecture.md '# Page'
planted 'is not that of scripts/layers' scripts/layers '#!/bin/sh' '# SPDX-License-Identifier: MIT' '# layers - the order.' "order='base bench'"
close_suite
