"""Alembic's door to the application's own models and engine."""

from alembic import context
from flask import current_app

engine = current_app.extensions["migrate"].db.engine
metadata = current_app.extensions["migrate"].db.metadata

with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
    )
    before = context.get_context().get_current_heads()
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    after = context.get_context().get_current_heads()
    connection.rollback()
    if engine.dialect.name == "sqlite" and before != after:
        # A column that was dropped is still readable in the slack of the pages it lay on.
        connection.connection.driver_connection.execute("VACUUM")
