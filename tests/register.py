"""Editions of the register of qualifications, as files in its own shape, with invented names."""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

OFFERS = ("Age1416", "Age1619", "LocalFlexibilities", "AdvancedLearnerLoans")
PARTS = ("FundingAvailable", "FundingApprovalStartDate", "FundingApprovalEndDate", "Notes")
FACTS = (
    "QualificationName", "AwardingOrganisation", "QualificationNumber", "Level",
    "QualificationType", "Subcategory", "SectorSubjectArea", "Status",
)  # fmt: skip
BEGAN = dt.date(2015, 9, 1)
# The day of the edition that most tests are about, and the summer it settles.
SNAPSHOT = dt.date(2026, 2, 18)
SUMMER, YEAR_AFTER = dt.date(2026, 7, 31), dt.date(2028, 7, 31)


def written(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


@dataclass(frozen=True)
class Line:
    """One qualification; ``offers`` gives the last day of each, None for one without an end."""

    number: str = "60147034"
    title: str = "Kilnmark Level 2 Certificate in Pottery"
    body: str = "Kilnmark"
    level: str = "Level 2"
    offers: Mapping[str, dt.date | None] = field(default_factory=lambda: {"Age1619": YEAR_AFTER})
    notes: str = ""
    status: str = "Approved"

    def cells(self, snapshot: dt.date, codes: Sequence[str]) -> list[str]:
        facts = [self.title, self.body, self.number, self.level, "Occupational Qualification", "",
                 "Manufacturing technologies", self.status]  # fmt: skip
        for code in codes:
            if code in self.offers:
                facts += ["True", written(BEGAN), written(self.offers[code]), self.notes]
            else:
                facts += ["False", "", "", ""]
        return [written(snapshot), *facts, "https://kilnmark.example/"]


def headings(codes: Sequence[str] = OFFERS) -> list[str]:
    return [
        "DateOfOfqualDataSnapshot",
        *FACTS,
        *(f"{code}_{part}" for code in codes for part in PARTS),
        "AwardingOrganisationURL",
    ]


def edition(*lines: Line, snapshot: dt.date = SNAPSHOT, codes: Sequence[str] = OFFERS) -> bytes:
    """The bytes of a file."""
    return rows(headings(codes), *(line.cells(snapshot, codes) for line in lines))


def rows(*records: Sequence[str]) -> bytes:
    """Any cells as such a file writes them: UTF-8 with its mark."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(records)
    return out.getvalue().encode("utf-8-sig")


def many(number: int, **changes: object) -> list[Line]:
    """So many qualifications, each with a number of its own."""
    return [
        Line(number=f"{60000000 + place}", title=f"Kilnmark Award {place}", **changes)  # type: ignore[arg-type]
        for place in range(number)
    ]
