"""``onward serve``, ``worker``, ``demo``."""

import gc
import os
from tempfile import TemporaryDirectory
from typing import Any

import click

from connector import settings as environment
from connector.cli.base import quiet_log, the_site, the_tenant
from connector.errors import NotReady
from connector.settings import Settings, missing_for_production


@click.command()
def serve() -> None:
    """Serve pages with gunicorn: several processes, preloaded. Behind a proxy with https; see docs/how-to/deploy.md."""
    settings = environment.read()
    missing = missing_for_production(settings)
    if missing:
        raise NotReady(" ".join(missing))
    the_site()
    with TemporaryDirectory(prefix="onward-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        _gunicorn(settings)


def _gunicorn(settings: Settings) -> None:
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - only this command needs it
    from prometheus_client import multiprocess  # noqa: PLC0415 - after the folder is known

    from connector.app import create_app  # noqa: PLC0415 - after the folder is known

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
        def load_config(self) -> None:
            for name, value in _options(settings, multiprocess).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return create_app(settings)

    Server().run()


def _options(settings: Settings, multiprocess: Any) -> dict[str, Any]:
    return {
        "bind": settings.listen,
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": "gthread",
        "preload_app": True,
        "accesslog": None,
        "loglevel": "warning",
        "graceful_timeout": 20,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "pre_fork": _before_fork,
        "post_fork": _after_fork,
        "child_exit": lambda _server, worker: multiprocess.mark_process_dead(worker.pid),
    }


def _before_fork(_server: Any, _worker: Any) -> None:
    """Let what was loaded stay shared: what is frozen is not looked through, so its pages are not copied."""
    gc.collect()
    gc.freeze()


def _after_fork(server: Any, _worker: Any) -> None:
    """Give each worker process its own database connections."""
    server.app.callable.extensions["onward_engine"].dispose(close=False)


@click.command()
def worker() -> None:
    """Read the LRSs and train, each on its clock, until stopped. Several workers never do the same work twice.

    Works for all tenants, for one alone where `--tenant` names it.
    """
    from connector.cli.working import work_for_all  # noqa: PLC0415 - only this command needs it
    from connector.worker import run  # noqa: PLC0415 - only this command needs it

    settings, site = the_site()
    if the_tenant():
        run(settings, site)
    else:
        work_for_all(settings, site)


@click.command()
@click.option("--port", type=int, default=8010, show_default=True, help="Port of the demo LMS; the next free if busy.")
def demo(port: int) -> None:
    """Run the whole thing on this machine with simulated people: a real LRS, this tool, and a demo LMS."""
    from connector.demo.run import run  # noqa: PLC0415 - only this command needs it

    run(port, quiet_log)
