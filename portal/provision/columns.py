"""The national course directory’s three spreadsheets: their columns and what each may hold.

The names, limits and answers are those of the directory’s own upload, so that a file which a
college already sends there can be sent here. A rule about one cell stands in this table; a rule
that needs two cells has its words here (``Need``) and is kept in ``checking_rows``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Need(StrEnum):
    """When a cell must be filled in, in the words of the directory."""

    NEVER = "no"
    ALWAYS = "yes"
    UNLESS_FLEXIBLE = "when FLEXIBLE_START_DATE is empty"
    UNLESS_DATED = "when START_DATE is empty"
    AT_A_VENUE = "when DELIVERY_MODE is Classroom or Blended Learning"
    AT_WORK = "when DELIVERY_MODE is Work based"
    IN_PLACES = "when DELIVERY_MODE is Work based and NATIONAL_DELIVERY is not Yes"
    WITHOUT_COST_DESCRIPTION = "when COST_DESCRIPTION is empty"
    WITHOUT_COST = "when COST is empty"


@dataclass(frozen=True)
class Column:
    """One column: what it asks for, when, how many characters at most, and which answers.

    ``answers`` leads from an answer as the directory writes it to the value that an offer keeps;
    ``also_written`` from other ways of writing it to the directory’s own. ``is_long`` cells may
    have several lines.
    """

    name: str
    asks: str
    need: Need = Need.NEVER
    most: int | None = None
    example: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    also_written: Mapping[str, str] = field(default_factory=dict)
    is_long: bool = False


@dataclass(frozen=True)
class Format:
    """One kind of spreadsheet: ``rows_are`` says in the plural what stands in its rows."""

    rows_are: str
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The headings, in their order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by their headings."""
        return {column.name: column for column in self.columns}


def _long(name: str, asks: str, *, need: Need = Need.NEVER, most: int = 500) -> Column:
    return Column(name, asks, need=need, most=most, is_long=True)


YES = "Yes"
YES_OR_NO = {YES: "yes", "No": "no"}

# The answers of the directory, and what an offer keeps for each.
MODES = {
    "Classroom": "classroom",
    "Online": "online",
    "Work based": "work-based",
    "Blended Learning": "blended",
}
UNITS = {unit: unit.lower() for unit in ("Minutes", "Hours", "Days", "Weeks", "Months", "Years")}
STUDY_MODES = {"Full time": "full-time", "Part time": "part-time", "Flexible": "flexible"}
ATTENDANCE = {
    "Daytime": "daytime",
    "Evening": "evening",
    "Weekend": "weekend",
    "Day/Block Release": "day-release",
}
SKILLS_BOOTCAMP = "Skills Bootcamp"
COURSE_TYPES = {SKILLS_BOOTCAMP: "skills-bootcamp"}
LEVELS = {"Entry Level": "entry"} | {level: level for level in "1234567"}
# Each of the directory’s sectors is one of the 15 national routes.
SECTORS = {
    "ENVIRONMENTAL": "animals-and-land",
    "BUSINESSADMIN": "business",
    "CARE": "care",
    "CATERINGHOSP": "food-and-hospitality",
    "CONSTRUCTION": "construction",
    "CREATIVE": "creative",
    "DIGITAL": "digital",
    "EDUCATION": "education",
    "ENGMAN": "engineering",
    "BEAUTY": "hair-and-beauty",
    "HEALTH": "health-and-science",
    "LEGALFINANCE": "law-and-finance",
    "PROTECTIVE": "protective-services",
    "SALESMARKETING": "sales-and-marketing",
    "TRANSPORT": "transport-and-logistics",
}
SECTOR_DESCRIPTIONS = {
    "Agriculture, environmental and animal care": "ENVIRONMENTAL",
    "Business and administration": "BUSINESSADMIN",
    "Care services": "CARE",
    "Catering and hospitality": "CATERINGHOSP",
    "Construction and the built environment": "CONSTRUCTION",
    "Creative and design": "CREATIVE",
    "Education and early years": "EDUCATION",
    "Engineering and manufacturing": "ENGMAN",
    "Hair and beauty": "BEAUTY",
    "Health and science": "HEALTH",
    "Legal, finance and accounting": "LEGALFINANCE",
    "Protective services": "PROTECTIVE",
    "Sales, marketing and procurement": "SALESMARKETING",
    "Transport and logistics": "TRANSPORT",
}

