"""How somebody tells what worries them. It asks for little, so that nothing stands in the way."""

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.forms import PortalForm
from portal.publishing.fields import squeezed, tidied

LONGEST_WORDS, LONGEST_REACH = 4000, 200


def _tidied(text: str | None) -> str:
    return tidied((text or "").replace("\x00", ""))


def _squeezed(text: str | None) -> str:
    return squeezed((text or "").replace("\x00", ""))


class ConcernForm(PortalForm):
    """A worry in somebody’s own words, and how to reach them if they want that."""

    token = HiddenField(filters=[_squeezed])
    about = HiddenField(filters=[_squeezed])
    words = TextAreaField(
        "What worries you?",
        filters=[_tidied],
        validators=[
            InputRequired("Write what worries you. A few words are enough."),
            Length(
                max=LONGEST_WORDS,
                message=f"Use {LONGEST_WORDS} characters at most. What you wrote is still here.",
            ),
        ],
    )
    reach = StringField(
        "How can somebody reach you? (you can leave this out)",
        filters=[_squeezed],
        validators=[Length(max=LONGEST_REACH, message=f"Use {LONGEST_REACH} characters at most.")],
    )
    # People do not see this one. Whoever fills it in may still be a child whose browser did it.
    website = StringField("Leave this empty")

    @property
    def is_from_a_program(self) -> bool:
        """Whether the field was filled in that nobody sees."""
        return bool(self.website.data)
