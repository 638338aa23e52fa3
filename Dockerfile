# The image of sports-log: podman build --tag localhost/sports-log:0.2.0 .
#
# The dependencies are a separate layer, which is rebuilt only when Cargo.lock changes. The binary
# contains the list of crates it was built from (cargo-auditable), which `cargo audit bin`, syft,
# trivy and grype can read.

ARG RUST_VERSION=1.95.0

FROM docker.io/library/rust:${RUST_VERSION}-slim-bookworm AS build
# Writes the list of crates into the binary.
ARG CARGO_AUDITABLE_VERSION=0.7.7
RUN cargo install --locked --version "${CARGO_AUDITABLE_VERSION}" cargo-auditable
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
# Empty programs, so that the dependencies can be built without our source.
RUN mkdir src && echo 'fn main() {}' >src/main.rs && touch src/lib.rs \
    && cargo auditable build --locked --release \
    && rm -r src
COPY askama.toml ./
COPY migrations migrations
COPY web web
COPY src src
# The output of --version.
ARG VERSION=0.2.0
ARG REVISION=unknown
ENV SPORTS_LOG_VERSION="${VERSION} (${REVISION})"
# Newer than the empty programs, whatever the time stamps of the checkout are.
RUN touch src/main.rs src/lib.rs && cargo auditable build --locked --release

# Without a version on purpose, so that every build includes Debian's security updates.
FROM docker.io/library/debian:bookworm-slim
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="sports-log" \
    org.opencontainers.image.description="A JSON API to keep a log of your sport on a server of your own" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY LICENSE /usr/share/doc/sports-log/LICENSE
COPY --from=build /build/target/release/sports-log /usr/local/bin/sports-log
# In milliseconds: memory that an import or a picture has used is returned to the system soon. By mimalloc's default, that
# would happen a second later at the earliest, with the next allocation.
ENV MIMALLOC_PURGE_DELAY=10
# A number, so that the user is recognisable as not root without /etc/passwd.
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=6s --start-period=60s CMD ["sports-log", "healthcheck"]
ENTRYPOINT ["sports-log"]
CMD ["serve"]
