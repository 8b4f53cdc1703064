"""What a single value of a content file may be: words, slugs, dates, and the closed lists."""

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
PARTIAL_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")


def curly(text: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever the file held
    """Straight quotes and apostrophes as the house sets them."""
    if not isinstance(text, str):
        return text
    text = re.sub(r"(?<=\w)'|'(?=\d0s)", "’", text)
    text = re.sub(r'(^|[\s(\[])"', r"\1“", text)
    text = text.replace('"', "”")
    return re.sub(r"(^|[\s(\[])'", r"\1‘", text).replace("'", "’")


def date_in_words(value: Any) -> Any:  # noqa: ANN401
    """Source dates are as exact as what is known: a year, a month, a day."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    return value


def listed(value: Any) -> Any:  # noqa: ANN401
    """A CSV cell that holds several values has semicolons between them."""
    return [part.strip() for part in value.split(";")] if isinstance(value, str) else value


Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=90)]
Words = Annotated[str, BeforeValidator(curly), StringConstraints(min_length=1, max_length=500)]
Title = Annotated[str, BeforeValidator(curly), StringConstraints(min_length=2, max_length=110)]
Summary = Annotated[str, BeforeValidator(curly), StringConstraints(min_length=10, max_length=170)]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=500)]
District = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}\d{1,2}$")]
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
SourceDate = Annotated[
    str, BeforeValidator(date_in_words), StringConstraints(min_length=4, max_length=40)
]
Slugs = Annotated[tuple[Slug, ...], BeforeValidator(listed)]
# As the regulator writes it: 601/4703/4, sometimes with a last X.
QualificationNumber = Annotated[str, StringConstraints(pattern=r"^\d{3}/\d{4}/[\dX]$")]

Pattern = Literal[
    "daytime", "evenings", "nights", "weekends", "shifts", "on-call", "flexible", "part-time",
    "seasonal", "away-from-home", "self-employed", "term-time",
]  # fmt: skip
Workplace = Literal[
    "home", "office", "shop", "school", "hospital", "clinic", "care-home", "peoples-homes",
    "community", "laboratory", "workshop", "factory", "pottery", "warehouse", "kitchen", "hotel",
    "salon", "studio", "stage", "building-site", "outdoors", "farm", "on-the-road", "vehicle",
    "railway", "station", "court", "prison", "military-base", "gym", "museum",
]  # fmt: skip
WayIn = Literal[
    "apprenticeship", "college", "sixth-form", "university", "work", "volunteering", "direct",
    "training",
]  # fmt: skip
StudyLoad = Literal["full-time", "part-time", "work-based", "day-release", "evenings", "online"]
EnglishAndMaths = Literal["none", "working-towards", "grade-3", "grade-4", "grade-5"]
Audience = Literal["young-people", "parents", "adults", "advisers", "employers"]
Situation = Literal[
    "choosing", "at-school", "no-plan", "results", "apprenticeships", "send", "care-experienced",
    "carers", "adult", "out-of-work", "health-condition", "new-to-england", "worried", "employer",
]  # fmt: skip
Importance = Annotated[int, Field(ge=1, le=3)]
Exams = Literal["most", "some", "few"]
Grade = Literal["entry", "grade-3", "grade-4", "grade-5"]
HoldPath = Annotated[
    str, StringConstraints(pattern=r"^(?:roles|programmes)/[a-z0-9]+(?:-[a-z0-9]+)*$")
]
