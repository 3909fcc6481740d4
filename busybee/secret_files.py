"""What only its owner may read: the files of an installation, and the secrets it makes itself."""

import os
import secrets
from pathlib import Path


def keep_private() -> None:
    """From here on this process and its children make files that their owner alone can read.

    Customers' mails lie in the home, and other accounts of the machine have no business there.
    """
    os.umask(0o077)


def private_folder(path: Path) -> Path:
    """`path`, made if it is missing, closed to everybody but its owner."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def local_secret(path: Path, *, length: int = 50) -> str:
    """The secret in `path`, made on first use: `length` URL-safe characters for its owner only.

    Two processes that start at once end with the same secret: the file appears whole or not at all.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(length)[:length])
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()
