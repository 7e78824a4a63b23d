# One image: `serve` by default; `migrate`, `serve --only bot` and every operator's command by their names.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /app

# The locked packages first: they change less often than the code.
COPY requirements/run.txt requirements/run.txt
RUN pip install --require-hashes --no-deps --only-binary :all: -r requirements/run.txt

COPY pyproject.toml README.md ./
COPY bot bot
COPY core core
COPY migrations migrations
COPY notifications notifications
# Built by the locked setuptools; nothing is fetched here.
RUN pip install --no-deps --no-build-isolation . && rm -rf build

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin kopdes \
    && install -d -o kopdes -g kopdes -m 0700 /data
USER kopdes
WORKDIR /data
VOLUME /data

ENV KOPDES_DATA_DIR=/data \
    KOPDES_HTTP_HOST=0.0.0.0 \
    KOPDES_HTTP_PORT=8080
EXPOSE 8080

HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['KOPDES_HTTP_PORT'] + '/healthz', timeout=4)"]

ENTRYPOINT ["kopdes"]
CMD ["serve"]
