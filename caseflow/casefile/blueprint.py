"""The one blueprint of the pages about one case; views and person_views put their routes on it."""

from flask import Blueprint

bp = Blueprint("casefile", __name__)
