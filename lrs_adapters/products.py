"""LRSs that need no code, only a Profile. None of these was run here: each is simulated from what ``sources`` name.

What nobody said is left at xAPI's own rule, which is the cautious side: order is verified on each page, the overlap is
read again, Consistent-Through can only move the low mark back.
"""

from datetime import timedelta

from lrs_adapters.base import MoreShape
from lrs_adapters.profiles import ConsistentThrough, EndCheck, Evidence, Profile

LEARNING_LOCKER = Profile(
    kind="learning-locker",
    product="Learning Locker",
    evidence=Evidence.SIMULATED,
    sources=(
        (
            "LearningLocker/xapi-service (source): `more` carries a cursor, default limit 100 and no highest, "
            "Consistent-Through is the present moment"
        ),
        "LearningLocker/learninglocker#663: old versions give an empty `more` after 200 statements",
    ),
    base_path="/data/xAPI",
    consistent_through=ConsistentThrough.NOW,
    more_shape=MoreShape.PATH,
    more_mark="cursor=",
)

SQL_LRS = Profile(
    kind="sql-lrs",
    product="SQL LRS (lrsql)",
    evidence=Evidence.SIMULATED,
    sources=(
        (
            "yetanalytics/lrsql doc/env_vars.md: LRSQL_STMT_GET_DEFAULT and LRSQL_STMT_GET_MAX are 50, "
            "LRSQL_URL_PREFIX is /xapi and stands in `more`"
        ),
        (
            "yetanalytics/lrsql src/main/lrsql/util/statement.clj: `more` is the prefix, the query and "
            "`from`, the first statement of the next page, in the order of its time-based keys; "
            "Consistent-Through is the present moment"
        ),
    ),
    base_path="/xapi",
    page_size=50,
    consistent_through=ConsistentThrough.NOW,
    more_shape=MoreShape.PATH,
    more_mark="from=",
    more_lacks_prefix=True,
)

ADL_LRS = Profile(
    kind="adl-lrs",
    product="ADL LRS",
    evidence=Evidence.SIMULATED,
    sources=(
        (
            "adlnet/ADL_LRS lrs/utils/retrieve_statement.py: `since` by stored, exclusive; at most "
            "SERVER_STMT_LIMIT (100); `more` is an id in a cache, gone after 24 hours with 404; the order is "
            "fixed when the first page is asked for"
        ),
        (
            "measured on a live ADL LRS: Consistent-Through is three seconds ago; `more` wants the version "
            "header; without credentials 400; errors are HTML"
        ),
    ),
    base_path="/xapi",
    page_size=100,
    consistent_through=ConsistentThrough.LAGS,
    more_shape=MoreShape.PATH,
    more_life=timedelta(hours=24),
    more_mark="/statements/more/",
)

SCORM_CLOUD = Profile(
    kind="scorm-cloud",
    product="SCORM Cloud",
    evidence=Evidence.SIMULATED,
    sources=(
        (
            "support.scorm.com, article 360019695213: read operations a minute are limited by plan, 429 above "
            "it; the numbers are not known here, so the pace is a cautious one"
        ),
        "adlnet/xAPIWrapper#98: `more` came empty although more was held",
    ),
    base_path="/tc/<id>",
    page_size=100,
    end_check=EndCheck.ALWAYS,
    rate_per_minute=60,
)

WATERSHED = Profile(
    kind="watershed",
    product="Watershed",
    evidence=Evidence.SIMULATED,
    sources=(
        "support.watershedlrs.com, article 211926883: 3,000 requests a minute for each set of credentials, then 429",
        (
            "support.watershedlrs.com, article 360018975991: the token endpoint of OAuth 2 client credentials "
            "is /api/organizations/<id>/oauth2/token; a key reads all statements only with the right Global"
        ),
    ),
    base_path="/api/organizations/<id>/lrs",
    rate_per_minute=3000,
)

VERACITY = Profile(
    kind="veracity",
    product="Veracity Learning",
    evidence=Evidence.SIMULATED,
    sources=(
        (
            "lrs.io, user manual: Basic with an access key; requests count against a daily limit that all "
            "interfaces share; statements with common mistakes are corrected"
        ),
    ),
    base_path="/xapi",
    rate_per_minute=120,
)

TRAX = Profile(
    kind="trax",
    product="TRAX LRS",
    evidence=Evidence.SIMULATED,
    sources=(
        "extended.traxlrs.com/docs/2.0/configuration: 100 statements unless a limit is asked for",
        "extended.traxlrs.com/docs/2.1/lrs: since 2.0 the endpoint is /trax/api/<id>/xapi/std, before /trax/ws/xapi",
    ),
    base_path="/trax/ws/xapi",
    page_size=100,
)

PRODUCTS = (LEARNING_LOCKER, SQL_LRS, ADL_LRS, SCORM_CLOUD, WATERSHED, VERACITY, TRAX)
"""All of this file, in the order of the command line's help."""
