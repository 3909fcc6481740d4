"""Secrets that an installation makes for itself on its first start."""

import os
import secrets
from pathlib import Path


def local_secret(path: Path) -> str:
    """The secret in `path`, made on first use: 50 URL-safe characters, readable by its owner only.

    Two processes that start at once end with the same secret: the file appears whole or not at all.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(38)[:50])
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()
