"""Every setting of BusyBee. Names and defaults are explained in docs/configuration.md."""

from pathlib import Path

import dj_database_url
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from busybee import env
from busybee.queues import Queue
from busybee.secret_files import local_secret

BASE_DIR = Path(__file__).resolve().parent.parent

# where this installation keeps what is not code: database, mails, models, sockets
BUSYBEE_HOME = env.folder("BUSYBEE_HOME", BASE_DIR / ".busybee")
# embedded: everything on loopback over plain HTTP, as `make demo` runs it
BUSYBEE_EMBEDDED = env.flag("BUSYBEE_EMBEDDED", True)
if BUSYBEE_EMBEDDED:  # else what an `up` that was killed has left there would win over a default
    env.load_runtime(BUSYBEE_HOME / "runtime.env")
BUSYBEE_STORAGE = env.folder("BUSYBEE_STORAGE", BUSYBEE_HOME / "storage")
BUSYBEE_MODELS_DIR = env.folder("BUSYBEE_MODELS_DIR", BUSYBEE_HOME / "models")

DEBUG = env.flag("BUSYBEE_DEBUG", False)
SECRET_KEY = env.text("BUSYBEE_SECRET_KEY") or local_secret(BUSYBEE_HOME / "secret_key")
BUSYBEE_PUBLIC_URL = env.text("BUSYBEE_PUBLIC_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.words("BUSYBEE_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = [BUSYBEE_PUBLIC_URL] if "://" in BUSYBEE_PUBLIC_URL else []

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "busybee",
    "pipeline",
    "chat",
    "iot",
    "freight",
    "classifier",
]

