"""One door for every form of file: JSON, XML and tables are given as rows under our names."""

from collections.abc import Sequence
from pathlib import Path

from ingest.column_names import ColumnForm
from ingest.files import open_text
from ingest.json_rows import is_json, read_json
from ingest.tables import ReadTable, read_table
from ingest.xml_rows import is_xml, read_xml


def read_records(path: Path, forms: Sequence[ColumnForm], command: str) -> ReadTable:
    """Read a file in whichever of the forms knows most of its columns.

    Raises:
        ImportRefused: it cannot be read, or no form has all that it needs; it says what was found
            and what `battwheels <command>` would take.
    """
    file = open_text(path)
    if is_json(file):
        return read_json(file, forms, command)
    if is_xml(file):
        return read_xml(file, forms, command)
    return read_table(file, forms, command)
