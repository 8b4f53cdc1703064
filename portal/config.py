"""The settings: name, default, what it is for. A configuration that is not safe refuses to start.

Each setting is read from the environment as ``PORTAL_<NAME>``; ``DATABASE_URL`` and ``SECRET_KEY``
also answer to the names that hosts commonly use.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
KEY_LENGTH = 32
ENVIRONMENTS = ("development", "production", "testing")


class UnsafeConfigurationError(Exception):
    """The portal will not start like this; the message says why and what to set."""


@dataclass(frozen=True)
class Setting:
    """One line of the settings table."""

    name: str
    default: str
    help: str
    parse: Callable[[str], Any] = str


def _truth(text: str) -> bool:
    if text.lower() in {"1", "yes", "true", "on"}:
        return True
    if text.lower() in {"", "0", "no", "false", "off"}:
        return False
    message = f"“{text}” is neither yes nor no"
    raise ValueError(message)


def _hosts(text: str) -> list[str]:
    return [host.strip() for host in text.split(",") if host.strip()]


def _mail_server(text: str) -> str:
    # Whatever is wrong with it, its password must not be said.
    message = "write smtp://user:password@host:587 or smtps://user:password@host"
    try:
        parts = urlsplit(text)
        is_known = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(message) from None
    if text and not (is_known and parts.path in {"", "/"}):
        raise ValueError(message)
    return text


def _sender(text: str) -> str:
    _name, address = parseaddr(text)
    if "@" not in address or not text.isprintable():
        message = "write a name and an address, such as Careers portal <no-reply@example.org>"
        raise ValueError(message)
    return text


SETTINGS = (
    Setting("ENVIRONMENT", "development", "development, production or testing."),
    Setting("SECRET_KEY", "", "Signs cookies. At least 32 random characters; made and kept in instance/ while developing."),
    Setting("DATABASE_URL", "", "Where the database is; SQLite in instance/ when empty. postgresql:// addresses use psycopg 3."),
    Setting("INSTANCE_DIR", str(ROOT / "instance"), "Where the portal keeps what it writes: database, search index, metrics.", Path),
    Setting("CONTENT_DIR", str(ROOT / "content"), "The content folder that `portal load` reads.", Path),
    Setting("BASE_URL", "http://127.0.0.1:5000", "The public address, used in links that leave the site. https in production."),
    Setting("TRUSTED_HOSTS", "", "Host names the portal answers to, with commas between them. Needed in production.", _hosts),
    Setting("PROXIES", "0", "How many proxies stand in front and set X-Forwarded headers.", int),
    Setting("CATALOGUE_CHECK_SECONDS", "1", "How often a process asks the database whether the catalogue has changed.", float),
    Setting("RATE_LIMIT_STORE", "memory://", "Where request counts are kept; redis:// in production, so that all workers share them."),
    Setting("SHOW_MONTHS", "18", "How many months an entry is shown after it was last checked, unless it says otherwise.", int),
    Setting("STALE_MONTHS", "12", "After how many months `portal check` calls an entry stale.", int),
    Setting("MAIL_SERVER", "", "The server that takes mails: smtp://user:password@host:587 or smtps://…; instance/outbox when empty. Needed in production.", _mail_server),
    Setting("MAIL_FROM", "Careers portal <no-reply@localhost>", "The name and address that mails come from.", _sender),
    Setting("SHORTLIST_MONTHS", "12", "After how many months without work on it an adviser’s shortlist is deleted; its adviser is told a month before.", int),
    Setting("READS_A_DAY", "500", "How many records about young people an adviser may read in a day; then the portal stops them and tells people.", int),
    Setting("COMPRESS", "yes", "Compress pages. Turn off when a proxy does it.", _truth),
)  # fmt: skip


def read_settings(
    given: Mapping[str, object], environment: Mapping[str, str] = os.environ
) -> dict[str, Any]:
    """Every setting, from what is given, then the environment, then the default.

    Raises UnsafeConfigurationError when a value cannot be read or must not be used.
    """
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.name in given:
            values[setting.name] = given[setting.name]
            continue
        text = environment.get(f"PORTAL_{setting.name}")
        if text is None and setting.name in {"SECRET_KEY", "DATABASE_URL"}:
            text = environment.get(setting.name)
        try:
            values[setting.name] = setting.parse(setting.default if text is None else text)
        except ValueError as error:
            message = f"PORTAL_{setting.name} cannot be read: {error}. {setting.help}"
            raise UnsafeConfigurationError(message) from error
    refusals = list(refused(values))
    if refusals:
        raise UnsafeConfigurationError("\n".join(refusals))
    return values


def refused(values: Mapping[str, Any]) -> list[str]:
    """Why the portal must not start with these values; empty when it may."""
    reasons = []
    if values["ENVIRONMENT"] not in ENVIRONMENTS:
        reasons.append(f"PORTAL_ENVIRONMENT must be one of {', '.join(ENVIRONMENTS)}.")
    if values["ENVIRONMENT"] != "production":
        return reasons
    if len(values["SECRET_KEY"]) < KEY_LENGTH or len(set(values["SECRET_KEY"])) < KEY_LENGTH // 4:
        reasons.append(
            "PORTAL_SECRET_KEY must be at least 32 random characters in production. "
            "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if not values["TRUSTED_HOSTS"]:
        reasons.append("PORTAL_TRUSTED_HOSTS must name the hosts the portal answers to.")
    if urlsplit(values["BASE_URL"]).scheme != "https":
        reasons.append("PORTAL_BASE_URL must begin with https:// in production.")
    if values["RATE_LIMIT_STORE"].startswith("memory:"):
        reasons.append("PORTAL_RATE_LIMIT_STORE must be shared in production, such as redis://…")
    if not values["MAIL_SERVER"]:
        reasons.append("PORTAL_MAIL_SERVER must name a mail server, such as smtps://…")
    return reasons


def flask_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """What Flask and its extensions call the same things."""
    instance = Path(values["INSTANCE_DIR"])
    production = values["ENVIRONMENT"] == "production"
    return {
        **values,
        "SECRET_KEY": values["SECRET_KEY"] or _kept_key(instance),
        "SQLALCHEMY_DATABASE_URI": database_address(values["DATABASE_URL"], instance),
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True},
        "TESTING": values["ENVIRONMENT"] == "testing",
        "TRUSTED_HOSTS": values["TRUSTED_HOSTS"] or None,
        "PREFERRED_URL_SCHEME": urlsplit(values["BASE_URL"]).scheme,
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "SEND_FILE_MAX_AGE_DEFAULT": 365 * 24 * 3600,
        "SESSION_COOKIE_NAME": "__Host-portal" if production else "portal",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": production,
        "RATELIMIT_STORAGE_URI": values["RATE_LIMIT_STORE"],
        "RATELIMIT_ENABLED": values["ENVIRONMENT"] != "testing",
        "RATELIMIT_HEADERS_ENABLED": False,
        "RATELIMIT_SWALLOW_ERRORS": True,  # without its store the form still works
        "COMPRESS_REGISTER": values["COMPRESS"],
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "COMPRESS_LEVEL": 5,
        "COMPRESS_MIMETYPES": [
            "text/html", "text/css", "text/javascript", "application/json", "image/svg+xml",
            "application/xml",
        ],
    }  # fmt: skip


def database_address(address: str, instance: Path) -> str:
    """The address for SQLAlchemy: SQLite in the instance folder, or PostgreSQL by psycopg 3."""
    if not address:
        return f"sqlite:///{instance.resolve() / 'portal.sqlite'}"
    scheme, separator, rest = address.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg{separator}{rest}"
    return address


def _kept_key(instance: Path) -> str:
    """A signing key for a development machine, made once and kept beside its database."""
    path = instance / "secret-key"
    instance.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")
