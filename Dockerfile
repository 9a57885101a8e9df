# Builds the binary and puts it alone on a small Debian.
#
#   docker build -t convivio .
#   docker run --rm -p 8080:8080 -v convivio:/data convivio

FROM rust:1.95-bookworm AS builder
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin convivio

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin convivio \
    && install -d -o convivio -g convivio -m 0700 /data
COPY --from=builder /src/target/release/convivio /usr/local/bin/convivio
USER convivio
WORKDIR /data
VOLUME /data
ENV CONVIVIO_DATA=/data CONVIVIO_LISTEN=0.0.0.0:8080
EXPOSE 8080
# It ends by itself on SIGTERM: no init is needed.
ENTRYPOINT ["convivio"]
CMD ["serve"]
