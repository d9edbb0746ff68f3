# One image for every process: the command says which. Built with `docker build -t pti-assistant .`
FROM python:3.10-slim-bookworm AS installed
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends gcc libc6-dev make \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.lock pyproject.toml ./
# --no-deps: the lock is complete, and leaves out what rasa asks for and nothing here imports.
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-deps --require-hashes -r requirements.lock
COPY . .
RUN .venv/bin/python -m pip install --no-deps --no-build-isolation --quiet -e . \
    && .venv/bin/pti train

FROM python:3.10-slim-bookworm
# pg_dump and pg_restore for `pti backup` and `pti restore`.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends postgresql-client tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin pti
WORKDIR /app
COPY --from=installed /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 \
    PTI_GATEWAY_HOST=0.0.0.0 PTI_STATUS_HOST=0.0.0.0 PTI_STATUS_PORT=9100
# Nothing is written into the image: rasa and matplotlib want a home for their caches.
ENV HOME=/tmp MPLCONFIGDIR=/tmp
USER 10001
EXPOSE 8080 9100
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9100/health', timeout=4)"]
ENTRYPOINT ["tini", "--", "pti"]
CMD ["gateway"]
