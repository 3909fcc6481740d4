# One image for every process; docker-compose.yml names the command of each. No torch in it.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# optional parts of reading mail: scans, archives other than ZIP, a second opinion on file types
RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-kor tesseract-ocr-jpn \
       tesseract-ocr-tha tesseract-ocr-eng tesseract-ocr-osd libarchive13 libmagic1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /busybee
COPY requirements/serve.txt requirements/serve.txt
RUN pip install -r requirements/serve.txt
COPY . .
RUN useradd --system --create-home --home-dir /var/lib/busybee busybee && chmod -R a+rX .
USER busybee
ENV BUSYBEE_HOME=/var/lib/busybee BUSYBEE_EMBEDDED=0
CMD ["python", "manage.py", "help"]
