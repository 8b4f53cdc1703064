"""Planning: where do I start, what can I do from here, and how do I get there."""

from collections import defaultdict

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.accounts.access import open_to_everyone
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.models import Vacancy
from portal.catalogue.views.entries import FAMILY_NAMES
from portal.climbing_frame.access_to_frame import frame
from portal.climbing_frame.answers import Answers
from portal.climbing_frame.building import month_number
from portal.climbing_frame.drawing import longest
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.forms import QUESTIONS, Question, StartForm
from portal.climbing_frame.graph import Hold
from portal.climbing_frame.route import Route
from portal.climbing_frame.surveying import survey
from portal.climbing_frame.telling import ROUTE_NAMES, CourseNear, near_first, tell
from portal.climbing_frame.variations import variations
from portal.climbing_frame.visit import ruled_out
from portal.clock import today
from portal.extensions import db

views = Blueprint("planning", __name__)


def answers_given() -> Answers:
    """What the address says of the visitor."""
    return Answers.read(request.args, frame(), vocabulary())


def climb_of(answers: Answers) -> Climb:
    """A climb from these answers, beginning this month."""
    start = answers.start(month_number(today()))
    return Climb(frame(), start, frozenset(answers.want))


def goal_asked() -> Hold | None:
    """The goal that the address carries along while questions are asked."""
    return frame().holds.get(request.args.get("goal", ""))


def hold_or_404(folder: str, slug: str) -> Hold:
    """The hold at an address, or the answer that there is none."""
    hold = frame().holds.get(f"{folder}/{slug}")
    if hold is None:
        abort(404)
    return hold


def form_of(answers: Answers) -> StartForm:
    """The form, filled with what the address says as far as it makes sense."""
    form = StartForm(request.args, meta={"csrf": False})
    words = vocabulary()
    subjects = sorted({name for sector in words.sectors.values() for name in sector.subjects})
    form.like.choices = [(name, name) for name in subjects]
    by_sector: dict[str, list[tuple[str, str]]] = {"": [("", "No job, or I would rather not say")]}
    for role in sorted(frame().roles, key=lambda role: role.title):
        by_sector.setdefault(words.sector_name(role.sector), []).append((role.key, role.title))
    form.job.choices = by_sector
    by_level: dict[str, list[tuple[str, str]]] = {"": [("", "None, or I would rather not say")]}
    for programme in sorted(frame().programmes, key=lambda hold: (hold.rank, hold.title)):
        group = by_level.setdefault(words.level_name(programme.level), [])
        group.append((programme.key, programme.title))
    form.passed.choices = by_level
    places = [p for p in words.places.values() if p.kind == "district"]
    form.near.choices = [("", "I would rather not say")] + [(p.district, p.name) for p in places]
    form.level.data, form.english.data, form.maths.data = (
        answers.level,
        answers.english,
        answers.maths,
    )
    form.job.data, form.near.data = (answers.jobs[0] if answers.jobs else ""), answers.near or ""
    form.passed.data = answers.passed[0] if answers.passed else ""
    form.like.data, form.want.data = list(answers.like), [want.value for want in answers.want]
    return form


@views.get("/plan")
@open_to_everyone
def plan() -> str:
    """Begin: say where you start, or what you want to become."""
    return render_template("frame/plan.html", goal=goal_asked())


@views.get("/plan/questions/<name>")
@open_to_everyone
def question(name: str) -> str | Response | tuple[str, int]:
    """One question a page. What was answered so far stands in the address."""
    asked = next((q for q in QUESTIONS if q.name == name), None)
    if asked is None:
        abort(404)
    answers, goal = answers_given(), goal_asked()
    form = form_of(answers)
    if "go" in request.args:
        if form.validate():
            finished = request.args["go"] == "finish"
            return redirect(_after(None if finished else _next(asked), answers, goal), code=303)
        return _question_page(asked, form, answers, goal), 422
    form.age.errors = []
    return _question_page(asked, form, answers, goal)


