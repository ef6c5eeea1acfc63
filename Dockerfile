FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p techmart-api

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home /var/lib/techmart --create-home techmart
COPY --from=build /src/target/release/techmart /usr/local/bin/techmart
USER techmart
VOLUME /var/lib/techmart
EXPOSE 8080
CMD ["techmart", "serve"]
