"""The command ``onward``: one group, each command loaded only when it is called."""

import sys
from importlib import import_module

import click

from connector import settings as environment
from connector.cli.base import configure_log, fail
from connector.errors import ConnectorError, NotReady
from connector.store.unavailable import DatabaseUnavailable
from lrs_adapters.base import LRSError

COMMANDS = {
    "init": ("setup", "init"),
    "settings": ("setup", "settings"),
    "keys": ("keys", "keys"),
    "tenant": ("tenants", "tenant"),
    "upgrade": ("setup", "upgrade"),
    "setup": ("console", "setup"),
    "account": ("console", "account"),
    "source": ("sources", "source"),
    "platform": ("platforms", "platform"),
    "match": ("match", "match"),
    "catalog": ("catalog", "catalog"),
    "images": ("images", "images"),
    "item": ("items", "item"),
    "items": ("families", "items"),
    "recipes": ("recipes", "recipes"),
    "verbs": ("verbs", "verbs"),
    "quality": ("quality", "quality"),
    "sync": ("work", "sync"),
    "train": ("work", "train"),
    "models": ("models", "models"),
    "evaluate": ("evaluate", "evaluate"),
    "worker": ("run", "worker"),
    "serve": ("run", "serve"),
    "demo": ("run", "demo"),
    "recommend": ("look", "recommend"),
    "why": ("why", "why"),
    "status": ("look", "status"),
    "doctor": ("look", "doctor"),
    "dump": ("dump", "dump"),
    "learner": ("learner", "learner"),
    "retention": ("keep", "retention"),
    "backup": ("keep", "backup"),
    "restore": ("keep", "restore"),
}
"""Each command's module in this package and its name there, in the order of ``onward --help``."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are wanted: ``onward status`` never loads the numeric libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return the command of that name, imported."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"connector.cli.{module}"), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="onward", prog_name="onward")
@click.option("--tenant", envvar="ONWARD_TENANT", help="Which organisation is meant, where there are several.")
def onward(tenant: str | None) -> None:  # noqa: ARG001 - commands ask `the_tenant` for it
    """Because you completed …: recommendations from your Learning Record Store, in your LMS.

    Settings come from the environment (ONWARD_*); `onward settings` shows them. Exit codes: 0 well, 1 something is
    wrong (the sentence says what to do), 2 wrong usage, 3 another process is doing it.
    """
    configure_log(environment.read().log_level)


def main() -> None:
    """Run the command; known errors become one sentence on standard error and an exit code."""
    try:
        onward.main(prog_name="onward", standalone_mode=True)
    except (ConnectorError, LRSError) as error:
        sys.exit(fail(error))
    except DatabaseUnavailable as error:
        sys.exit(fail(NotReady(f"The database does not answer now: {str(error.__cause__ or error).strip()}")))
