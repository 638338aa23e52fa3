#!/usr/bin/env bash
# Asks the registries (with skopeo) for the digests of all images of others, and writes deploy/images.lock. To be run when
# an image is changed in the units or the Dockerfile, and for security updates of the same tags; git diff shows what moved.
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
    # The list of all architectures, whose digest is that of its bytes.
    digest=$(skopeo inspect --raw "docker://$wanted" | sha256sum | cut -d ' ' -f 1)
    echo "$wanted sha256:$digest" | tee --append "$pinned"
done
cat -- "$pinned" >"$lock"
