"""What a service is made of: files, addresses, limits. Checked once, before anything is opened."""

import ipaddress
import zoneinfo
from dataclasses import dataclass, field
from pathlib import Path

from gridgeo.errors import GridgeoError

__all__ = ["LANGUAGES", "LOCAL_ROLES", "ConfigError", "ExtraLayer", "ServiceConfig", "is_loopback"]

LANGUAGES = ("zh", "en")
LOCAL_ROLES = ("viewer", "officer", "planner", "admin")
MEGABYTE = 1024 * 1024


class ConfigError(GridgeoError, ValueError):
    """The service cannot be started like this; the message says which option to change."""


@dataclass(frozen=True)
class ExtraLayer:
    """A layer shown beside those of the division: its name on the page and where it is read from."""

    name: str
    source: str

    @classmethod
    def parse(cls, text: str) -> "ExtraLayer":
        """Return the layer of ``NAME=FILE`` or ``NAME=FILE:LAYER``."""
        name, equals, source = text.partition("=")
        if not (equals and name.strip() and source.strip()):
            raise ConfigError(
                f"--layer {text!r} is not NAME=FILE:LAYER; write for example cameras=city.gpkg:cameras"
            )
        if not name.replace("-", "").replace("_", "").isalnum():
            raise ConfigError(f"--layer {text!r}: the name may have letters, digits, - and _ only")
        return cls(name, source)


@dataclass(frozen=True, kw_only=True)
class ServiceConfig:
    """All choices of one service.

    Attributes
    ----------
    division : the file that ``gridgeo divide`` wrote; read, never written.
    store : address of the incident store as SQLAlchemy writes it; a file beside the division when None.
    incidents : ``FILE`` or ``FILE:LAYER`` of incidents to take into the store once.
    host, port : where to listen.
    gazetteer : the list of places that addresses are found in.
    layers : further layers to show.
    basemap : address of tiles with ``{z}/{x}/{y}`` on the own network, or a ``.pmtiles`` file.
    users : who may sign in; without it the service answers on loopback only.
    local_role : what whoever sits at this machine may do where there are no users.
    tables : a folder with the own ``categories.csv``, ``workflow.toml``, ``workers.csv``, each optional.
    title, lang, timezone : of the pages; days are counted in the time zone.
    range : households that a grid should have, low and high, for the legend; the division's own when None.
    threads : how many requests are worked on at once.
    max_body : bytes that any request may send.
    max_waiting : requests that may queue before others are told to come back (503).
    reload_s : how often replaced files are looked for.
    follow_s : how often what other processes wrote is looked for.
    background : whether a thread does both; tests call ``Service.refresh`` instead.
    proxy : the address of a proxy before the service, whose word on who asks is taken.
    secure_cookies : whether browsers send the session over https only.
    """

    division: Path
    store: str | None = None
    incidents: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    gazetteer: Path | None = None
    layers: tuple[ExtraLayer, ...] = ()
    basemap: str | None = None
    users: Path | None = None
    local_role: str = "officer"
    tables: Path | None = None
    title: str | None = None
    lang: str = "zh"
    timezone: str = "Asia/Shanghai"
    range: tuple[int, int] | None = None
    threads: int = 8
    max_body: int = 8 * MEGABYTE
    max_waiting: int = 256
    reload_s: float = 2.0
    follow_s: float = 0.5
    background: bool = True
    proxy: str | None = None
    secure_cookies: bool = False
    trusted_hosts: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.users is None and not is_loopback(self.host):
            raise ConfigError(
                f"--host {self.host} can be reached from other machines, so people have to sign in: "
                "name them with --users users.toml (gridgeo user makes one), or leave --host out"
            )
        if self.lang not in LANGUAGES:
            raise ConfigError(f"--lang {self.lang!r} is not one of {', '.join(LANGUAGES)}")
        if self.local_role not in LOCAL_ROLES:
            raise ConfigError(f"--local-role {self.local_role!r} is not one of {', '.join(LOCAL_ROLES)}")
        if not 0 <= self.port <= 65535:
            raise ConfigError(f"--port {self.port} is not between 0 and 65535")
        if self.basemap is not None and "://" in self.basemap:
            _check_address(self.basemap)
        names = [layer.name for layer in self.layers]
        if len(set(names)) < len(names):
            raise ConfigError(f"--layer: a name stands twice in {', '.join(names)}")
        try:
            zoneinfo.ZoneInfo(self.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigError(
                f"--timezone {self.timezone!r} is unknown; write for example Asia/Shanghai"
            ) from error

    @property
    def store_url(self) -> str:
        """The address of the store, the default filled in."""
        return self.store or f"sqlite:///{self.division.with_suffix('.incidents.sqlite')}"

    @property
    def shown_title(self) -> str:
        """The title of the pages, the file's name by default."""
        return self.title or self.division.stem


def _check_address(address: str) -> None:
    """Refuse addresses of tiles that no browser could fill in."""
    is_web = address.startswith(("http://", "https://"))
    if (
        not is_web
        or not all(part in address for part in ("{z}", "{x}", "{y}"))
        or set(address) & set(" ;,'\"")
    ):
        raise ConfigError(
            f"--basemap {address!r}: write for example http://tiles.office/{{z}}/{{x}}/{{y}}.png, "
            "or name a .pmtiles file"
        )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address to listen on."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
