from caseflow.kernel.forms import MomentField, OnceForm, SelectField


class CoverForm(OnceForm):
    """The view says who may be chosen."""

    of = SelectField("Who is away?", noun="who is away")
    user = SelectField("Who covers for them?", noun="who covers for them")
    from_at = MomentField(
        "From when?", hint="Leave it empty to begin now", noun="from when", required=False
    )
    until = MomentField("Until when?", noun="until when", future=True)