_ABOUT = (
    _long("WHO_THIS_COURSE_IS_FOR", "who this course is for", need=Need.ALWAYS, most=2000),
    _long("ENTRY_REQUIREMENTS", "what somebody needs before they start"),
    _long("WHAT_YOU_WILL_LEARN", "the main topics"),
    _long("HOW_YOU_WILL_LEARN", "how the course is taught"),
    _long("WHAT_YOU_WILL_NEED_TO_BRING", "what to bring"),
    _long("HOW_YOU_WILL_BE_ASSESSED", "how the course is assessed"),
    _long("WHERE_NEXT", "what people can do afterwards"),
    Column("COURSE_NAME", "the name of the course", need=Need.ALWAYS, most=255),
    Column("YOUR_REFERENCE", "your own reference for the course", most=255),
)
_RUN = (
    Column(
        "DELIVERY_MODE",
        "how the course is given",
        need=Need.ALWAYS,
        answers=MODES,
        also_written={"Classroom based": "Classroom", "Blended": "Blended Learning"},
    ),
    Column(
        "START_DATE",
        "the first day as DD/MM/YYYY",
        need=Need.UNLESS_FLEXIBLE,
        example="31/01/2030",
    ),
    Column(
        "FLEXIBLE_START_DATE",
        "Yes, if people can start at any time",
        need=Need.UNLESS_DATED,
        answers=YES_OR_NO,
    ),
    Column("VENUE_NAME", "the name of one of your venues", need=Need.AT_A_VENUE, most=255),
    Column(
        "YOUR_VENUE_REFERENCE",
        "your own reference for the venue",
        need=Need.AT_A_VENUE,
        most=255,
    ),
    Column(
        "NATIONAL_DELIVERY",
        "Yes, if you give the course anywhere in England, or No",
        need=Need.AT_WORK,
        answers=YES_OR_NO,
    ),
    Column(
        "SUB_REGION",
        "the areas where you give the course, with ; between them",
        need=Need.IN_PLACES,
        # All areas together have 1,900; the directory itself sets no limit.
        most=3000,
        example="Derby;Norfolk;Leicester;Brent",
    ),
    Column(
        "COURSE_WEBPAGE",
        "the course’s own web address, beginning with https://",
        need=Need.ALWAYS,
        most=255,
        example="https://www.provider.com/coursename",
    ),
    Column(
        "COST",
        "the price in pounds",
        need=Need.WITHOUT_COST_DESCRIPTION,
        example="1500.00",
    ),
    Column(
        "COST_DESCRIPTION",
        "what the price includes, or who pays nothing",
        need=Need.WITHOUT_COST,
        most=255,
    ),
    Column("DURATION", "a whole number from 1 to 999", need=Need.ALWAYS, example="18"),
    Column("DURATION_UNIT", "the unit of the duration", need=Need.ALWAYS, answers=UNITS),
    Column("STUDY_MODE", "the study mode", need=Need.AT_A_VENUE, answers=STUDY_MODES),
    Column(
        "ATTENDANCE_PATTERN",
        "when people come",
        need=Need.AT_A_VENUE,
        answers=ATTENDANCE,
        also_written={"Day release": "Day/Block Release", "Block release": "Day/Block Release"},
    ),
)

COURSES = Format(
    "courses with a learning-aim code",
    (
        Column(
            "LARS_QAN",
            "the code of the learning aim, 8 digits and letters",
            need=Need.ALWAYS,
            example="50079281",
        ),
        *_ABOUT,
        *_RUN,
    ),
)
OTHER_COURSES = Format(
    "courses without a learning-aim code",
    (
        Column("COURSE_TYPE", "the type of course", need=Need.ALWAYS, answers=COURSE_TYPES),
        Column(
            "SECTOR",
            "the code of the sector",
            need=Need.ALWAYS,
            answers=SECTORS,
            also_written=SECTOR_DESCRIPTIONS,
        ),
        Column(
            "EDUCATION_LEVEL",
            "the level",
            need=Need.ALWAYS,
            answers=LEVELS,
            also_written={"Entry": "Entry Level"} | {f"Level {n}": n for n in "1234567"},
        ),
        Column("AWARDING_BODY", "the awarding body", need=Need.ALWAYS, most=255),
        *_ABOUT,
        *_RUN,
    ),
)
VENUES = Format(
    "venues",
    (
        Column("YOUR_VENUE_REFERENCE", "your own reference for it", need=Need.ALWAYS, most=255),
        Column("VENUE_NAME", "the name of the venue", need=Need.ALWAYS, most=255),
        Column("ADDRESS_LINE_1", "the first line of the address", need=Need.ALWAYS, most=100),
        Column("ADDRESS_LINE_2", "the second line of the address", most=100),
        Column("TOWN_OR_CITY", "the town or city", need=Need.ALWAYS, most=75),
        Column("COUNTY", "the county", most=75),
        Column("POSTCODE", "the postcode", need=Need.ALWAYS, example="ST1 1AA"),
        Column("EMAIL", "an email address", most=254, example="courses@example.org"),
        Column("PHONE", "a phone number", most=30, example="01782 000000"),
        Column("WEBSITE", "a web address, beginning with https://", most=255),
    ),
)
FORMATS = (COURSES, OTHER_COURSES, VENUES)

