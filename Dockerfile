# syntax=docker/dockerfile:1
# The portal as one image: web, worker and beat are the same image with another command.
# docs/operations.md says how to run it.

FROM node:22-bookworm-slim AS front-end
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
# The icons that templates and code name go into the sprite, so the build reads both.
COPY . .
RUN npm run build

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /portal
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --no-deps -r requirements/base.txt
COPY . .
COPY --from=front-end /portal/static/build static/build
ENV PATH=/venv/bin:$PATH STATIC_ROOT=/portal/static-root
# Values that are needed to read the settings and are gone with this layer.
RUN python -m vekst.translations compile \
    && SECRET_KEY=build ALLOWED_HOSTS=build SITE_URL=http://build DEFAULT_FROM_EMAIL=build@example.no \
       EMAIL_URL=dummymail:// DATABASE_URL=postgres://build/build REDIS_URL=redis://build \
       DJANGO_SETTINGS_MODULE=vekst.settings.base python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf tests bench node_modules static/build

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /portal --shell /usr/sbin/nologin portal \
    && mkdir -p /var/lib/portal && chown portal:portal /var/lib/portal \
    && pip uninstall --yes --quiet pip setuptools wheel
COPY --from=build /venv /venv
COPY --from=build /portal /portal
# The environment's own pip has done its work.
RUN rm -rf /venv/lib/python3.11/site-packages/pip /venv/bin/pip*
WORKDIR /portal
USER portal
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=vekst.settings.base \
    STATIC_ROOT=/portal/static-root \
    VAR_DIR=/var/lib/portal
VOLUME /var/lib/portal
EXPOSE 8000
# Asked under the portal's own name, as visitors do: other names are refused.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-m", "vekst.healthcheck"]
CMD ["sh", "-c", "exec granian --interface wsgi --http 1 --no-ws --host 0.0.0.0 --port 8000 --workers ${WEB_WORKERS:-2} --blocking-threads ${WEB_THREADS:-4} --respawn-failed-workers --log-level warning vekst.wsgi:application"]
