"""The book of recipes that is served before any other was set, as a file to begin from."""

DEFAULT_TEXT = """\
# The recipes of this site: which rows a page has, in which order, and what may stand in them.
# Change this file, look at it with `onward recipes check FILE`, and make it count with `onward recipes set FILE`.
# Every key: docs/reference/recipes.md. Lines that begin with # say nothing.

format = 1
time_zone = "UTC"        # of every date below, such as "Europe/Berlin"
curated_only = false     # true: nothing is shown but what was selected by hand, from the next request on
order = "strongest"      # the strongest rows first; "fixed": the rows stand as they are named below
# success = "passed"     # what success at an item is, from the next training on: "completed", "passed", or a score

[limits]
pins_max = 1             # most pinned cards of a row, besides the row of what was selected by hand
# rows_max = 6
# cards_max = 12
# row_min = 3
# because_rows_max = 3

# --- what may stand in every row ---------------------------------------------------------------------------------

# [[exclude]]
# name = "Never from Vendor Y"
# when = 'provider == "Vendor Y"'

# [[boost]]
# name = "Short first"
# when = "minutes <= 30"
# factor = 2

# --- what was selected by hand -----------------------------------------------------------------------------------

# [[pins]]
# item = "https://lms.example/course/view.php?id=7"
# from = 2027-01-11T09:00:00
# until = 2027-01-15    # the whole day

# --- the rows: what an earlier one shows, a later one does not ----------------------------------------------------

[[rows]]
kind = "up_next"         # Up next: the one step to take now, on a large card

[[rows]]
kind = "curated"         # Selected by L&D; no row as long as nothing is pinned

[[rows]]
kind = "renew"           # Time to renew: completions that hold no more

[[rows]]
kind = "new"             # New since your last visit

[[rows]]
kind = "because"         # Because you completed ...

[[rows]]
kind = "continue"        # Continue

[[rows]]
kind = "top_picks"       # Top picks for ...

[[rows]]
kind = "trending"        # Trending: what more people do of late than before

[[rows]]
kind = "succeeded"       # What people who succeeded at ... took; what success is: `success` above

[[rows]]
kind = "popular"         # Popular with people here

[[rows]]
kind = "short"           # 15 minutes or less
# minutes_max = 15

[[rows]]
kind = "topics"          # Explore topics: a tile for each, with what is left to do

[[rows]]
kind = "different"       # Try something different
"""
