FROM python:3.13-slim-bookworm

WORKDIR /app

# The hashed pins that `make setup` installs too; an ffmpeg is among them.
COPY requirements/run.txt requirements/run.txt
RUN python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements/run.txt \
    && python -m pip check

COPY LICENSE LICENSE
COPY THIRD_PARTY_NOTICES.md THIRD_PARTY_NOTICES.md
COPY bot bot
COPY handlers handlers
COPY storage storage

# Nothing in here is written to at run time but /data, which belongs to the user below, and /tmp.
RUN python -m compileall -q bot handlers storage && install -d -o 10001 -g 10001 -m 700 /data

ENV DATABASE_URL=sqlite:////data/verbatim.db \
    HTTP_PORT=8080
VOLUME /data
USER 10001:10001
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; probe = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('METRICS_PORT') or os.environ['HTTP_PORT']), timeout=5); probe.request('GET', '/healthz'); sys.exit(probe.getresponse().status != 200)"]

ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
