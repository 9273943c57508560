"""Item similarity and popularity, computed from who completed what, and when: pure functions over numbers."""
