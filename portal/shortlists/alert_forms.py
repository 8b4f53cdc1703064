"""How somebody says where news of a search is to go."""

from portal.forms import ShownForm, mail_field

WITHOUT_ADDRESS = "Enter your mail address, such as name@example.org."


class AlertForm(ShownForm):
    """A mail address. ``shown`` is when the page was made, and makes a form sent twice one."""

    signature = "alert form shown"
    email = mail_field("Your mail address", WITHOUT_ADDRESS)
