"""Names nobody has: the family names mean test, sample, paper or pretend in some language.

Telephone numbers are from Ofcom's ranges for drama, NHS numbers from the 999 test range.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from caseflow.kernel.nhs_number import check_digit
from caseflow.people.rules import Ethnicity, Sex


@dataclass(frozen=True)
class Heritage:
    """Names that go together, whose they may be, and the language spoken at home."""

    weight: int
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]
    ethnicities: tuple[Ethnicity, ...]
    language: str = "English"


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


HERITAGES = (
    Heritage(
        44,
        _split("Testina Demelza Mocka Sampley Ruby-Demo Fablia Ellie-Test Protea Betany Skye-Demo"),
        _split(
            "Testy Demo Mockson Sampson-Test Dashiell Propston Kai-Demo Tyler-Test Alphie Beton"
        ),
        _split(
            "McTestface Testerton Samplesmith Mockingham Placeholder Madeupton Notreal Fictionson "
            "Pretendham Dummyworth Cardboard Paperly Loremipsum Storyborn Prototyperson Nonesuch "
            "Imaginari Inventwell Fablethorpe Stagename Propworthy Seemingly"
        ),
        (Ethnicity.WHITE_BRITISH, Ethnicity.WHITE_BRITISH, Ethnicity.MIXED_CARIBBEAN),
    ),
    Heritage(
        14,
        _split("Namunika Parikshini Demika Kasoti-Ben Udaharani"),
        _split("Namunesh Parikshan Demesh Kasotiraj Udaharan"),
        _split("Namunawala Parikshakar Kasotiwala Udaharanbhai Nakliwala Testpatel-Demo"),
        (Ethnicity.ASIAN_INDIAN,),
        "Gujarati",
    ),
    Heritage(
        9,
        _split("Misaal Namoona Azmaish Khayali"),
        _split("Misaali Namoon Azmaishi Farzi"),
        _split("Namoonavi Azmaishzada Misaalpur Farzikhel Khayalpuri"),
        (Ethnicity.ASIAN_PAKISTANI, Ethnicity.ASIAN_PAKISTANI, Ethnicity.MIXED_ASIAN),
        "Urdu",
    ),
    Heritage(
        9,
        _split("Tusaala Tijaabiya Muunada Malo-Demo"),
        _split("Tusaale Tijaabo Muunad Maloxun"),
        _split("Tijaabaale Tusaalow Muunadeed Malohaye Been-Abuur"),
        (Ethnicity.BLACK_AFRICAN,),
        "Somali",
    ),
    Heritage(
        8,
        _split("Próba Przykłada Wzora Fikcja"),
        _split("Próbek Przykład Wzorek Fikcjusz"),
        _split("Próbny-Test Przykładowicz Wzorcowski Zmyślony Testowicz Niby-Nowak"),
        (Ethnicity.WHITE_OTHER,),
        "Polish",
    ),
    Heritage(
        6,
        _split("Demiqua Testisha Mockelle"),
        _split("Demarcus-Demo Testaine Mockell"),
        _split("Demoworth Testington Mockridge-Test Samplebury"),
        (Ethnicity.BLACK_CARIBBEAN, Ethnicity.BLACK_CARIBBEAN, Ethnicity.BLACK_OTHER),
    ),
    Heritage(
        4,
        _split("Exempla Probița Ficțiuna"),
        _split("Exemplu Probescu-Demo Fictiv"),
        _split("Exemplescu Probescu Fictivescu Testăreanu"),
        (Ethnicity.WHITE_ROMA, Ethnicity.WHITE_OTHER),
        "Romanian",
    ),
    Heritage(
        3,
        _split("Udahorona Nomuna"),
        _split("Udahoron Nomunar"),
        _split("Nomunadar Porikkhadar Kalponik-Demo"),
        (Ethnicity.ASIAN_BANGLADESHI,),
        "Bengali",
    ),
    Heritage(
        3,
        _split("Mithal Tajriba"),
        _split("Mithali Tajribi"),
        _split("Al-Mithal Al-Tajribi Ibn-Demo"),
        (Ethnicity.ARAB, Ethnicity.OTHER),
        "Arabic",
    ),
)
_WEIGHTS = tuple(heritage.weight for heritage in HERITAGES)

FIRST_NAMES = frozenset(name for h in HERITAGES for name in (*h.girls, *h.boys))
FAMILY_NAMES = frozenset(name for h in HERITAGES for name in h.families)

# Young people of the scripted stories: each as (first names, family name).
SCRIPTED = {
    "hospital-message-today": ("Jaden", "Testerton"),
    "waiting-for-details": ("Maybe", "Perhapsley"),
    "not-eligible": ("Olden", "Overage-Test"),
    "no-date-of-birth": ("Undated", "Sampleson"),
    "provisional-triage": ("Provi", "Sionalworth"),
    "shared-phone": ("Demi", "Mumreadsit"),
    "estimated-birth": ("Thirteenish", "Roughly-Demo"),
    "turned-down": ("Nathanks", "McTestface"),
    "declined-then-reoffered": ("Secondthought", "Testworthy"),
    "never-reached": ("Ghosty", "Voicemailson"),
    "assessment-under-way": ("Halfway", "Formfield"),
    "review-due-today": ("Dewey", "Today-Test"),
    "review-overdue": ("Laterly", "Overdew"),
    "few-may-know": ("Whisper", "Closely-Demo"),
    "colleague-knows-them": ("Cuzzy", "Neighbourton"),
    "opened-elsewhere": ("Glassy", "Breakwell-Test"),
    "turned-18": ("Birthday", "Candleworth"),
    "safety-plan-out-of-date": ("Stale", "Plannington"),
    "closure-waiting": ("Nearly", "Done-Demo"),
    "good-outcome": ("Demo", "Dashiell"),
    "paused-in-custody": ("Pausey", "Stillclock"),
    "onward-referral-refused": ("Wojtek Próba", "Przykładowicz"),
    "withdrawn-by-sender": ("Undo", "Revoked-Test"),
    "operation-linked": ("Offerta", "Takenup"),
    "focused-deterrence": ("Callin", "Letterbox-Demo"),
    "re-presentation": ("Backagain", "Thirdtime"),
    "sibling-older": ("Twosie", "Sibling-Test"),
    "sibling-younger": ("Onesie", "Sibling-Test"),
    "right-to-left-name": ("نمونہ", "آزمائشی"),
    "long-notes": ("Wordy 😀", "Longnote-O’Testy"),
    "interpreter": ("Tusaale", "Tijaabo-Demo"),
    "stopped-coming": ("Fadeout", "Mockingham"),
    "handed-over": ("Passy", "Onward-Demo"),
    "went-to-custody": ("Lockie", "Doorson-Test"),
    "moved-away": ("Gonnie", "Farawayton"),
    "died": ("Remembered", "Candlelight-Demo"),
    "no-longer-safe": ("Riskie", "Steppedback"),
}  # fmt: skip


@dataclass(frozen=True)
class Born:
    """Who somebody turned out to be: names, sex, heritage."""

    first_name: str
    last_name: str
    sex: Sex
    ethnicity: Ethnicity
    language: str


def somebody(rng: Random) -> Born:
    heritage = rng.choices(HERITAGES, _WEIGHTS)[0]
    sex = Sex.MALE if rng.random() < 0.78 else Sex.FEMALE
    ethnicity = rng.choice(heritage.ethnicities)
    return Born(
        first_name=rng.choice(heritage.boys if sex is Sex.MALE else heritage.girls),
        last_name=rng.choice(heritage.families),
        sex=Sex.NOT_STATED if rng.random() < 0.02 else sex,
        ethnicity=Ethnicity.NOT_ASKED if rng.random() < 0.08 else ethnicity,
        language=heritage.language,
    )


def mobile(number: int) -> str:
    return f"07700 900{number % 1000:03d}"


def landline(number: int) -> str:
    return f"0116 496 0{number % 1000:03d}"


def nhs_number(number: int) -> str:
    """The ``number``-th of the test range; the few that no check digit closes move on by one."""
    return next(_closing(number))


def _closing(number: int) -> Iterator[str]:
    while True:
        nine = f"999{number % 1_000_000:06d}"
        digit = check_digit(nine)
        if digit is not None:
            yield f"{nine}{digit}"
        number += 1


def postcode(rng: Random) -> tuple[str, str]:
    """A postcode and its district code; the inward halves are not in use."""
    outward, district = rng.choice(PLACES)
    return f"{outward} 0{rng.choice('ZXY')}Z", district


# Leicester weighs most; then the county's districts and Rutland.
PLACES = (
    *(("LE1", "E06000016"), ("LE2", "E06000016"), ("LE3", "E06000016"), ("LE4", "E06000016")) * 2,
    ("LE5", "E06000016"),
    ("LE5", "E06000016"),
    ("LE8", "E07000129"),
    ("LE11", "E07000130"),
    ("LE16", "E07000131"),
    ("LE10", "E07000132"),
    ("LE13", "E07000133"),
    ("LE67", "E07000134"),
    ("LE18", "E07000135"),
    ("LE15", "E06000017"),
)
