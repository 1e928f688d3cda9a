#!/usr/bin/env bash
# Installs the Debian packages that the service needs, with "test" those of its tests too, with "bench" also what is measured against;
# does nothing where they are all there.
set -euo pipefail

packages=(
  python3 python3-venv
  tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-tra tesseract-ocr-chi-sim tesseract-ocr-osd
)
if [ "${1:-}" = bench ]; then
  packages+=(ocrmypdf)
fi
if [ "${1:-}" = test ] || [ "${1:-}" = bench ]; then
  packages+=(
    fonts-liberation fonts-dejavu-core fonts-noto-cjk fonts-droid-fallback fonts-wqy-zenhei fonts-arphic-uming fonts-arphic-ukai
    dovecot-imapd postgresql chromium
  )
fi

missing=()
for package in "${packages[@]}"; do
  if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
    missing+=("$package")
  fi
done
if [ "${#missing[@]}" -eq 0 ]; then
  exit 0
fi

if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  echo "These Debian packages are needed, and this user may not install them: ${missing[*]}" >&2
  echo "Ask an administrator to run: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "Installing Debian packages: ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
