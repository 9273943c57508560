"""Read a Source into Facts: one transaction a page, together with its position.

Two reads of one Source share a position: a *tail* that only adds, often, and a *sweep* of the overlap that finds what
came late. Everything can be read once more from the beginning, and single days can be compared with the LRS. Killed at
any moment, the next run goes on from the last page that was committed; a Statement that comes twice is kept once.
"""

from connector.sync.progress import Progress, WalkKind
from connector.sync.reading import JOB, Reading, Stopped, SyncReport, Tell, quiet
from connector.sync.reconcile import JOB as RECONCILE
from connector.sync.reconcile import ComparedDay, ReconcileReport, can_compare, comparing_is_due, furthest, reconcile
from connector.sync.walks import AGAIN, SWEEP, WALK, read_again, sync

__all__ = [
    "AGAIN",
    "JOB",
    "RECONCILE",
    "SWEEP",
    "WALK",
    "ComparedDay",
    "Progress",
    "Reading",
    "ReconcileReport",
    "Stopped",
    "SyncReport",
    "Tell",
    "WalkKind",
    "can_compare",
    "comparing_is_due",
    "furthest",
    "quiet",
    "read_again",
    "reconcile",
    "sync",
]
