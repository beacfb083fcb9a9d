# The relay in a container: a user without rights, and nothing that it needs to write but its own data and cache.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY adapter adapter
COPY mappings mappings
COPY xsd xsd
COPY fixtures fixtures
RUN python -m venv /opt/eodes \
 && /opt/eodes/bin/pip install --no-cache-dir -c constraints.txt '.[postgresql,opentelemetry]'

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 eodes \
 && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin eodes \
 && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/eodes /var/cache/eodes
COPY --from=build /opt/eodes /opt/eodes
ENV PATH=/opt/eodes/bin:$PATH \
    EODES_DATA=/var/lib/eodes \
    EODES_CACHE=/var/cache/eodes \
    PYTHONDONTWRITEBYTECODE=1
VOLUME ["/var/lib/eodes", "/var/cache/eodes"]
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["eodes"]
CMD ["relay"]
