"""Settings: the environment, read once (``ONWARD_*``). Nobody below the composition roots imports this.

What differs between sites' *choices* (thresholds, verb map, recipes) is data in the database, not here.
"""

import re
import stat
from enum import StrEnum
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from connector.errors import BadInput, NotReady

SHORTEST_SECRET = 32
_SECRET_USER = re.compile(r"(://[^/?#@]*?:)[^@/?#]*@")
_SECRET_QUERY = re.compile(r"([?&](?:password|sslpassword|passfile)=)[^&]*", re.IGNORECASE)


class Environment(StrEnum):
    """Where this runs; only ``development`` relaxes the https and private-address rules."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


class Settings(BaseSettings):
    """Every setting of Onward, with its default; none of the defaults is a secret or a host of others."""

    model_config = SettingsConfigDict(
        env_prefix="ONWARD_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    env: Environment = Field(
        Environment.PRODUCTION,
        description="`production` or `development`. Development alone allows http and private addresses for platforms "
        "and LRSs, and shows the gallery of page states.",
    )
    database_url: str = Field(
        "",
        description="`sqlite:////var/lib/onward/onward.db` or `postgresql://user:password@host/onward`. Development "
        "falls back to `onward.db` in the working folder; production needs it.",
    )
    public_url: str = Field(
        "",
        description="The tool's own address as browsers see it, such as `https://onward.example.edu`; the only source "
        "of our own origin. Production needs it, with https.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Seals keys and LRS secrets in the database; 32 characters at the least. When empty, the key file "
        "is used.",
    )
    key_file: Path = Field(
        Path("onward.key"),
        description="File with the secret key when `ONWARD_SECRET_KEY` is empty; `onward init` makes it with mode "
        "600, and a file that others can read is refused.",
    )
    listen: str = Field("127.0.0.1:8000", description="Address and port that `onward serve` listens on.")
    workers: int = Field(2, ge=1, le=64, description="Worker processes of `onward serve`.")
    threads: int = Field(4, ge=1, le=64, description="Threads of each worker process.")
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="How many reverse proxies in front set X-Forwarded-For and -Proto; 0 trusts none."
    )
    allowed_hosts: str = Field(
        "",
        description="Hosts, separated by commas, besides those of platforms, whose Activity IRIs may serve as "
        "start links.",
    )
    image_hosts: str = Field(
        "",
        description="Hosts, separated by commas, besides those of platforms and catalogue feeds, from which the worker "
        "may fetch the catalogue's images.",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token for `/metrics` from other machines; when empty, `/metrics` answers loopback only.",
    )
    sync_seconds: int = Field(30, ge=2, le=3600, description="How often the worker reads each LRS, in seconds.")
    train_minutes: int = Field(
        60, ge=1, le=10080, description="How often the worker trains, in minutes, when there are new Facts."
    )
    reconcile_hours: int = Field(
        24,
        ge=0,
        le=720,
        description="How often the worker compares days (1, 2, 7 and 30 back) with each LRS and repairs what is "
        "lacking, in hours; 0 for never.",
    )
    catalog_minutes: int = Field(
        15, ge=1, le=1440, description="How often the worker reads each catalogue feed (Moodle), in minutes."
    )
    late_minutes: int = Field(
        60,
        ge=1,
        le=10080,
        description="After how many minutes without a successful read of an LRS the page says as of when it is.",
    )
    refusals_a_minute: int = Field(
        120,
        ge=10,
        le=100_000,
        description="How many logins and launches of one address are refused with their reason in a minute, by each "
        "server process; further ones get a short page (429). Good launches pass all the same.",
    )
    open_logins: int = Field(
        5_000,
        ge=100,
        le=20_000,
        description="How many logins without a launch one address may leave, by each server process; then its oldest "
        "ones are given up.",
    )
    theme: str = Field("light", pattern="^(light|auto|dark)$", description="`light`, `dark` or `auto` (the device's).")
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe log level written."
    )
    tombstones: str = Field(
        "",
        description="File to which every erasure adds its tombstones (keyed hashes), and which `onward restore` reads: "
        "keep it on another disk than database and backups. When empty, tombstones are in the database only.",
    )
    demo: bool = Field(False, description="Marks each page as the demo, where all people are simulated.")

    @field_validator("public_url")
    @classmethod
    def _public_url_is_an_origin(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
            raise ValueError("must be an address without a path, such as https://onward.example.edu")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def development(self) -> bool:
        """Whether the relaxed rules of development hold."""
        return self.env is Environment.DEVELOPMENT

    def database(self) -> str:
        """Return the database's URL.

        Raises
        ------
        NotReady
            In production without ``ONWARD_DATABASE_URL``.
        """
        if self.database_url:
            return self.database_url
        if self.development:
            return "sqlite:///onward.db"
        raise NotReady(
            "ONWARD_DATABASE_URL is missing: set it to sqlite:////path/onward.db or postgresql://user:password@host/db."
        )

    def origin(self) -> str:
        """Return our own origin.

        Raises
        ------
        NotReady
            When it is missing, or is not https in production.
        """
        if not self.public_url:
            raise NotReady(
                "ONWARD_PUBLIC_URL is missing: set it to the tool's address, such as https://onward.example.edu."
            )
        if not self.development and not self.public_url.startswith("https://"):
            raise NotReady(
                "ONWARD_PUBLIC_URL must begin with https:// in production: browsers send no cookies otherwise."
            )
        return self.public_url

    def hosts(self) -> frozenset[str]:
        """Return the allowed hosts of start links, in lower case."""
        return frozenset(host.strip().casefold() for host in self.allowed_hosts.split(",") if host.strip())

    def images_from(self) -> frozenset[str]:
        """Return the allowed hosts of images, in lower case."""
        return frozenset(host.strip().casefold() for host in self.image_hosts.split(",") if host.strip())

    def key(self) -> str:
        """Return the secret key, from the environment or the key file.

        Raises
        ------
        NotReady
            When there is none, it is too short, or its file can be read by others.
        """
        given = self.secret_key.get_secret_value()
        found = given or _read_key(self.key_file)
        if len(found) < SHORTEST_SECRET:
            raise NotReady(f"The secret key is shorter than {SHORTEST_SECRET} characters: let `onward init` make one.")
        return found


def _read_key(file: Path) -> str:
    if not file.exists():
        raise NotReady(f"There is no secret key: run `onward init` (it makes {file}), or set ONWARD_SECRET_KEY.")
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NotReady(f"Others can read the key file {file}: run `chmod 600 {file}`.")
    return file.read_text().strip()


def make_key_file(file: Path) -> None:
    """Write a new secret key into ``file`` with mode 600; a file that is there stays."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(token_urlsafe(32) + "\n")


def read() -> Settings:
    """Read the environment.

    Raises
    ------
    BadInput
        Naming each setting that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"ONWARD_{one['loc'][0]!s}".upper() + f" {one['msg']}" for one in error.errors())
        raise BadInput(f"Settings: {wrong}.") from error


def missing_for_production(settings: Settings) -> list[str]:
    """Return a sentence for each thing that production refuses to start without."""
    found = []
    for read_one in (settings.origin, settings.database, settings.key):
        try:
            read_one()
        except NotReady as error:
            found.append(str(error))
    return found


def masked(settings: Settings) -> dict[str, Any]:
    """Return the settings by their environment names, secrets and passwords masked."""
    shown = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        shown[f"ONWARD_{name.upper()}"] = _masked_value(name, value)
    return shown


def _masked_value(name: str, value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if name == "database_url":
        return _SECRET_QUERY.sub(r"\1********", _SECRET_USER.sub(r"\1********@", value))
    return str(value) if isinstance(value, Path | StrEnum) else value
