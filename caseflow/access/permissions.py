"""The roles, and every single thing that somebody may or may not do."""

from caseflow.kernel.words import Words


class Role(Words):
    YOUTH_WORKER = "youth_worker"
    SUPERVISOR = "supervisor"
    SAFEGUARDING_LEAD = "safeguarding_lead", "Designated safeguarding lead"
    PROGRAMME_MANAGER = "programme_manager"
    EVALUATOR = "evaluator"
    POLICE_LIAISON = "police_liaison"
    INFORMATION_GOVERNANCE = "information_governance"
    ADMINISTRATOR = "administrator"


class Permission(Words):
    # One young person's record
    CASE_VIEW = "case_view", "Open a case"
    CASE_ALLOCATE = "case_allocate", "Give a case to a worker"
    CASE_MOVE = "case_move", "Move a case to another stage"
    CASE_REOPEN = "case_reopen", "Try again after declined or unable to contact"
    TRIAGE = "triage", "Triage a referral"
    TRIAGE_CONFIRM = "triage_confirm", "Confirm a provisional triage"
    PERSON_EDIT = "person_edit", "Change identity, contact and consent"
    FLAG_SET = "flag_set", "Set or remove a flag"
    CONTACT_LOG = "contact_log", "Log a contact"
    CONTACT_WITHDRAW = "contact_withdraw", "Withdraw a contact entry"
    ASSESS = "assess", "Record needs, risk and the safety plan"
    PLAN_EDIT = "plan_edit", "Change goals, actions and onward referrals"
    OPERATION_LINK = "operation_link", "Link a case to a police operation"
    REVIEW_HOLD = "review_hold", "Hold or reschedule a review"
    CLOSURE_ASK = "closure_ask", "Ask to close a case"
    CLOSURE_DECIDE = "closure_decide", "Approve or return a closure"
    SUMMARY_MAKE = "summary_make", "Make the outcome summary"
    # Parts of a record that are not for everybody who may open it
    ADDRESS_VIEW = "address_view", "See the address and where they stay"
    SCHOOL_VIEW = "school_view", "See the school or college"
    FLAG_VIEW = "flag_view", "See the flags"
    POLICE_PROVIDED_VIEW = "police_provided_view", "See what the police provided"
    # Who may know of it
    CASE_RESTRICT = "case_restrict", "Restrict a record to named people"
    CONFLICT_SET = "conflict_set", "Say that somebody has a conflict of interest"
    COVER_SET = "cover_set", "Set who covers for whom"
    BREAK_GLASS = "break_glass", "Open another team’s case in an emergency"
    GLASS_REVIEW = "glass_review", "Review an emergency opening"
    # Lists and pages about many
    REFERRAL_ADD = "referral_add", "Add a referral"
    MY_DAY = "my_day", "My day"
    TEAM_BOARD = "team_board", "The team's board"
    CASE_SEARCH = "case_search", "Search for a case"
    SERVICE_VIEW = "service_view", "Read the service directory"
    SERVICE_EDIT = "service_edit", "Change the service directory"
    OPERATION_VIEW = "operation_view", "See a police operation"
    OPERATION_EDIT = "operation_edit", "Enter a police operation"
    PROGRAMME_VIEW = "programme_view", "Programme figures"
    DATASET_EXPORT = "dataset_export", "Export the evaluation dataset"
    USER_LIST = "user_list", "See who has an account"
    USER_MANAGE = "user_manage", "Manage users and teams"
    SETTINGS_EDIT = "settings_edit", "Change rules and settings"
    AUDIT_READ = "audit_read", "Search the audit trail"
    OWN_ACCOUNT = "own_account", "Own inbox, password and sign-out"
