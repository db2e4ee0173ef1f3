import uuid
from datetime import date, datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.access.predicates import Held
from caseflow.cases.models import Case
from caseflow.kernel.database import Base, key, refers, words
from caseflow.kernel.ids import new_reference
from caseflow.kernel.sealed_fields import SealedText, sealed_column
from caseflow.operations.rules import Offer, OperationKind
from caseflow.staff.models import User


class Operation(Base):
    """A police operation, as far as a support service may know it. No names, no intelligence.

    ``code`` is unique for who entered it: were it unique for all, a code would tell one liaison
    that another has entered it. ``reference`` is ours.
    """

    __tablename__ = "operation"
    __table_args__ = (
        UniqueConstraint("reference", name="uq_operation_code"),
        Index("uq_operation_entered_by_id_code", "entered_by_id", "code", unique=True),
    )

    id: Mapped[uuid.UUID] = key()
    reference: Mapped[str] = mapped_column(String(40), default=lambda: new_reference("OP"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[OperationKind] = mapped_column(words(OperationKind))
    area: Mapped[str] = mapped_column(String(200), default="")
    lead_agency: Mapped[str] = mapped_column(String(120), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    about_sealed: Mapped[bytes] = sealed_column()
    about = SealedText()
    entered_by_id: Mapped[uuid.UUID] = refers("staff_user")
    entered_at: Mapped[datetime]

    entered_by: Mapped[User] = relationship()

    @property
    def held(self) -> Held:
        return Held(holder_id=self.entered_by_id, team_id=None)


class OperationLink(Base):
    """A case followed an operation; what support was offered and whether it was taken up."""

    __tablename__ = "operation_link"
    __table_args__ = (UniqueConstraint("operation_id", "case_id"),)

    id: Mapped[uuid.UUID] = key()
    operation_id: Mapped[uuid.UUID] = refers("operation", index=False)
    case_id: Mapped[uuid.UUID] = refers("episode")
    support: Mapped[str] = mapped_column(String(300), default="")
    offer: Mapped[Offer] = mapped_column(words(Offer))
    offered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)

    operation: Mapped[Operation] = relationship()
    case: Mapped[Case] = relationship()
