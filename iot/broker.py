"""The embedded MQTT broker where the machine has mosquitto: its configuration and its start."""

import base64
import hashlib
import os
import pwd
import secrets
import shutil
import sys
from pathlib import Path

from iot.mqtt import BrokerAddress

# mosquitto lies in /usr/sbin, which is not on an ordinary user's PATH in Debian
SEARCH_PATH = f"{os.defpath}:/usr/sbin:/usr/local/sbin"
# a batch of the ingest is 500; the default of 20 in flight would starve it
IN_FLIGHT = 1000
HASH_ROUNDS = 101  # mosquitto_passwd's own default; the file is readable by its owner only


def mosquitto_binary() -> str | None:
    """The path of mosquitto, or None."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=SEARCH_PATH)


def write_mosquitto_config(folder: Path, address: BrokerAddress) -> Path:
    """Write config and password file into `folder`; returns the config's path."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    lines = [
        f"listener {address.port} 127.0.0.1",
        # started by root it would become the user `mosquitto`, who can't read this folder
        f"user {pwd.getpwuid(os.geteuid()).pw_name}",
        "persistence true",
        f"persistence_location {folder}/",
        # on_changes is 30 times slower; five seconds bound what a kill can lose
        "autosave_interval 5",
        f"max_inflight_messages {IN_FLIGHT}",
        "max_queued_messages 100000",
        "message_size_limit 600000",
        "log_dest stdout",
        "log_type error",
        "log_type warning",
    ]
    if address.username:
        passwords = folder / "passwords"
        _write_private(passwords, f"{address.username}:{password_hash(address.password)}\n")
        lines += ["allow_anonymous false", f"password_file {passwords}"]
    else:
        lines.append("allow_anonymous true")
    config = folder / "mosquitto.conf"
    _write_private(config, "\n".join(lines) + "\n")
    return config


def password_hash(password: str) -> str:
    """`password` as mosquitto 2 keeps it: `$7$rounds$salt$hash`, PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, HASH_ROUNDS, 64)
    encoded = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"$7${HASH_ROUNDS}${'$'.join(encoded)}"


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def run_mosquitto(binary: str, folder: Path, address: BrokerAddress) -> None:
    """Become mosquitto: the supervisor's signals reach it directly. Does not return."""
    config = write_mosquitto_config(folder, address)
    sys.stdout.flush()
    os.execv(binary, [binary, "-c", str(config)])
