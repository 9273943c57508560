from datetime import timedelta

from sqlalchemy import func, select

from connector.store import events, retention, tables


def test_what_is_older_than_its_retention_goes_and_the_rest_stays(sessions, tenant, now):
    with sessions.begin() as session:
        events.audit(session, tenant, "launch_refused", "old", {}, now - timedelta(days=181))
        events.audit(session, tenant, "launch_refused", "new", {}, now - timedelta(days=179))
    with sessions.begin() as session:
        gone = retention.forget_old(session, tenant, now)
    with sessions() as session:
        left = session.scalar(select(func.count()).select_from(tables.audit))
    assert gone == {"launch_state": 0, "quarantine": 0, "slate": 0, "event": 0, "audit": 1}
    assert left == 1