def _question_page(asked: Question, form: StartForm, answers: Answers, goal: Hold | None) -> str:
    number = QUESTIONS.index(asked)
    back = QUESTIONS[number - 1].name if number else None
    return render_template(
        "frame/question.html",
        question=asked,
        number=number + 1,
        of=len(QUESTIONS),
        form=form,
        kept=[pair for pair in answers.pairs if pair[0] not in asked.fields],
        goal=goal,
        answers=answers,
        back=_address(f"/plan/questions/{back}" if back else "/plan", answers, goal),
    )


def _next(asked: Question) -> Question | None:
    following = QUESTIONS[QUESTIONS.index(asked) + 1 :]
    return following[0] if following else None


def _after(following: Question | None, answers: Answers, goal: Hold | None) -> str:
    """Where to go when a question was answered: the next one, or what comes of them all."""
    if following is not None:
        return _address(f"/plan/questions/{following.name}", answers, goal)
    return f"/plan/to/{goal.key}{answers.query()}" if goal else f"/plan/from-here{answers.query()}"


def _address(path: str, answers: Answers, goal: Hold | None) -> str:
    query = answers.query()
    if goal is None:
        return path + query
    return f"{path}{query}{'&' if query else '?'}goal={goal.key}"


@views.get("/plan/all")
@open_to_everyone
def all_questions() -> str | Response | tuple[str, int]:
    """Every question at once, for those who want that."""
    answers, goal = answers_given(), goal_asked()
    form = form_of(answers)
    status = 200
    if "go" in request.args:
        if form.validate():
            return redirect(_after(None, answers, goal), code=303)
        status = 422
    kept = [pair for pair in answers.pairs if pair[0] == "skill"]
    page = render_template("frame/all_questions.html", form=form, goal=goal, kept=kept)
    return (page, status) if status != 200 else page  # noqa: PLR2004


@views.get("/plan/from-here")
@open_to_everyone
def from_here() -> str | Response:
    """What one can do from here: learn next, ask for now, become later."""
    answers = answers_given()
    if not answers.is_given:
        return redirect("/plan/questions/level", code=303)
    climb = climb_of(answers)
    found = survey(climb, answers, vocabulary(), without=ruled_out())
    return render_template(
        "frame/from_here.html", answers=answers, found=found, family_names=FAMILY_NAMES
    )


@views.get("/plan/to/<any(roles, programmes):folder>/<slug>")
@open_to_everyone
def to(folder: str, slug: str) -> str:
    """Different ways to a goal, side by side; before anything was answered, the questions."""
    goal = hold_or_404(folder, slug)
    answers = answers_given()
    if not answers.is_given:
        return render_template("frame/plan.html", goal=goal)
    climb = climb_of(answers)
    routes = climb.routes(goal)
    told = tell(climb, routes, _courses(routes, answers), answers, vocabulary())
    return render_template(
        "frame/routes.html",
        goal=goal,
        answers=answers,
        routes=told,
        route_names=ROUTE_NAMES,
        scale=longest(route.line for route in told),
        obstacle=None if routes or goal.key in climb.start.held else climb.obstacle(goal),
        held=goal.key in climb.start.held,
        vacancies=_vacancies(routes),
        variations=variations(frame(), goal, answers, routes, month_number(today())),
    )


def _programmes(routes: list[Route]) -> list[int]:
    steps = (step for route in routes for step in route.steps)
    return sorted({step.hold.entry_id for step in steps if not step.hold.is_role})


def _vacancies(routes: list[Route]) -> dict[int, list[Vacancy]]:
    """Open vacancies by programme, those that close soonest first."""
    found: defaultdict[int, list[Vacancy]] = defaultdict(list)
    for vacancy in reading.vacancies(db.session, today(), programmes=_programmes(routes)):
        if vacancy.programme_id is not None:
            found[vacancy.programme_id].append(vacancy)
    return found


def _courses(routes: list[Route], answers: Answers) -> dict[int, list[CourseNear]]:
    courses = reading.courses_of(db.session, _programmes(routes), today())
    return near_first(courses, answers.near or vocabulary().area.centre, vocabulary())
