# sports-log as an image: podman build --tag localhost/sports-log:0.1.0 .
#
# The dependencies are a layer of their own, which is built again only when Cargo.lock changes. The
# binary carries the list of crates it was built from (cargo-auditable): `cargo audit bin`, syft,
# trivy and grype read it.

ARG RUST_VERSION=1.95.0

FROM docker.io/library/rust:${RUST_VERSION}-slim-bookworm AS build
# The tool that writes the list of crates into the binary.
ARG CARGO_AUDITABLE_VERSION=0.7.7
RUN cargo install --locked --version "${CARGO_AUDITABLE_VERSION}" cargo-auditable
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
# Programs that do nothing, so that the dependencies can be built without our source.
RUN mkdir src && echo 'fn main() {}' >src/main.rs && touch src/lib.rs \
    && cargo auditable build --locked --release \
    && rm -r src
COPY askama.toml ./
COPY migrations migrations
COPY src src
# What --version says.
ARG VERSION=0.1.0
ARG REVISION=unknown
ENV SPORTS_LOG_VERSION="${VERSION} (${REVISION})"
# Newer than what stood in for them, whatever the time stamps of the checkout are.
RUN touch src/main.rs src/lib.rs && cargo auditable build --locked --release

# Without a version on purpose: security updates of Debian come with every build.
FROM docker.io/library/debian:bookworm-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="sports-log" \
    org.opencontainers.image.description="A JSON API to keep a log of your sport on a server of your own" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY LICENSE /usr/share/doc/sports-log/LICENSE
COPY --from=build /build/target/release/sports-log /usr/local/bin/sports-log
# In milliseconds: memory that an import or a picture took goes back to the system soon, and not a second after the next
# that wants some (mimalloc's default).
ENV MIMALLOC_PURGE_DELAY=10
# A number, so that "not root" can be seen without looking into /etc/passwd.
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=6s --start-period=60s CMD ["sports-log", "healthcheck"]
ENTRYPOINT ["sports-log"]
CMD ["serve"]
