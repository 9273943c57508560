"""The templates, compiled once for each language: HTML is escaped, an unknown name is an error."""

from functools import lru_cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from widgets.assets import asset_names
from widgets.sentences import listed, number_text, share_text
from widgets.wording import Wording


@lru_cache(maxsize=512)
def template(name: str, wording: Wording) -> Template:
    """Return a compiled template that speaks ``wording``."""
    return _environment(wording).get_template(name)


@lru_cache(maxsize=64)
def _environment(wording: Wording) -> Environment:
    environment = Environment(
        loader=PackageLoader("widgets"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(wording.gettext, wording.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(language=wording.tag, direction=wording.direction, asset=asset_names())
    environment.filters.update(
        number=partial(number_text, wording=wording),
        share=partial(share_text, wording=wording),
        listed=partial(listed, wording=wording),
    )
    return environment
