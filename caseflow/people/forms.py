"""What is asked about a young person. Nothing is required but what cannot be left out."""

from typing import Any

from wtforms.validators import ValidationError

from caseflow.kernel.forms import (
    ChoiceField,
    DateField,
    NoteField,
    OnceForm,
    PartialDate,
    PartialDateField,
    SelectField,
    TextField,
    TickField,
    VersionField,
)
from caseflow.people.districts import DISTRICTS
from caseflow.people.rules import (
    FLAG_DAYS,
    BornPrecision,
    Care,
    ConsentMethod,
    ConsentPurpose,
    ContactKind,
    Decision,
    Ethnicity,
    FlagKind,
    FlagLevel,
    FlagSource,
    GivenBy,
    Relation,
    Safe,
    Sex,
)


def _if_known(_: Any) -> bool:
    """Never required, without "(optional)" behind each label of a form that says it once."""
    return False


def _optional(label: str, longest: int, **more: Any) -> TextField:
    return TextField(label, max_length=longest, **({"required": False} | more))


def _known(label: str, longest: int, **more: Any) -> TextField:
    return _optional(label, longest, required=_if_known, **more)


def _safe(label: str, noun: str, **more: Any) -> ChoiceField:
    return ChoiceField(label, Safe, look="chips", noun=noun, default=Safe.NOT_ASKED, **more)


class IdentityForm(OnceForm):
    version = VersionField()
    first_name = _known("First name", 120)
    last_name = _known("Last name", 120)
    known_as = _known("Known as", 120, hint="What they like to be called.")
    label = _known(
        "Stand-in until the name is known", 120, hint="For example what the ward wrote: Trauma X."
    )
    pronouns = _known("Pronouns", 40, width="10")
    born = PartialDateField(
        "Date of birth",
        hint="The year is enough. Leave out what is not known.",
        past=True,
        required=_if_known,
    )
    born_estimated = TickField("This is an estimate")
    sex = ChoiceField("Sex", Sex, look="chips", default=Sex.NOT_ASKED)
    gender_identity = _known("Gender, in their own words", 80)
    ethnicity = SelectField("Ethnicity", Ethnicity, blank="", default=Ethnicity.NOT_ASKED)
    language = _known("First language", 80, width="20")
    needs_interpreter = _safe(
        "Is an interpreter needed?",
        "whether an interpreter is needed",
        hint="Do not write down the interpreter’s name.",
    )
    nhs_number = _known(
        "NHS number",
        20,
        width="20",
        inputmode="numeric",
        noun="NHS number",
        hint="Ten digits. One that fails its check is kept and marked.",
    )
    hospital_number = _known("Hospital number", 40, width="20")
    care_status = ChoiceField(
        "In care, or on a plan?", Care, look="chips", noun="whether they are in care or on a plan",
        default=Care.NOT_ASKED,
    )  # fmt: skip
    care_since = DateField("Since when?", past=True, required=_if_known, noun="since when")
    address = NoteField("Address", max_length=400, rows=3, required=_if_known)
    postcode = _known("Postcode", 10, width="10")
    district = SelectField(
        "District", list(DISTRICTS.items()), blank="By the postcode, or not known",
        noun="the district", required=_if_known,
    )  # fmt: skip
    staying_at = NoteField(
        "Staying somewhere else?",
        noun="where they are staying",
        max_length=400,
        rows=2,
        required=_if_known,
    )
    school = _known("School or college", 200)
    school_district = SelectField(
        "Where is it?", list(DISTRICTS.items()), blank="Elsewhere, or not known",
        noun="where the school is", required=_if_known,
    )  # fmt: skip
    gp = _known("GP surgery", 200, noun="GP surgery")
    carer_aware = _safe(
        "Does a parent or carer know about this?", "whether a parent or carer knows"
    )

    def offer_district(self, code: str, name: str) -> None:
        """Where they live now may be no district of the service."""
        if "district" in self and code and code not in DISTRICTS:
            self.district.choices = [*DISTRICTS.items(), (code, name)]

    def validate_born_estimated(self, field: TickField) -> None:
        if field.data and self.born.data is None and not self.born.errors:
            raise ValidationError("Enter the estimated year, or untick “estimate”")

    @property
    def precision(self) -> BornPrecision:
        born: PartialDate | None = self.born.data
        if born is None:
            return BornPrecision.UNKNOWN
        return (
            BornPrecision.ESTIMATED if self.born_estimated.data else BornPrecision(born.precision)
        )


class AliasForm(OnceForm):
    name = TextField("Another name they go by", noun="the other name", max_length=240)


class PointForm(OnceForm):
    kind = ChoiceField("What is it?", ContactKind, look="chips", noun="what it is")
    value = TextField(
        "Number, address or handle", max_length=254, noun="the number, address or handle"
    )
    safe_to_call = _safe("Safe to call?", "whether it is safe to call")
    safe_to_text = _safe(
        "Safe to text or message?", "whether it is safe to text", hint="Texts, WhatsApp, messages."
    )
    safe_voicemail = _safe("Safe to leave a voicemail?", "whether a voicemail is safe")
    who_else = _optional("Who else sees or answers it?", 200, noun="who else sees it")
    best_time = _optional("Best time", 120, hint="For example: after 16:00, not on Fridays.")


class RelatedForm(OnceForm):
    name = TextField("Name", max_length=200)
    relation = SelectField("Who are they?", Relation, noun="who they are")
    phone = _optional("Phone", 60, width="20", input_type="tel")
    may_contact = _safe("May we contact them?", "whether we may contact them")
    reason = _optional("Why, or why not?", 300, noun="why, or why not")
    has_responsibility = _safe(
        "Do they have parental responsibility?", "whether they have parental responsibility"
    )


class ConsentForm(OnceForm):
    purpose = ChoiceField(
        "What is it about?",
        ConsentPurpose,
        noun="what it is about",
        reveals={ConsentPurpose.SHARE: ("agency", "until")},
    )
    agency = TextField("Which agency?", max_length=200, noun="the agency")
    until = DateField("Until when?", future=True, required=False, noun="the end of the consent")
    decision = ChoiceField("What was decided?", Decision, look="chips", noun="what was decided")
    given_by = ChoiceField("Who decided?", GivenBy, noun="who decided")
    competence_note = NoteField(
        "Why they understand well enough to decide",
        hint="Needed from 13 to 15 when the young person decides (Gillick): "
        "what was explained, and what they said back.",
        max_length=2_000,
        rows=3,
        required=False,
    )
    method = ChoiceField("How?", ConsentMethod, look="chips", noun="how it was said")
    decided_on = DateField("When was it decided?", past=True, noun="the date of the decision")
    notice_version = _optional(
        "Privacy notice they were given", 40, width="10", hint="Its version, for example 2.1"
    )


class FlagForm(OnceForm):
    kind = SelectField("Flag", FlagKind)
    level = ChoiceField("How serious?", FlagLevel, noun="how serious it is")
    source = ChoiceField("Who says so?", FlagSource, noun="who says so")
    detail = _optional("In a few words", 300, hint="No names of rivals or other people.")
    expires_on = DateField(
        "Until when?",
        hint=f"Empty: {FLAG_DAYS} days. Looked after, SEND and legal hold stay until removed.",
        future=True,
        required=False,
        noun="the day it runs out",
    )

    def without_police(self) -> None:
        """For who may not see what came from the police: they cannot enter it either."""
        self.source.choices = [
            (source.value, source.label) for source in FlagSource if source is not FlagSource.POLICE
        ]


class ReasonForm(OnceForm):
    reason = TextField("Why?", max_length=300, noun="why")
