"""Serve: the live history and the current Model in, a Slate out."""

from connector.serve.admission import Admission
from connector.serve.links import course_iris, platform_hosts, with_start_link
from connector.serve.page import Serve, viewer_of
from connector.serve.served import ServedPage
from connector.serve.shelves import Shelves

__all__ = [
    "Admission",
    "Serve",
    "ServedPage",
    "Shelves",
    "course_iris",
    "platform_hosts",
    "viewer_of",
    "with_start_link",
]
