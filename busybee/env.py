"""Typed readers of the environment: the one place that knows `os.environ`.

A name is looked up in the environment first, then as `<NAME>_FILE` (a secret's file), then in the
runtime file that `manage.py up` writes for the services that it started.
"""

import os
import re
from collections.abc import Collection
from pathlib import Path

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class BadSetting(Exception):
    """An environment variable holds a value that its setting cannot take."""


_runtime: dict[str, str] = {}


def load_runtime(path: Path) -> None:
    """Take `NAME=value` lines of `path` as defaults; a missing file means none."""
    _runtime.clear()
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()
        for line in lines:
            name, _, value = line.partition("=")
            _runtime[name] = value


def is_set(name: str) -> bool:
    """Whether the user has set `name`, in the environment or as a secret's file."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def text(name: str, default: str = "") -> str:
    """The value of `name`, or of the file that `<name>_FILE` points to, or `default`."""
    if name in os.environ:
        return os.environ[name]
    secret = os.environ.get(f"{name}_FILE")
    if secret:
        try:
            return Path(secret).read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise BadSetting(f"{name}_FILE={secret!r} cannot be read: {exc.strerror}") from exc
    return _runtime.get(name, default)


def flag(name: str, default: bool) -> bool:
    """The value of `name` as yes or no; raises BadSetting on any other word."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise BadSetting(f"{name}={value!r} is neither yes nor no (use 1 or 0)")


def number(name: str, default: int, *, least: int = 0) -> int:
    """The value of `name` as a whole number of at least `least`."""
    value = text(name, str(default)).strip()
    try:
        result = int(value)
    except ValueError as exc:
        raise BadSetting(f"{name}={value!r} is not a whole number") from exc
    if result < least:
        raise BadSetting(f"{name}={value!r} is less than {least}")
    return result


def share(name: str, default: float) -> float:
    """The value of `name` as a number from 0 to 1."""
    value = text(name, str(default)).strip()
    try:
        result = float(value)
    except ValueError as exc:
        raise BadSetting(f"{name}={value!r} is not a number") from exc
    if not 0 <= result <= 1:
        raise BadSetting(f"{name}={value!r} is not between 0 and 1")
    return result


def words(name: str, default: str = "", *, known: Collection[str] = ()) -> list[str]:
    """The comma-separated words of `name`, without empty ones; each is in `known`, if that is
    given.
    """
    found = [word.strip() for word in text(name, default).split(",") if word.strip()]
    if known and (strange := [word for word in found if word not in known]):
        raise BadSetting(f"{name}: {strange[0]!r} is none of {', '.join(known)}")
    return found


def choice(name: str, default: str, *, known: Collection[str]) -> str:
    """The value of `name`, which is one of `known`."""
    value = text(name, default).strip() or default
    if value not in known:
        raise BadSetting(f"{name}={value!r} is none of {', '.join(known)}")
    return value


# no `*`, and none of what would end a header's word: `frame-ancestors` is made of them
_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


def origins(name: str) -> list[str]:
    """The comma-separated origins of `name`: scheme and host, and a port if it is not the
    scheme's own.
    """
    found = [word.rstrip("/").lower() for word in words(name)]
    for origin in found:
        if not _ORIGIN.fullmatch(origin):
            raise BadSetting(f"{name}: {origin!r} is no origin (https://www.company.example)")
    return found


def folder(name: str, default: Path) -> Path:
    """The value of `name` as an absolute path."""
    value = text(name)
    return Path(value).expanduser().resolve() if value else default
