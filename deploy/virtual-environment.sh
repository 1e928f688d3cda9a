#!/usr/bin/env bash
# Makes the virtual environment with the locked dependencies (hashes checked) and this project in it, in place.
set -euo pipefail

target="${1:-.venv}"
python=""
for candidate in python3 python3.13 python3.12 python3.11; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    python="$candidate"
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11 or newer is needed; found $(python3 --version 2>&1 || echo none)." >&2
  exit 1
fi

echo "Making $target (first time only; a few minutes)" >&2
[ -x "$target/bin/python" ] || "$python" -m venv "$target"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
# Installed in place by a .pth file and a launcher: no build tool is needed, so nothing is fetched that is not locked.
site="$("$target/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
pwd > "$site/cppp-intake.pth"
# Reading models prepared for this processor, from those inside the wheel; without them reading works, two and a half times slower.
"$target/bin/python" -m parsers.swift_models || echo "The reading models stay as they are." >&2
cat > "$target/bin/intake" <<LAUNCHER
#!$(cd "$target" && pwd)/bin/python
import sys
from intake.command_line import main
if __name__ == "__main__":  # processes that it starts load this file again
    sys.exit(main())
LAUNCHER
chmod +x "$target/bin/intake"
touch "$target/.complete"
