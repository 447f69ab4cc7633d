# The one image: `serve`, `work`, `migrate` and every other command of battwheels.
FROM python:3.11-slim

# PYTHONDONTWRITEBYTECODE: the code may be read-only at run time.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --create-home --uid 10001 battwheels \
    && install --directory --owner=battwheels /var/lib/battwheels
WORKDIR /app

# What others wrote changes seldom, so it has a layer of its own.
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock

COPY . .
# The build tool is in the lock too, and npm, which builds the pages by their own lock: nothing
# unpinned is fetched here.
RUN pip install --no-deps --no-build-isolation .

USER battwheels
# Whoever starts the image without more is told what production needs; nothing is open by default.
ENV BATTWHEELS_ENV=production \
    BATTWHEELS_HOME=/var/lib/battwheels \
    BATTWHEELS_HOST=0.0.0.0
EXPOSE 8000
ENTRYPOINT ["battwheels"]
CMD ["serve"]
