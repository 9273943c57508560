"""The catalogue: Items from files and feeds, and people's word on what may be shown."""

from connector.catalog.entries import FIELDS, CatalogEntry
from connector.catalog.export import export_catalog
from connector.catalog.files import CatalogFile, read_catalog
from connector.catalog.importing import CatalogReport, import_catalog
from connector.catalog.status import set_status

__all__ = [
    "FIELDS",
    "CatalogEntry",
    "CatalogFile",
    "CatalogReport",
    "export_catalog",
    "import_catalog",
    "read_catalog",
    "set_status",
]
