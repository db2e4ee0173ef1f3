"""Bring a database to a revision by the real migrations, as ``caseflow init`` does."""

import flask_migrate
from flask import Flask


def upgrade(app: Flask, revision: str = "head") -> None:
    with app.app_context():
        flask_migrate.upgrade(revision=revision)


def downgrade(app: Flask, revision: str = "base") -> None:
    with app.app_context():
        flask_migrate.downgrade(revision=revision)
