#!/usr/bin/env bash
# Gets the digests of all third-party images from the registries (with skopeo), and writes deploy/images.lock. Run this when
# an image changes in the units or the Dockerfile, and for security updates of the same tags. git diff shows the changes.
set -euo pipefail
unset CDPATH
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=lib/common.sh
. "$repository/deploy/lib/common.sh"

lock=$repository/deploy/images.lock
command -v skopeo >/dev/null || die "this needs skopeo."
pinned=$(mktemp)
trap 'rm -f -- "$pinned"' EXIT
grep '^#' "$lock" >"$pinned"
{ images_of_units; images_to_build_on; } | sort -u | while IFS= read -r wanted; do
    # The digest of the list of all architectures, which is that of its bytes.
    digest=$(skopeo inspect --raw "docker://$wanted" | sha256sum | cut -d ' ' -f 1)
    echo "$wanted sha256:$digest" | tee --append "$pinned"
done
cat -- "$pinned" >"$lock"
