from caseflow.kernel.forms import Form, HiddenField


class SeenForm(Form):
    """Marks what the page showed, and nothing that came in since."""

    until = HiddenField()
