# The models are fitted while the image is built, so a replica starts in seconds and never writes to its root.
# A release pins the base: --build-arg BASE=python:3.11-slim-bookworm@sha256:...; any base with python3 and venv will do.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.txt .
RUN python3 -m venv /opt/hai-faq && /opt/hai-faq/bin/pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md ./
COPY app app
RUN /opt/hai-faq/bin/pip install --no-deps --no-build-isolation .

# Another department's folder (faq.yaml, faq.lock, intents/), seen from the build context.
ARG CONTENT=.
COPY ${CONTENT}/faq.yaml ${CONTENT}/faq.lock /srv/hai-faq/
COPY ${CONTENT}/intents /srv/hai-faq/intents
# Part of the model's key: a server started with another risk would have to fit, and cannot here.
ARG RISK=0.03
WORKDIR /srv/hai-faq
RUN HAI_FAQ_RISK=${RISK} HAI_FAQ_CACHE_DIR=/srv/models /opt/hai-faq/bin/hai-faq build

# What only fits or installs is left out: 420 MB instead of 645 on a base of 183. The metadata of scikit-learn and scipy
# stays: the model's key names their versions. Changed content is a new image, fitted once, not once in every replica.
WORKDIR /opt/hai-faq/lib
RUN /opt/hai-faq/bin/pip uninstall --quiet --yes joblib narwhals cloudpickle setuptools pip \
 && rm -r python3*/site-packages/sklearn python3*/site-packages/scipy python3*/site-packages/sci*.libs \
 && mkdir /data

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG RISK=0.03
LABEL org.opencontainers.image.title="hai-faq" \
      org.opencontainers.image.description="Answers patients' questions with approved text only" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/hai-faq /opt/hai-faq
COPY --from=build /srv /srv
COPY --from=build --chown=10001:10001 /data /data
ENV PATH=/opt/hai-faq/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HAI_FAQ_HOST=0.0.0.0 \
    HAI_FAQ_PORT=8000 \
    HAI_FAQ_RISK=${RISK} \
    HAI_FAQ_CONTENT_DIR=/srv/hai-faq \
    HAI_FAQ_CACHE_DIR=/srv/models
# Where SQLite is by default; no variable says so, since a variable would win over a mounted secret.
WORKDIR /data
# A number, not a name, so that Kubernetes can see that it is not root. It owns /data (a volume) and nothing else.
USER 10001:10001
EXPOSE 8000
# Not a hai-faq command: that would import the service each time, a second of processor; and a slim base has no curl.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python3", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"HAI_FAQ_PORT\"]}/readyz', timeout=2)"]
ENTRYPOINT ["hai-faq"]
CMD ["serve"]