MIDDLEWARE = [
    # the outermost: what the others answer by themselves carries the policy as well
    "busybee.security.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "busybee.urls"
ASGI_APPLICATION = "busybee.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "busybee" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# database: SQLite beside the code, or PostgreSQL by URL
SQLITE_OPTIONS = {
    # a reader that becomes a writer in mid-transaction fails at once under WAL, whatever the
    # timeout
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: a power cut must not forget that a mail was sent
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;"
        "PRAGMA foreign_keys=ON;PRAGMA cache_size=-32000;"
    ),
}
BUSYBEE_DATABASE_URL = (
    env.text("BUSYBEE_DATABASE_URL") or f"sqlite:///{BUSYBEE_HOME}/busybee.sqlite3"
)
DATABASES = {"default": dj_database_url.parse(BUSYBEE_DATABASE_URL, conn_max_age=600)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # a file, not memory: the test's worker processes open it as well
    DATABASES["default"]["TEST"] = {"NAME": str(BUSYBEE_HOME / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: broker and channel layer
BUSYBEE_REDIS_URL = env.text("BUSYBEE_REDIS_URL", "redis://127.0.0.1:6379/0")
_SOCKET = BUSYBEE_REDIS_URL.startswith("unix://")
CHANNEL_LAYERS = {
    "default": {
        # pub/sub: ten times the rate of the core layer and no silent drops; the truth is in rows
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [BUSYBEE_REDIS_URL], "prefix": "busybee"},
    },
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # what one address may do is counted for all web processes together
    "limits": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": BUSYBEE_REDIS_URL,
        "KEY_PREFIX": "busybee",
        # a visitor waits meanwhile; without a Redis nothing is counted
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
}

# Celery: ids only, no results, no ETA; the rows know what is due
CELERY_BROKER_URL = env.text("BUSYBEE_BROKER_URL") or (
    BUSYBEE_REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
    if _SOCKET
    else BUSYBEE_REDIS_URL
)
# where operators open Flower; empty: it does not run
BUSYBEE_FLOWER_URL = env.text("BUSYBEE_FLOWER_URL")
BUSYBEE_LLM = env.text("BUSYBEE_LLM")
BUSYBEE_LLM_URL = env.text("BUSYBEE_LLM_URL")
BUSYBEE_LLM_API_KEY = env.text("BUSYBEE_LLM_API_KEY")
# one call; of a mail, all calls together may take three times as long
BUSYBEE_LLM_SECONDS = env.number("BUSYBEE_LLM_SECONDS", 10, least=1)
BUSYBEE_LLM_TOKENS_A_DAY = env.number("BUSYBEE_LLM_TOKENS_A_DAY", 500_000)
CELERY_TASK_DEFAULT_QUEUE = Queue.MAIL.value
CELERY_TASK_ROUTES = {
    # with rules only this step costs a millisecond: it stays with the other steps
    "pipeline.tasks.llm_extract": {"queue": (Queue.LLM if BUSYBEE_LLM else Queue.MAIL).value},
    "pipeline.tasks.*": {"queue": Queue.MAIL.value},
    "freight.tasks.*": {"queue": Queue.OUTBOX.value},
    # a language model takes seconds: nobody else's answer waits behind it
    "chat.tasks.answer_with_model": {"queue": Queue.LLM.value},
    "chat.tasks.*": {"queue": Queue.CHAT.value},
    # files from the chat: the worker of this queue has the documents' sandbox
    "busybee.tasks.*": {"queue": Queue.MAIL.value},
    "classifier.tasks.*": {"queue": Queue.TRAINING.value},
    "busybee.bench.*": {"queue": Queue.MAIL.value},
}
# the baselines of `manage.py bench`; no other process knows their tasks and sockets
BUSYBEE_BENCH = env.flag("BUSYBEE_BENCH", False)
CELERY_IMPORTS = ["busybee.bench.noop", "busybee.bench.echo"] if BUSYBEE_BENCH else []
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.number("BUSYBEE_WORKER_CONCURRENCY", 2, least=1)
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_TASK_SEND_SENT_EVENT = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    # kombu looks for unacknowledged messages every interval x throttle: 100 s by default
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 10,
    "socket_keepalive": not _SOCKET,
    "socket_connect_timeout": 3,
    "socket_timeout": 15,
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_TIMEZONE = "Asia/Seoul"
CELERY_BEAT_SCHEDULE_FILENAME = str(BUSYBEE_HOME / "beat")
# a tick that nobody took is worth nothing: the next one asks the rows the same question
_TICK = {"options": {"expires": 10}}
CELERY_BEAT_SCHEDULE = {
    "sweep-steps": {"task": "pipeline.tasks.sweep", "schedule": 10.0, **_TICK},
    "sweep-outbox": {"task": "freight.tasks.sweep", "schedule": 10.0, **_TICK},
    "tend-requests": {"task": "freight.tasks.tend_requests", "schedule": 300.0, **_TICK},
    "sweep-chat": {"task": "chat.tasks.sweep", "schedule": 10.0, **_TICK},
    "learn": {"task": "classifier.tasks.train_if_due", "schedule": 30.0, **_TICK},
}

# mail
BUSYBEE_SMTP_URL = env.text("BUSYBEE_SMTP_URL", "smtp://127.0.0.1:1025")
# certificates to trust besides the system's: a relay in the house
BUSYBEE_SMTP_CA_FILE = env.text("BUSYBEE_SMTP_CA_FILE")
# what finds the mailbox that an answer leaves from: freight stands below the mailboxes
BUSYBEE_SENDING_ACCOUNTS = "pipeline.mailbox.sent.account_of"
BUSYBEE_OWN_ADDRESSES = "pipeline.mailbox.sent.own_addresses"
BUSYBEE_MAIL_FROM = env.text("BUSYBEE_MAIL_FROM", "BusyBee <quote@busybee.example>")
# where sent mail can be looked up again: the embedded sink's folder; empty: nobody can look
# (`up` names the folder; a relay that the user has set fills no folder of ours)
BUSYBEE_JOURNAL_DIR = env.text("BUSYBEE_JOURNAL_DIR")
# a sender that is silent for so long is taken for dead
BUSYBEE_SEND_LEASE_SECONDS = env.number("BUSYBEE_SEND_LEASE_SECONDS", 120, least=4)
BUSYBEE_SENDING = env.flag("BUSYBEE_SENDING", True)
BUSYBEE_THREAD_CAP = env.number("BUSYBEE_THREAD_CAP", 3, least=1)
BUSYBEE_RECIPIENT_CAP = env.number("BUSYBEE_RECIPIENT_CAP", 5, least=1)
# the name in Authentication-Results headers that our own mail server writes; others prove nothing
BUSYBEE_AUTHSERV_ID = env.text("BUSYBEE_AUTHSERV_ID")
# where it names no verdict: ask the DNS for keys and check the signatures ourselves
BUSYBEE_CHECK_DKIM = env.flag("BUSYBEE_CHECK_DKIM", False)
BUSYBEE_MAX_MAIL_BYTES = env.number("BUSYBEE_MAX_MAIL_BYTES", 40 * 1024 * 1024, least=1024)
# above so many unfinished steps, or below so much free room for storage, no mail is taken in
BUSYBEE_MAX_OPEN_STEPS = env.number("BUSYBEE_MAX_OPEN_STEPS", 2000, least=1)
BUSYBEE_MIN_FREE_BYTES = env.number("BUSYBEE_MIN_FREE_BYTES", 1024**3)
BUSYBEE_POLL_SECONDS = env.number("BUSYBEE_POLL_SECONDS", 2 if BUSYBEE_EMBEDDED else 60, least=1)

# steps
BUSYBEE_LEASE_SECONDS = env.number("BUSYBEE_LEASE_SECONDS", 60, least=1)
BUSYBEE_SWEEP_AGE_SECONDS = env.number("BUSYBEE_SWEEP_AGE_SECONDS", 30)

# the company: what our mails and quotations are signed with; what is empty is left out
BUSYBEE_COMPANY_NAME = env.text("BUSYBEE_COMPANY_NAME", "BusyBee")
BUSYBEE_COMPANY_ADDRESS = env.text("BUSYBEE_COMPANY_ADDRESS")
BUSYBEE_COMPANY_PHONE = env.text("BUSYBEE_COMPANY_PHONE")
BUSYBEE_COMPANY_EMAIL = env.text("BUSYBEE_COMPANY_EMAIL")
BUSYBEE_COMPANY_REGISTRATION = env.text("BUSYBEE_COMPANY_REGISTRATION")

# the trade
BUSYBEE_QUOTATION_DAYS = env.number("BUSYBEE_QUOTATION_DAYS", 14, least=1)
# a mailbox in mode auto answers by itself only what the classifier calls a quote as surely as this
BUSYBEE_AUTO_CONFIDENCE = env.share("BUSYBEE_AUTO_CONFIDENCE", 0.7)
# passages of the shipping network that ways by sea leave out; the northwest passage always is
BUSYBEE_SEA_AVOIDS = env.words(
    "BUSYBEE_SEA_AVOIDS",
    known=("suez", "babalmandab", "panama", "gibraltar", "ormuz", "bosporus", "malacca", "sunda"),
)
BUSYBEE_APPROVAL_ABOVE_KRW = env.number("BUSYBEE_APPROVAL_ABOVE_KRW", 50_000_000)
# a customer who says nothing to our question is reminded once, then the request expires
BUSYBEE_REMIND_DAYS = env.number("BUSYBEE_REMIND_DAYS", 2, least=1)
BUSYBEE_EXPIRE_DAYS = env.number("BUSYBEE_EXPIRE_DAYS", 14, least=1)
BUSYBEE_CHAT_LINK_DAYS = env.number("BUSYBEE_CHAT_LINK_DAYS", 14, least=1)
# a file that a customer drops into the chat, in MiB
BUSYBEE_CHAT_FILE_MB = env.number("BUSYBEE_CHAT_FILE_MB", 10, least=1)

# the chat's visitors
# pages that may show the widget besides our own: origins, `https://www.company.example`
BUSYBEE_CHAT_SITES = env.origins("BUSYBEE_CHAT_SITES")
# of requests that begin in the widget: whether a complete one is priced without an operator
BUSYBEE_CHAT_MODE = env.choice("BUSYBEE_CHAT_MODE", "draft", known=("draft", "auto"))
BUSYBEE_CHAT_STARTS_A_DAY = env.number("BUSYBEE_CHAT_STARTS_A_DAY", 500, least=1)
# so many proxies of ours stand before the web process and add to X-Forwarded-For
BUSYBEE_TRUSTED_PROXIES = env.number("BUSYBEE_TRUSTED_PROXIES", 0)
BUSYBEE_CHAT_ADDRESS_SOCKETS = env.number("BUSYBEE_CHAT_ADDRESS_SOCKETS", 100, least=1)
BUSYBEE_CHAT_ADDRESS_MESSAGES = env.number("BUSYBEE_CHAT_ADDRESS_MESSAGES", 240, least=1)

# devices
BUSYBEE_MQTT_URL = env.text("BUSYBEE_MQTT_URL", "mqtt://127.0.0.1:1883")
# the broker keeps what the ingest has missed under this name: one ingest a name
BUSYBEE_MQTT_CLIENT_ID = env.text("BUSYBEE_MQTT_CLIENT_ID", "busybee-ingest")

# classifier
# a mail whose likeliest label is less probable goes to a person; 0: none does
BUSYBEE_ABSTAIN_BELOW = env.share("BUSYBEE_ABSTAIN_BELOW", 0.5)
BUSYBEE_API_KEY = env.text("BUSYBEE_API_KEY") or local_secret(BUSYBEE_HOME / "api_key")
BUSYBEE_TRAIN_BATCH = env.number("BUSYBEE_TRAIN_BATCH", 32, least=1)
BUSYBEE_TRAIN_WAIT_SECONDS = env.number("BUSYBEE_TRAIN_WAIT_SECONDS", 300, least=1)
# what `manage.py finetune` begins with: a folder, or a name on the hub
BUSYBEE_BASE_MODEL = env.text("BUSYBEE_BASE_MODEL", "monologg/distilkobert")

# people
LANGUAGE_CODE = env.text("BUSYBEE_LANGUAGE", "ko")
LANGUAGES = [("ko", "한국어"), ("en", "English"), ("ja", "日本語"), ("th", "ไทย")]
LOCALE_PATHS = [BASE_DIR / "busybee" / "locale"]
TIME_ZONE = env.text("BUSYBEE_TIME_ZONE", "Asia/Seoul")
USE_TZ = True
USE_I18N = True
# the console shows dates as ISO 8601 in every language: they sort and fit in columns
FORMAT_MODULE_PATH = "busybee.formats"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# files and security
STATIC_URL = "static/"
STATIC_ROOT = BUSYBEE_HOME / "static"
WHITENOISE_USE_FINDERS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not BUSYBEE_EMBEDDED:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "busybee.masking.MaskedLines",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("BUSYBEE_LOG_LEVEL", "INFO")},
    "loggers": {
        # named here, they lose the handlers that Django gives them: the one above masks
        "django": {"level": "INFO"},
        "django.server": {"level": "INFO", "propagate": True},
        "daphne": {"level": "WARNING"},
        # some servers repeat a refused login, and at DEBUG each answer of theirs is a line
        "imapclient": {"level": "INFO"},
        "paho": {"level": "WARNING"},
        # a line a call; ours says what came of it
        "httpx": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        # at DEBUG they write what they send, which is a mail
        "openai": {"level": "INFO"},
        "httpcore": {"level": "INFO"},
        "mail.log": {"level": "WARNING"},  # aiosmtpd's, a dozen lines a mail
        "fontTools": {"level": "WARNING"},  # a hundred lines a PDF
        # the supervisor reads "ready." in its lines, whatever the level of the rest
        "celery.apps.worker": {"level": "INFO"},
        # two lines a task; our own steps say one with the mail's id
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}

# honey on slate; 600 is dark enough for white text on it (5:1), 500 light enough for dark pages
_HONEY = {
    "50": "oklch(98.7% .022 95.277)",
    "100": "oklch(96.2% .059 95.617)",
    "200": "oklch(92.4% .12 95.746)",
    "300": "oklch(87.9% .169 91.605)",
    "400": "oklch(82.8% .189 84.429)",
    "500": "oklch(76.9% .188 70.08)",
    "600": "oklch(53% .155 48.998)",
    "700": "oklch(47.3% .137 46.201)",
    "800": "oklch(41.4% .112 45.904)",
    "900": "oklch(35% .09 45.635)",
    "950": "oklch(27.9% .077 45.635)",
}
UNFOLD = {
    "SITE_TITLE": "BusyBee",
    "SITE_HEADER": "BusyBee",
    "SITE_SUBHEADER": _("Mail to quotation"),
    "SITE_URL": None,
    "SITE_SYMBOL": "hive",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("busybee/bee.svg")}
    ],
    "SHOW_LANGUAGES": True,
    # the console speaks these two; customers get four
    "LANGUAGES": {
        "navigation": [
            {"code": "ko", "name_local": "한국어"},
            {"code": "en", "name_local": "English"},
        ]
    },
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "busybee.navigation.environment",
    "DASHBOARD_CALLBACK": "busybee.dashboard.dashboard",
    "COLORS": {"primary": _HONEY},
    "STYLES": [lambda request: static("busybee/console.css")],
    "SCRIPTS": [lambda request: static("busybee/console.js")],
    "SIDEBAR": {"show_search": False, "navigation": "busybee.navigation.sidebar"},
}
