"""One message being read: its resources, what refers to what, and which words have been used."""

from dataclasses import dataclass
from datetime import date, datetime

from caseflow.intake.draft import Problem
from caseflow.intake.parts import moment_of
from caseflow.intake.tree import (
    Node,
    Text,
    Value,
    clean,
    clean_line,
    first,
    leaves,
    line_of,
    nodes,
    texts,
)
from caseflow.kernel.partial_date import PartialDate

REQUESTS = ("ServiceRequest", "ReferralRequest")


@dataclass(frozen=True)
class Entry:
    url: str
    kind: str
    node: Node


class Message:
    """Reading a value through ``take`` or ``line`` also marks it used, so that what is left over
    at the end is what the draft has no field for."""

    def __init__(self, bundle: Node, today: date) -> None:
        self.bundle = bundle
        self.today = today
        self.problems: list[Problem] = []
        self.entries = list(_entries(bundle))
        self._used: set[int] = set()
        self._by_url: dict[str, Entry] = {}
        for keys in (_address_keys, _id_keys):
            for entry in self.entries:
                for key in keys(entry):
                    self._by_url.setdefault(key, entry)
        self.header: Node = self._sole("MessageHeader") or {}
        self.request_entry = self._focus()
        self.request: Node = self.request_entry.node if self.request_entry else {}
        self.patient: Node = self._patient() or {}

    # --- resources ---

    def all(self, *kinds: str) -> list[Node]:
        """Resources of these kinds that are not plainly about somebody else."""
        return [e.node for e in self.entries if e.kind in kinds and self._is_ours(e.node)]

    def _sole(self, kind: str) -> Node | None:
        return next((entry.node for entry in self.entries if entry.kind == kind), None)

    def resolve(self, reference: Node, within: Node | None = None) -> Node | None:
        entry = self.resolve_entry(reference, within)
        return entry.node if entry else None

    def resolve_entry(self, reference: Node, within: Node | None = None) -> Entry | None:
        """By full address, by ``Type/id``, by ``#contained``; never fetched from anywhere."""
        target = (first(reference, "reference") or "").strip()
        if target.startswith("#"):
            held = nodes(within, "contained") if within else []
            for node in held:
                if first(node, "id") == target[1:]:
                    return Entry(target, word_kind(node), node)
            return None
        target = target.split("/_history/")[0].lower()
        return self._by_url.get(target) or self._by_url.get("/".join(target.split("/")[-2:]))

    def follow(self, node: Node, path: str) -> list[Node]:
        """What the references at this path lead to; dangling ones lead nowhere."""
        found = (self.resolve(reference, node) for reference in nodes(node, path))
        return [target for target in found if target is not None]

    def _focus(self) -> Entry | None:
        named = [self.resolve_entry(ref, self.header) for ref in nodes(self.header, "focus")]
        requests = [entry for entry in named if entry and entry.kind in REQUESTS]
        if len(requests) > 1:
            self.problem("MessageHeader.focus", "names several requests; only the first is read")
        if requests:
            return requests[0]
        present = [entry for entry in self.entries if entry.kind in REQUESTS]
        if len(present) != 1:
            return None
        self.problem("MessageHeader.focus", "does not lead to the request; its only one is read")
        return present[0]

    def _patient(self) -> Node | None:
        for path in ("subject", "patient"):
            for node in self.follow(self.request, path):
                if word_kind(node) == "Patient":
                    return node
        present = [entry.node for entry in self.entries if entry.kind == "Patient"]
        if len(present) == 1:
            return present[0]
        if present:
            what = "does not say which of several patients it is about; none is read"
            self.problem("ServiceRequest.subject", what)
        return None

    def _is_ours(self, node: Node) -> bool:
        """False only where it names another patient than the one referred."""
        for path in ("subject", "patient"):
            for target in self.follow(node, path):
                if word_kind(target) == "Patient" and target is not self.patient:
                    return False
        return True

    # --- words ---

    def use(self, value: Value) -> None:
        self._used.update(id(leaf) for leaf in leaves(value))

    def is_used(self, value: Value) -> bool:
        return any(id(leaf) in self._used for leaf in leaves(value))

    def take(self, node: Node, path: str) -> Text | None:
        found = first(node, path)
        if found is not None:
            self.use(found)
        return found

    def line(self, node: Node, path: str) -> str:
        """The first text there on one line, "" where there is none."""
        return clean_line(self.take(node, path) or "")

    def lines(self, node: Node, path: str) -> tuple[str, ...]:
        found = texts(node, path)
        for text in found:
            self.use(text)
        return tuple(filter(None, map(clean_line, found)))

    # --- problems and times ---

    def problem(self, where: str, what: str, at: Value | None = None) -> None:
        line = line_of(at) if at is not None else 0
        self.problems.append(Problem(f"{where} (line {line})" if line else where, what))

    def moment(self, node: Node, path: str) -> tuple[datetime | None, PartialDate | None]:
        """A date or date and time; one that cannot be is a problem and stays among the words."""
        found = first(node, path)
        if found is None:
            return None, None
        moment = moment_of(clean(found))
        where = f"{word_kind(node) or 'message'}.{path}"
        if moment.problem:
            self.problem(where, f"“{clean_line(found)[:40]}”: {moment.problem}", found)
        if moment.day is not None:
            self.use(found)
            if (moment.day.earliest - self.today).days > 1:
                self.problem(where, f"“{clean_line(found)[:40]}” is in the future", found)
        return moment.at, moment.day


def word_kind(node: Node) -> str:
    return str(first(node, "resourceType") or "")


def _entries(bundle: Node) -> list[Entry]:
    found = []
    for entry in nodes(bundle, "entry"):
        url = clean_line(first(entry, "fullUrl") or "")
        found += [Entry(url, word_kind(node), node) for node in nodes(entry, "resource")]
    return found


def _address_keys(entry: Entry) -> list[str]:
    url = entry.url.lower()
    return [url, "/".join(url.split("/")[-2:])] if url else []


def _id_keys(entry: Entry) -> list[str]:
    """A bundle without addresses still refers by id; an address always wins over an id."""
    own = first(entry.node, "id")
    return [f"{entry.kind}/{own}".lower(), f"urn:uuid:{own}".lower()] if own else []
