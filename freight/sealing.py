"""Encryption at rest of what must not be read from a stolen database: passwords, chat links."""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings


@lru_cache(maxsize=4)
def _box(secret: str) -> Fernet:
    digest = hashlib.sha256(b"busybee sealing v1" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def seal(data: bytes) -> bytes:
    """`data` encrypted and authenticated with the installation's secret key (Fernet token)."""
    return _box(settings.SECRET_KEY).encrypt(data)


def unseal(token: bytes) -> bytes:
    """The inverse of `seal`; raises cryptography.fernet.InvalidToken on a wrong key or changed
    bytes.
    """
    return _box(settings.SECRET_KEY).decrypt(token)
