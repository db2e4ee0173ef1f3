from caseflow.staff import (
    account_views,
    confirm_views,
    link_views,
    passkey_views,
    sign_in_views,
    user_views,
    ward_views,
)
from caseflow.staff.blueprint import bp

LOADERS = {**user_views.LOADERS, **account_views.LOADERS, **passkey_views.LOADERS}
__all__ = ["LOADERS", "bp", "confirm_views", "link_views", "sign_in_views", "ward_views"]
