"""Make room for young people."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("last_name", sa.String(length=120), nullable=False),
        sa.Column("known_as", sa.String(length=120), nullable=False),
        sa.Column("folded_name", sa.String(length=400), nullable=False),
        sa.Column("pronouns", sa.String(length=40), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("born_precision", sa.String(40), nullable=False),
        sa.Column("sex", sa.String(40), nullable=False),
        sa.Column("gender_identity", sa.String(length=80), nullable=False),
        sa.Column("ethnicity", sa.String(40), nullable=False),
        sa.Column("language", sa.String(length=80), nullable=False),
        sa.Column("needs_interpreter", sa.String(40), nullable=False),
        sa.Column("nhs_number", sa.String(length=20), nullable=False),
        sa.Column("hospital_number", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("district", sa.String(length=9), nullable=False),
        sa.Column("staying_at", sa.String(length=400), nullable=False),
        sa.Column("gp", sa.String(length=200), nullable=False),
        sa.Column("school", sa.String(length=200), nullable=False),
        sa.Column("carer_aware", sa.String(40), nullable=False),
        sa.Column("corrected", sa.JSON(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_born_on"), "person", ["born_on"], unique=False)
    op.create_index(op.f("ix_person_folded_name"), "person", ["folded_name"], unique=False)
    op.create_index(op.f("ix_person_nhs_number"), "person", ["nhs_number"], unique=False)
    op.create_index(op.f("ix_person_postcode"), "person", ["postcode"], unique=False)
    op.create_table(
        "contact_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("folded", sa.String(length=254), nullable=False),
        sa.Column("safe_to_call", sa.String(40), nullable=False),
        sa.Column("safe_to_text", sa.String(40), nullable=False),
        sa.Column("safe_voicemail", sa.String(40), nullable=False),
        sa.Column("who_else", sa.String(length=200), nullable=False),
        sa.Column("best_time", sa.String(length=120), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_point_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
    )
    op.create_index(op.f("ix_contact_point_folded"), "contact_point", ["folded"], unique=False)
    op.create_index(
        op.f("ix_contact_point_person_id"), "contact_point", ["person_id"], unique=False
    )
    op.create_table(
        "person_alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=240), nullable=False),
        sa.Column("folded", sa.String(length=240), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_alias_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_alias")),
    )
    op.create_index(op.f("ix_person_alias_folded"), "person_alias", ["folded"], unique=False)
    op.create_index(op.f("ix_person_alias_person_id"), "person_alias", ["person_id"], unique=False)
    op.create_table(
        "related_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("relation", sa.String(40), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("may_contact", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("has_responsibility", sa.String(40), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_related_person_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_person")),
    )
    op.create_index(
        op.f("ix_related_person_person_id"), "related_person", ["person_id"], unique=False
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("decision", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("given_by", sa.String(40), nullable=False),
        sa.Column("competence_note", sa.Text(), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("notice_version", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff_user.id"], name=op.f("fk_consent_recorded_by_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"], unique=False)
    op.create_table(
        "flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_flag_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["staff_user.id"], name=op.f("fk_flag_set_by_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    op.create_index(op.f("ix_flag_person_id"), "flag", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("flag")
    op.drop_table("consent")
    op.drop_table("related_person")
    op.drop_table("person_alias")
    op.drop_table("contact_point")
    op.drop_table("person")
