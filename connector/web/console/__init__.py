"""The console: pages for who administers this site, under ``/admin``, apart from everything that a Learner sees."""
