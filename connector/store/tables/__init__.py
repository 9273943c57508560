"""The schema: what is kept, and nothing else. Every table but ``tenant`` is led by its Tenant.

``fact`` is all that is kept of a Statement; the small tables beside it say what Facts mean, so that a changed verb map,
roll-up, family, merge or un-merge takes effect at the next request and the next training without touching a Fact.
Names of people are nowhere; identifiers are keyed hashes. A login under way (``launch_state``) is sealed.
"""

from connector.store.tables.catalog import activity, family, feed, image, item, item_text
from connector.store.tables.columns import metadata
from connector.store.tables.console import account, console_session
from connector.store.tables.facts import fact, ignored_count, quarantine, voided_statement
from connector.store.tables.models import model, neighbours, recipe_book
from connector.store.tables.people import erased_person, identity, identity_link, launch_claim, learner
from connector.store.tables.platforms import deployment, invite, launch_state, platform
from connector.store.tables.shown import audit, event, job, slate
from connector.store.tables.site import choice, revision, secret, tenant
from connector.store.tables.sources import ignore_rule, source, source_cursor, source_day, verb, verb_map

__all__ = [
    "account",
    "activity",
    "audit",
    "choice",
    "console_session",
    "deployment",
    "erased_person",
    "event",
    "fact",
    "family",
    "feed",
    "identity",
    "identity_link",
    "ignore_rule",
    "ignored_count",
    "image",
    "invite",
    "item",
    "item_text",
    "job",
    "launch_claim",
    "launch_state",
    "learner",
    "metadata",
    "model",
    "neighbours",
    "platform",
    "quarantine",
    "recipe_book",
    "revision",
    "secret",
    "slate",
    "source",
    "source_cursor",
    "source_day",
    "tenant",
    "verb",
    "verb_map",
    "voided_statement",
]
