"""Routes as people read them: names, time, pay or cost at their age, and courses near them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from portal.catalogue.models import Course
from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.answers import Answers
from portal.climbing_frame.drawing import Stretch, stretches
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.graph import Hold
from portal.climbing_frame.route import Route, RouteKind, Step
from portal.climbing_frame.starting import LEAVING_AGE, MONTHS
from portal.content.formats import QualificationType
from portal.taxonomy import AgeBand, Family
from portal.templating import pounds

EARTH_MILES = 3958.8
FIRST_WAGE_YEARS = 19
MOST_COURSES = 3
MOST_INSTEAD = 4
ROUTE_NAMES = {
    RouteKind.WORK: "Straight into work",
    RouteKind.EARNING: "Earn while you learn",
    RouteKind.TECHNICAL: "Technical route",
    RouteKind.ACADEMIC: "Academic route",
    RouteKind.ADULT: "A second start for adults",
    RouteKind.MIXED: "A mix of routes",
}
ROUTE_FAMILIES = {
    RouteKind.WORK: Family.ESSENTIALS,
    RouteKind.EARNING: Family.APPRENTICESHIP,
    RouteKind.TECHNICAL: Family.TECHNICAL,
    RouteKind.ACADEMIC: Family.ACADEMIC,
    RouteKind.ADULT: Family.ADULT,
    RouteKind.MIXED: Family.SUPPORT,
}


@dataclass(frozen=True)
class CourseNear:
    """A course and how far it is; None when it has no place or nobody said where they are."""

    course: Course
    miles: float | None


@dataclass(frozen=True, eq=False)
class ToldStep:
    """One step with everything a page says of it."""

    step: Step
    age: int | None
    money: str
    new_skills: tuple[str, ...]
    instead: tuple[Hold, ...]
    courses: tuple[CourseNear, ...]
    other_courses: int

    @property
    def hold(self) -> Hold:
        """What is stepped on."""
        return self.step.hold


@dataclass(frozen=True, eq=False)
class ToldRoute:
    """One route with its name, its line of time and its steps."""

    route: Route
    number: int
    name: str
    family: Family
    line: tuple[Stretch, ...]
    steps: tuple[ToldStep, ...]


def tell(
    climb: Climb,
    routes: Sequence[Route],
    courses: Mapping[int, Sequence[CourseNear]],
    answers: Answers,
    vocabulary: Vocabulary,
) -> list[ToldRoute]:
    """Routes in the order found, each step with its money, new skills, courses and equals."""
    told = []
    for number, route in enumerate(routes, 1):
        gained = route.skills_gained()
        steps = []
        for index, step in enumerate(route.steps):
            near = courses.get(step.hold.entry_id, ())
            new = [s for s, first in gained.items() if first == index and s not in answers.skills]
            age = age_at(step, answers.age)
            steps.append(
                ToldStep(
                    step,
                    age,
                    money(step.hold, age, vocabulary),
                    tuple(new),
                    tuple(climb.instead_of(route, index)[:MOST_INSTEAD]),
                    tuple(near[:MOST_COURSES]),
                    max(0, len(near) - MOST_COURSES),
                )
            )
        told.append(
            ToldRoute(
                route,
                number,
                ROUTE_NAMES[route.kind],
                ROUTE_FAMILIES[route.kind],
                tuple(stretches(route)),
                tuple(steps),
            )
        )
    return told


def age_at(step: Step, age: int | None) -> int | None:
    """How old somebody will be when a step begins; nobody begins before they leave school."""
    return None if age is None else max(age, LEAVING_AGE) + step.begins // MONTHS


def money(hold: Hold, age: int | None, vocabulary: Vocabulary) -> str:
    """What a step pays or costs somebody of an age, in a sentence; empty when nothing is known."""
    if hold.is_role:
        return pay_of(hold.soc2020, vocabulary)
    return cost_of(vocabulary.qualification_types[hold.type], age, vocabulary)


def pay_of(soc2020: str, vocabulary: Vocabulary) -> str:
    """What is typical pay in an occupation, in a sentence; empty when it is not known."""
    pay = vocabulary.pay.get(soc2020)
    if pay is None or not pay.typical:
        return ""
    return f"{pounds(pay.typical)} a year is typical for this kind of work."


def cost_of(kind: QualificationType, age: int | None, vocabulary: Vocabulary) -> str:
    """What a kind of learning pays or costs at an age, in a sentence; empty when unknown."""
    if kind.family is Family.APPRENTICESHIP:
        return _apprentice_wage(age, vocabulary)
    if age is None:
        is_free = AgeBand.UNDER_19 in kind.free_for
        return "Free under 19. After that it depends on your age." if is_free else ""
    return kind.costs.get(AgeBand.of(age), "")


def _apprentice_wage(age: int | None, vocabulary: Vocabulary) -> str:
    wages = vocabulary.minimum_wages
    if "apprentice" not in wages:
        return ""
    first = f"You are paid: at least £{wages['apprentice'].pence / 100:.2f} an hour"
    if age is None or age < FIRST_WAGE_YEARS:
        return f"{first} while you are under 19 or in your first year. Many firms pay more."
    later = next(
        (
            row.pence
            for slug, row in wages.items()
            if slug == ("21-plus" if age + 1 > 20 else "18-to-20")  # noqa: PLR2004 - the band's name
        ),
        None,
    )
    then = f", then at least £{later / 100:.2f}" if later else ""
    return f"{first} in your first year{then}. Many firms pay more."


def near_first(
    courses: Iterable[Course], near: str | None, vocabulary: Vocabulary
) -> dict[int, list[CourseNear]]:
    """Courses by programme; the nearest first when somebody said where they are."""
    found: defaultdict[int, list[CourseNear]] = defaultdict(list)
    for course in courses:
        if course.programme_id is not None:
            found[course.programme_id].append(
                CourseNear(course, miles_between(near, course.district, vocabulary))
            )
    for group in found.values():
        group.sort(key=lambda c: (c.miles is None, c.miles or 0.0, c.course.provider.name))
    return found


def miles_between(one: str | None, other: str | None, vocabulary: Vocabulary) -> float | None:
    """Miles between two postcode districts, by the great circle; None when one is not known."""
    start, end = vocabulary.district(one), vocabulary.district(other)
    if start is None or end is None:
        return None
    north, south = radians(start.latitude), radians(end.latitude)
    half = sin((south - north) / 2) ** 2
    east = radians(end.longitude - start.longitude)
    return 2 * EARTH_MILES * asin(sqrt(half + cos(north) * cos(south) * sin(east / 2) ** 2))
