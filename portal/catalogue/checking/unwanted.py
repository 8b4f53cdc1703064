"""Words that our prose goes without, each with its reason.

Only sentences are looked at: other names of a job may hold what people type, such as “fireman”.
"""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Unwanted:
    """Words of a kind (“gender”), and what is wrong with them or what to write instead.

    ``words`` are parts of a regular expression; they are found whole, in capitals or not.
    """

    kind: str
    words: str
    reason: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds them."""
        return whole(self.words)


def whole(words: str) -> re.Pattern[str]:
    """What finds words that stand by themselves."""
    return re.compile(rf"(?<![\w’-])(?:{words})(?![\w-])", flags=re.IGNORECASE)


PEOPLE = "fire|police|post|sales|trades|business|camera|crafts|handy|milk|dust|work|repair|chair"
SIZE = r"(?:(?:re|down|over|out|up|mid|cap)?siz|priz)(?:e|es|ed|er|ers|ing)\b"
IZE = rf"(?!{SIZE})\w+[^aeiou\W]iz(?:e|es|ed|er|ers|ing|ations?)"

UNWANTED = (
    # Who a job is for.
    Unwanted("gender", rf"(?:{PEOPLE})(?:man|men|woman|women)", "Name the work: firefighter."),
    Unwanted("gender", "foreman|foremen|barmaid|barman|waitress(?:es)?", "Name the work."),
    Unwanted("gender", "(?:dinner|lollipop|tea|cleaning) (?:lady|ladies)", "Name the work."),
    Unwanted("gender", "housewi(?:fe|ves)|air hostess(?:es)?|stewardess(?:es)?", "Name the work."),
    Unwanted("gender", "manned|unmanned|manning|manpower|man-made", "Write staffed, staff, made."),
    Unwanted("gender", r"he or she|she or he|his or her|her or his|\(s\)he|s/he", "Write they."),
    Unwanted("gender", "lads|lasses|guys|gentlemen", "Write people."),
    Unwanted("gender", "male nurses?|lady drivers?|female engineers?", "Leave the gender out."),
    Unwanted("gender", "mumsy|motherly|fatherly|manly|feminine|masculine", "Say what is done."),
    # What somebody is worth.
    Unwanted("class", "unskilled|low-skilled|menial|humble", "All work takes skill; say which."),
    Unwanted("class", "(?:blue|white|pink)[- ]collar|working[- ]class|posh", "Name the work."),
    Unwanted("class", "proper jobs?", "Every job in here is one."),
    Unwanted("class", "(?:not|less|non-?) ?academic|less able|low achievers?", "Say what suits."),
    Unwanted("class", "bright (?:students?|pupils?|people)|brightest", "Say what they like doing."),
    # What sells.
    Unwanted("marketing", "exciting|amazing|fantastic|awesome|stunning|incredible", "Say a fact."),
    Unwanted("marketing", "passion|passionate|passionately", "Say what somebody does."),
    Unwanted("marketing", "world-class|world-leading|state-of-the-art|cutting-edge", "Say a fact."),
    Unwanted("marketing", "vibrant|fast-paced", "Give a number or none."),
    Unwanted("marketing", "dream (?:jobs?|careers?)|unlock your|kick-?start", "Say what happens."),
    Unwanted("marketing", "endless|limitless|unparalleled|unrivalled|second to none", "Say what."),
    Unwanted("marketing", "innovative|groundbreaking|game-chang(?:er|ing)", "Say what is new."),
    Unwanted("marketing", "make a (?:real )?difference|making a difference", "Say to whom, how."),
    Unwanted("marketing", "no two days are (?:ever )?the same|every day is different",
             "Say what differs: all jobs claim this."),
    Unwanted("marketing", "career journey|(?:great|unique|golden) opportunit(?:y|ies)", "Say it."),
    # Spellings.
    Unwanted("American", "(?:col|lab|neighb|behavi|fav|hon|harb|hum|flav|vap|rum|arm)or"
             "(?:s|ed|ing|ful|ite|ites|hood|al|able|y)?", "Write -our."),
    Unwanted("American", "centers?|centered|fibers?|theaters?|liters?|(?:centi|kilo|milli)meters?"
             "|calibers?|somber", "Write -re."),
    Unwanted("American", IZE, "Write -ise."),
    Unwanted("American", "analyz(?:e|es|ed|er|ers|ing)|paralyzed", "Write analyse."),
    Unwanted("American", "(?:travel|counsel|label|model|cancel|fuel|signal|jewel)(?:ed|ing|ers?|or"
             "|ors)|jewelry", "Write two l’s."),
    Unwanted("American", "fulfill|enroll(?:ment)?|skillful|instill", "One l."),
    Unwanted("American", "defense|offense|pretense", "Write -ence."),
    Unwanted("American", "gray|plow|aluminum|airplanes?|molds?|molded|molding|pajamas|cozy|tidbits"
             "|catalogs?|dialogs?|math|mom|gotten|sidewalks?|vacations?|pediatric|orthopedic"
             "|anesthetics?|hemoglobin|esthetic|licenced", "Write it the British way."),
)  # fmt: skip
# Nearly all sentences have none: one look says so.
ANY_UNWANTED = whole("|".join(unwanted.words for unwanted in UNWANTED))
