from typing import Any

from caseflow.casefile.blueprint import bp as bp
from caseflow.casefile.person_views import PERSON_LOADERS

LOADERS: dict[str, Any] = {**PERSON_LOADERS}
