"""The commands of the documentation are those of the program: each exists, with its options."""

import re

import click
import pytest
from click.testing import CliRunner

from connector.cli import onward
from connector.cli.base import BUSY, FAILED
from tests.docs.pages import ROOT, every_page, onward_commands, rows, sections, shell_lines

PAGES = every_page()


def walked(command: click.Command, name: str) -> dict[str, click.Command]:
    """Every command below ``command`` by its full name."""
    if not isinstance(command, click.Group):
        return {name: command}
    found = {} if name == "onward" else {name: command}
    context = click.Context(command)
    for below in command.list_commands(context):
        found |= walked(command.get_command(context, below), f"{name} {below}")
    return found


COMMANDS = walked(onward, "onward")


def own_words(command: click.Command) -> set[str]:
    """The options and arguments of one command, as the reference writes them."""
    options = {name for one in command.params if isinstance(one, click.Option) for name in one.opts}
    return options | {one.name.upper() for one in command.params if isinstance(one, click.Argument)}


def test_every_command_is_in_the_reference():
    assert set(sections("commands.md")) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_in_its_section(name):
    documented = re.findall(r"^\| `([^`]+)` \|", sections("commands.md")[name], flags=re.MULTILINE)
    assert set(documented) == own_words(COMMANDS[name])


def test_the_exit_codes_are_those_of_the_program():
    codes = [row[0] for row in rows("commands.md") if row[0].isdigit()]
    assert codes == ["0", str(FAILED), "2", str(BUSY)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_onward_command_in_a_page_can_be_parsed(page):
    for arguments in onward_commands(page):
        parse(onward, "onward", arguments)


def parse(command: click.Command, name: str, arguments: list[str], parent: click.Context | None = None) -> None:
    """Parse as the program would, without running anything; click's own error says what is wrong."""
    with CliRunner().isolation(input="y\n"):
        context = command.make_context(name, list(arguments), parent=parent)
    if isinstance(command, click.Group):
        below = command.get_command(context, context._protected_args[0])
        assert below is not None, f"{name} has no command {context._protected_args[0]}"
        parse(below, context._protected_args[0], context.args, context)


def test_the_tutorial_needs_no_command_but_those_that_start_it():
    first_words = {arguments[0] for arguments in onward_commands(ROOT / "docs/tutorial/moodle-and-an-lrs.md")}
    assert first_words == {"init", "serve", "worker"}


def test_the_two_commands_of_the_readme_come_first_and_are_targets_of_the_makefile():
    commands = [line for line in shell_lines(ROOT / "README.md") if line.startswith("make")]
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert commands == ["make demo", "make test", "make install"]
    assert {"demo", "test", "install"} <= set(targets)