# Headings that the directory used before, and what became of each.
RENAMED = {"ID": "YOUR_REFERENCE", "VENUE": "VENUE_NAME", "URL": "COURSE_WEBPAGE"}
REMOVED = frozenset({"ADVANCED_LEARNER_OPTION", "ADULT_EDUCATION_BUDGET", "REGION"})

# Columns of ours: where a row stood in the file that came, and what was wrong with it.
ROW, ERRORS = "ROW", "ERRORS"
# Stands for the cells of a row that reach beyond the headings.
NO_HEADING = "NO_HEADING"

# The areas of England that SUB_REGION may name: whole regions, and the parts of them.
REGIONS = (
    "North East", "North West", "Yorkshire and The Humber", "East Midlands", "West Midlands",
    "East of England", "London", "South East", "South West",
)  # fmt: skip
SUB_REGIONS = (
    "County Durham", "Darlington", "Gateshead", "Hartlepool", "Middlesbrough",
    "Newcastle upon Tyne", "North Tyneside", "Northumberland", "Redcar and Cleveland",
    "South Tyneside", "Stockton-on-Tees", "Sunderland", "Halton", "Warrington",
    "Blackburn with Darwen", "Blackpool", "Cheshire East", "Cheshire West and Chester", "Bolton",
    "Bury", "Manchester", "Oldham", "Rochdale", "Salford", "Stockport", "Tameside", "Trafford",
    "Wigan", "Knowsley", "Liverpool", "St Helens", "Sefton", "Wirral", "Cumbria", "Lancashire",
    "Kingston upon Hull", "East Riding of Yorkshire", "North East Lincolnshire",
    "North Lincolnshire", "York", "Barnsley", "Doncaster", "Rotherham", "Sheffield", "Bradford",
    "Calderdale", "Kirklees", "Leeds", "Wakefield", "North Yorkshire", "Derby", "Derbyshire",
    "Leicester", "Leicestershire", "Lincolnshire", "Northamptonshire", "Nottingham",
    "Nottinghamshire", "Rutland", "Herefordshire", "Telford and Wrekin", "Stoke-on-Trent",
    "Shropshire", "Birmingham", "Coventry", "Dudley", "Sandwell", "Solihull", "Walsall",
    "Wolverhampton", "Staffordshire", "Warwickshire", "Worcestershire", "Bedford",
    "Cambridgeshire", "Central Bedfordshire", "Essex", "Hertfordshire", "Luton", "Norfolk",
    "Peterborough", "Southend-on-Sea", "Suffolk", "Thurrock", "City of London",
    "Barking and Dagenham", "Barnet", "Bexley", "Brent", "Bromley", "Camden", "Croydon", "Ealing",
    "Enfield", "Greenwich", "Hackney", "Hammersmith and Fulham", "Haringey", "Harrow", "Havering",
    "Hounslow", "Islington", "Kensington and Chelsea", "Kingston upon Thames", "Lambeth",
    "Lewisham", "Merton", "Newham", "Redbridge", "Richmond upon Thames", "Southwark", "Sutton",
    "Tower Hamlets", "Waltham Forest", "Wandsworth", "Westminster", "Medway", "Bracknell Forest",
    "West Berkshire", "Reading", "Slough", "Windsor and Maidenhead", "Wokingham", "Milton Keynes",
    "Brighton and Hove", "Portsmouth", "Southampton", "Isle of Wight", "Buckinghamshire",
    "East Sussex", "Hampshire", "Kent", "Oxfordshire", "Surrey", "West Sussex",
    "Bath and North East Somerset", "Bristol", "North Somerset", "South Gloucestershire",
    "Plymouth", "Torbay", "Bournemouth", "Poole", "Swindon", "Cornwall", "Isles of Scilly",
    "Wiltshire", "Devon", "Dorset", "Gloucestershire", "Somerset",
)  # fmt: skip
AREAS = frozenset(REGIONS + SUB_REGIONS)
