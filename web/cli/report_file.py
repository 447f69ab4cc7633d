"""A JSONL file of failure reports: {id, text, codes?, make?, model?, year?} a line."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.errors import ImportRefused, InvalidInput
from domain.reports import FailureReport
from domain.vehicles import VehicleContext


@dataclass(frozen=True, slots=True)
class NamedReport:
    """One report with the id its answer will carry."""

    id: str
    report: FailureReport


class ReportLine(BaseModel):
    """One line as it is written; a key that is not known here is passed over."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str
    text: str = ""
    codes: list[str] = Field(default_factory=list[str])
    make: str | None = None
    model: str | None = None
    year: int | None = None

    def to_report(self) -> NamedReport:
        # A model without its make cannot be looked up; it stays in the text's hands.
        model = self.model if self.make else None
        vehicle = VehicleContext(make=self.make or None, model=model or None, year=self.year)
        return NamedReport(self.id, FailureReport.parse(self.text, tuple(self.codes), vehicle))


def read_reports(path: Path) -> list[NamedReport]:
    """Read every report of a file.

    Raises:
        ImportRefused: the file or one of its lines cannot be read; it names the line and why.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(str(path), f"cannot be read ({error}).") from error
    return [_report_of_line(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]


def _report_of_line(path: Path, number: int, line: str) -> NamedReport:
    try:
        return ReportLine.model_validate_json(line).to_report()
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "line"
        raise ImportRefused(f"{path}:{number}", f"{field}: {first['msg']}.") from error
    except InvalidInput as error:
        raise ImportRefused(f"{path}:{number}", f"{error}.") from error
