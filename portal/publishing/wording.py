"""What in a text a person should read before young people do.

Adults write for young people here, and must never reach them past their advisers. So a phone
number, a mail address, a name on another service, a link or a phrase that has no place in an offer
holds the text for a moderator. A doubt is not a verdict: it says what was found and why it matters,
in words for the writer and the moderator alike.

Pure: no Flask, no database. Every pattern is bounded, so time grows with the text and no faster.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice

from portal.publishing.folding import Folded, closed_up, folded
from portal.publishing.phone_numbers import phone_numbers

MOST_DOUBTS = 20


class DoubtKind(StrEnum):
    """What a piece of text looks like."""

    PHONE = "phone"
    MAIL = "mail"
    HANDLE = "handle"
    LINK = "link"
    PHRASE = "phrase"


@dataclass(frozen=True)
class Doubt:
    """A piece of text that a person should read, and one plain sentence that says why."""

    kind: DoubtKind
    found: str
    why: str


@dataclass(frozen=True)
class Sign:
    """Wordings that raise a doubt; a word such as “never” just before may excuse them."""

    kind: DoubtKind
    why: str
    wordings: tuple[str, ...]
    is_excused_by_no: bool = False


PHONE_WHY = "This looks like a phone number: people get in touch through the portal instead."
MAIL_WHY = "This looks like a mail address: people get in touch through the portal instead."
HANDLE_WHY = "This leads to another app, where nobody looks after young people’s safety."
LINK_WHY = "This looks like a web address: put it in the field for links, if the form has one."
OUTSIDE_WHY = "This asks people to get in touch outside the portal."
MONEY_WHY = "Young people must never be asked to pay for a place, a check or a kit."
OPEN_WHY = "Nothing here may be kept from parents, carers or a school."
ALONE_WHY = "Young people may always bring somebody, and somebody must know where they are."
CASH_WHY = "Pay goes through the books with a payslip, which protects a young worker."
PICTURE_WHY = "Nobody may ask young people for pictures of themselves."
LOOKS_WHY = "Offers are about work: how somebody looks, or whom they love, has no place in them."
UNPAID_WHY = "A trial that does the work of a job must be paid."
PRIVATE_WHY = "Nobody from a placement may be alone with a young person in a car, a home or a pub."
PAPERS_WHY = "Bank details and identity papers are never asked for in an offer."

# In these tables a space is any short gap and “…” is up to three words.
FAMILY = r"(?:parents?|mum|mom|dad|mother|father|carers?|school|teachers?|schools|family|adviser)"
PHRASES: tuple[tuple[str, bool, tuple[str, ...]], ...] = (
    (
        OUTSIDE_WHY,
        False,
        (
            (
                r"(?:text|ring|call|phone|e ?mail|mail|message|msg|contact|facetime|skype|inbox"
                r"|friend|add|private message|direct message|find|buzz|bell|viber|snap) ?me\b"
            ),
            r"(?:text|message|msg|inbox|snap) us\b|hit (?:me up|my line)|look me up|slide into",
            r"drop (?:me|us) a (?:text|message|mail|dm)|friend code",
            r"(?<!\d)(?<!\d\x20)pm (?:me|us)\b|dm (?:me|us|for|if|to|on)\b|(?:my|our|the) dms\b",
            r"(?:not through|outside|outside of|off) the portal|link in (?:my|our|the) bio",
        ),
    ),
    (
        MONEY_WHY,
        True,
        (
            (
                r"(?:application|registration|joining|admin|administration|booking|processing) "
                r"(?:fee|charge)s?\b"
            ),
            r"(?:fees?|pay) to (?:apply|join|register|start|book|secure|work)\b",
            r"pay for your(?: own)? (?:dbs|check|uniform|training|kit|card)",
            r"(?:you|must) pay … (?:fee|deposit)\b|pay (?:us|me) (?:up ?front|first|in advance|£)",
            r"send (?:us|me) £\d",
            r"(?:£\d{1,5}|pounds) for (?:a|the|your) … (?:check|dbs|kit|uniform|card)\b",
            r"(?:pounds|quid) to (?:join|apply|start|register)|cover the cost of your\b",
            (
                r"£\d{1,5} … (?:to (?:hold|secure|apply|register|reserve|book|join)"
                r"|(?:secures|holds|reserves|books))\b"
            ),
            r"(?:fee|deposit|charge) (?:is )?(?:payable|required|due|applies)\b",
            r"buy (?:your|a|the) … from us|(?:starter|training) kit from us",
        ),
    ),
    (
        OPEN_WHY,
        False,
        (
            (
                r"(?:no need to|need not|do not|dont|never|not have to|not need to|without) "
                rf"tell(?:ing)? (?:your |the |any )?(?:{FAMILY}|anyone|anybody)\b"
            ),
            rf"mention … (?:to )?your {FAMILY}\b",
            (
                rf"{FAMILY} (?:dont|doesnt|do not|does not|need not|must not|mustnt|shouldnt"
                r"|wont|will never|never) (?:need to |have to |ever )?know\b"
            ),
            r"keep (?:this|it|that) (?:just )?(?:between|secret|quiet|private|to yourself)",
            r"(?:our|my) (?:little )?secret\b|mums the word|here stays here|between you and me",
            rf"let … {FAMILY} … (?:find out|know)\b|keep quiet about\b|if you keep quiet\b",
            rf"involve (?:the |your )?{FAMILY}",
            r"no need (?:for|of) a (?:chaperone|parent|carer|teacher)",
            r"just between us|delete (?:this|these|the|our|your) (?:message|text|chat)s?\b",
        ),
    ),
    (
        ALONE_WHY,
        True,
        (
            rf"come (?:alone|by yourself|on your own|without (?:a |your )?(?:friend|{FAMILY}))",
            rf"without (?:a |your ){FAMILY} (?:there|present|with you)",
            r"bring (?:no ?one|nobody)|you must be alone",
            r"(?:you and me|me and you|you and i|just us two)\b",
        ),
    ),
    (
        CASH_WHY,
        True,
        (
            r"cash in (?:your )?hand|off the books|no payslips?|cash only|no questions asked",
            r"cash no questions",
            r"(?:paid|pay) … (?:in )?cash (?:daily|weekly|each|every|at the end|on the day)\b",
        ),
    ),
    (
        PICTURE_WHY,
        True,
        (
            r"(?:photo|photograph|picture|pic|video|image)s? of you(?:rself)?\b",
            r"(?:send|include|attach|upload|e ?mail|share) … (?:selfies?|pics?|full length)\b",
            r"recent (?:photo|photograph|picture|selfie)|face pics?\b|nudes?\b",
        ),
    ),
    (
        LOOKS_WHY,
        False,
        (
            r"must be (?:good looking|pretty|attractive|slim|single)",
            r"modell?ing … (?:shot|shoot|photo|picture|work)s?\b|(?:head|body) ?shots?\b",
            r"swim ?(?:wear|suit)|swimming costume|bikini|lingerie|underwear|bra size|dress size",
            r"(?:attractive|pretty|good looking|slim|sexy|fit) (?:girl|boy|young|female|lad)s?\b",
            r"your (?:height|weight|measurements|figure)\b|are you single",
            r"no (?:boy|girl)friends?\b",
        ),
    ),
    (
        UNPAID_WHY,
        True,
        (
            r"no wages (?:for|at first|until)|unpaid (?:trial|shift|work trial)s?\b",
            r"(?:trial|work) … (?:unpaid|without pay|no pay|for free|for nothing)\b",
        ),
    ),
    (
        PRIVATE_WHY,
        True,
        (
            r"(?:pick|collect|fetch|drive|meet) you … my\b|(?:drive you|in my car)\b",
            r"give you a lift|(?:crash|sleep|stay|come) … (?:at|to|round) mine\b",
            r"sleep ?over|stay (?:over|the night|at my|at mine)|(?:house|flat) to ourselves",
            r"(?:at|to|in|round) (?:my|our) (?:place|flat|house|home|bedroom|hotel)\b",
            r"hotel … interview|interview … hotel\b|meet … hotel\b",
            r"(?:go|come|out) for (?:a )?(?:drinks?|beers?|pint)\b|get the (?:beers|drinks) in",
        ),
    ),
    (
        PAPERS_WHY,
        True,
        (
            (
                r"bank card|your pin\b|(?:send|give|e ?mail|text) (?:me|us) … "
                r"(?:bank details|passport|national insurance|id card|pin)\b"
            ),
        ),
    ),
)

MAILS = (
    r"[a-z0-9]{1,40}+ ?@ ?[a-z0-9\-]{1,40} ?\. ?(?:com|co|org|net|uk|info|io)\b",
    r"at [a-z0-9\-]{1,40} ?dot ?[a-z]{2,10}\b",
    r"(?:g ?mail|gee ?mail|google ?mail|hot ?mail|proton ?mail)\b",
    r"(?:my|at|on) (?:yahoo|icloud|aol|outlook)\b|mailto:",
    r"(?:at|curly a) (?:symbol|sign)\b|the curly a\b|arroba\b",
)
BARE_MAIL = (
    r"(?<![a-z0-9._+\-])[a-z0-9._+\-]{1,64}+@[a-z][a-z0-9.\-]{0,60}"
    r"|[({\[<]\s?(?:at|@)\s?[)}\]>]|@\s?(?:outlook|yahoo|icloud|aol)\b"
)

# Apps that offers name only to move a talk there; others are also things to work with.
CHAT_APPS = "whatsapp wattsapp snapchat insta wechat viber groupme kik psn gamertag fb"
OTHER_APPS = "instagram telegram discord facebook tiktok messenger signal twitter linkedin roblox"
OTHER_APPS += " skype snap xbox threads twitch fortnite minecraft sc ig"
DISGUISES = {"a": "[a4@]", "e": "[e3]", "i": "[i1!]", "o": "[o0]", "s": "[s5$]", "t": "[t7]"}
NAMES = frozenset([*CHAT_APPS.split(), *OTHER_APPS.split()])
NAME = rf"(?:{'|'.join(sorted(NAMES))})"
APP = re.compile(
    r"(?<![a-z0-9])(?:"
    + "|".join("".join(DISGUISES.get(c, c) for c in name) for name in sorted(NAMES))
    + r"|whats[\W_]app|face[\W_]book|dis[\W_]cord|tele[\W_]gram|snap[\W_]chat|insta[\W_]gram"
    r")(?![a-z0-9])"
)
HANDLES = (
    rf"(?:my|our) (?:{NAME}|handle|user ?name|tag|profile) (?:is|name|group|tag|handle|server)\b",
    rf"(?:my|our) {NAME}\b(?! (?:post|feed|page|channel|advert|account))",
    rf"{NAME} ?[:=@]|ig -",
    rf"{NAME} (?:me|us|name|group|server|handle|user)\b",
    rf"(?:me|us|am|im|chat|talk) (?:[a-z]{{1,12}} )?(?:on|via|through|over) {NAME}\b",
    (
        r"(?:find|add|follow|reach|join|look for|search for|come) … (?:on|via|to) "
        rf"(?:the |our |my )?{NAME}\b"
    ),
    rf"{NAME} [a-z]{{2,20}}[_.]?[a-z]{{0,20}}\d{{1,6}}\b",
    rf"play {NAME} … with (?:me|us)\b",
    r"the gram\b|(?:ghost|bird|blue|green|yellow) (?:app|one|site)\b",
    r"(?:scan|use|see) (?:the|this|our|my) qr|(?:user ?name|gamer ?tag) (?:is|:)",
)
BARE_HANDLE = (
    r"(?<![\w.@])@[a-z_][\w.]{2,30}"
    r"|(?<![a-z0-9_/.])[a-z][a-z0-9.]{1,20}_[a-z0-9_.]{2,30}"
    r"|[👻📸📷📱☎📞🐦][^\w\n]{0,3}[a-z]{2,20}[_.]?[a-z0-9]{1,20}"
    r"|[a-z]{2,20}#\d{4}(?!\d)"
)

ENDINGS = (
    "com|co|org|net|uk|info|io|biz|online|chat|app|site|xyz|shop|club|link|page|live|tv|gg|gl|gle|ly"
    "|ee|example|space|website|store|tech|dev|fun|group|email|eu|de|ru|cn|us|jobs|careers|london"
    "|wales|academy|agency|studio|digital|photos|social|network"
)
LINKS = (
    r"h(?:tt|xx)ps?[\W_]{0,2}[:/]|hxxp|(?:ftp|sftp|tg|skype|whatsapp)://|www[.\x20]|xn--|moc\.[a-z]",
    r"[a-z0-9\-]{1,60}+ (?:d[o0]t|point|punto|full stop) (?:com|co|org|info|uk|io)\b",
    r"(?:d[o0]t|punto) com\b|double ?u double ?u",
)
BARE_LINK = (
    r"(?<![a-z0-9\-])(?!gov\.uk(?![a-z0-9/.]))(?:[a-z0-9\-]{1,60}+\.){1,4}"
    rf"(?:(?:{ENDINGS})(?![a-z0-9])|(?:me|is|it|in|to|be|at|am|my|so|sh|cc|id)/)"
    r"|(?<=[a-z0-9])(?:\s{1,2}\.(?:\s{0,2}(?:com|co|org|uk|info|io)|\s{1,2}net)(?![a-z0-9])"
    r"|\.\s{1,2}(?:com|co\s?\.\s?uk)(?![a-z0-9\-])"
    r"|,(?:com|ly/|co,uk)(?![a-z])"
    r"|\s?[(\[{]\s?\.\s?[)\]}]\s?[a-z])"
)

GAP = r"[\W_]{1,3}"
MAYBE = r"[\W_]{0,3}"
SOME_WORDS = r"(?:[\W_]{1,3}+[a-z0-9£]{1,14}+){0,3}?"
NO = re.compile(r"\b(?:no|not|never|without|nobody|dont|wont)(?:\s[a-z]{1,10}){0,2}\s$")


SIGNS = (
    Sign(DoubtKind.MAIL, MAIL_WHY, MAILS),
    Sign(DoubtKind.HANDLE, HANDLE_WHY, HANDLES),
    Sign(DoubtKind.LINK, LINK_WHY, LINKS),
    *(Sign(DoubtKind.PHRASE, why, wordings, excused) for why, excused, wordings in PHRASES),
)


def _group(number: int, sign: Sign) -> str:
    one_of = "|".join(sign.wordings).replace(" … ", f"{SOME_WORDS} ").replace(" ?", MAYBE)
    return f"(?P<sign{number}>{one_of.replace(' ', GAP)})"


# One pattern for all signs reads a text once; the group that matched says which sign it was.
WORDED = re.compile(
    r"(?<![a-z0-9])(?=[a-z][a-z0-9]|£\d|[eg]\W)(?:"
    + "|".join(_group(number, sign) for number, sign in enumerate(SIGNS))
    + ")"
)
BARE = re.compile(f"(?P<mail>{BARE_MAIL})|(?P<handle>{BARE_HANDLE})|(?P<link>{BARE_LINK})")
BARE_WHY = {"mail": MAIL_WHY, "handle": HANDLE_WHY, "link": LINK_WHY}


def doubts_in(text: str) -> list[Doubt]:
    """Every doubt about a text, at most 20, phone numbers first; none for honest text."""
    plain = folded(text)
    found = chain(_phones(plain), _marked(closed_up(plain)))
    return list(dict.fromkeys(islice(found, MOST_DOUBTS)))


def _phones(view: Folded) -> Iterator[Doubt]:
    for start, end in phone_numbers(view.text):
        yield Doubt(DoubtKind.PHONE, view.found(start, end), PHONE_WHY)


def _marked(view: Folded) -> Iterator[Doubt]:
    for match in WORDED.finditer(view.text):
        sign = SIGNS[int((match.lastgroup or "").removeprefix("sign"))]
        if not (sign.is_excused_by_no and _is_warned_against(match)):
            yield Doubt(sign.kind, view.found(*match.span()), sign.why)
    for match in BARE.finditer(view.text):
        name = match.lastgroup or ""
        yield Doubt(DoubtKind(name), view.found(*match.span()), BARE_WHY[name])
    for match in APP.finditer(view.text):
        if match[0] not in NAMES or match[0] in CHAT_APPS.split():
            yield Doubt(DoubtKind.HANDLE, view.found(*match.span()), HANDLE_WHY)


def _is_warned_against(match: re.Match[str]) -> bool:
    """Whether the text says not to, as in “never come alone”."""
    return NO.search(match.string[max(0, match.start() - 40) : match.start()]) is not None
