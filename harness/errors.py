"""
Everything that can go wrong, as one tree.

    HarnessError
    ├── ExpectationNotMet (AssertionError)   the application broke what the scenario expects
    ├── Inconclusive                         the record does not allow a verdict
    ├── EnvironmentUnfit                     the machine or the cluster cannot do what is asked
    ├── BadInput                             what the user gave cannot be used: file, line, remedy
    └── KubeError                            the API server refused or could not be reached
        ├── Unauthorized      401
        ├── Forbidden         403: the credentials do not allow it
        ├── Denied            403: a check of the content does not allow it
        ├── NotFound          404
        ├── Conflict          409
        ├── Expired           410
        ├── Invalid           422 (and 400)
        ├── TooManyRequests   429
        └── Unreachable       5xx, refused, reset, timed out

Each keeps its facts in fields and renders its text from them; line 1 stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "BadInput",
    "Conflict",
    "Denied",
    "EnvironmentUnfit",
    "ExpectationNotMet",
    "Expired",
    "Forbidden",
    "HarnessError",
    "Inconclusive",
    "Invalid",
    "KubeError",
    "NotFound",
    "TooManyRequests",
    "Unauthorized",
    "Unreachable",
]


class HarnessError(Exception):
    """Any error with a text written for its reader; the plugin shows it without a traceback."""


@dataclass(eq=False)
class _Explained(HarnessError):
    """An error of the form: title, expected, observed, since, look at."""

    title: str
    expected: str = ""
    observed: str = ""
    since: str = ""
    look_at: tuple[str, ...] = ()
    details: str = field(default="", kw_only=True)
    facts: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    """What a program reads: `promise` and `clause` of a broken promise, `condition` of an unmet one."""
    events: tuple[int, ...] = field(default=(), kw_only=True)
    """The counterexample: the `seq` of each observation in the scenario's history that shows what went wrong."""

    def __str__(self) -> str:
        """Render the fields that are filled in, the title alone on the first line; what it has said is not repeated."""
        lines = [self.title]
        expected = "" if self.expected.removeprefix("at no time: ") in self.title else self.expected
        for label, text in (("expected", expected), ("observed", self.observed), ("since", self.since)):
            if text:
                lines.append(f"  {label + ':':<10}{text}".replace("\n", "\n" + " " * 12))
        if self.details:
            lines.append(self.details)
        lines.extend(f"  look at:  {place}" for place in self.look_at)
        return "\n".join(lines)


class ExpectationNotMet(_Explained, AssertionError):
    """The application broke a promise or did not do within its time what the scenario expects."""


class Inconclusive(_Explained):
    """The record has a gap, or unproved freshness, where the verdict would have to look."""


class EnvironmentUnfit(_Explained):
    """The machine or the cluster lacks something the harness needs; `look_at` holds the remedy."""


@dataclass(eq=False)
class BadInput(HarnessError):
    """Something the user wrote cannot be used: says where it stands and what to write instead."""

    problem: str
    file: str = ""
    line: int = 0
    remedy: str = ""

    def __str__(self) -> str:
        """Render as `file:line: problem`, the remedy on a line of its own."""
        place = f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        return f"{place}{self.problem}" + (f"\n  {self.remedy}" if self.remedy else "")


@dataclass(eq=False)
class KubeError(HarnessError):
    """
    The API server's refusal of one request, or the failure to reach it.

    `causes` holds (field path, message) pairs of the Status details, as for an invalid manifest.
    """

    message: str
    status: int = 0
    reason: str = ""
    verb: str = ""
    resource: str = ""
    namespace: str = ""
    name: str = ""
    causes: tuple[tuple[str, str], ...] = ()
    retry_after_s: float | None = None

    def __str__(self) -> str:
        """Render as `cannot VERB RESOURCE NAME in NAMESPACE: message (status reason)`."""
        target = " ".join(part for part in (self.verb, self.resource, self.name) if part)
        where = f" in namespace {self.namespace}" if self.namespace else ""
        code = f" ({self.status} {self.reason})".replace(" )", ")") if self.status else ""
        return f"cannot {target}{where}: {self.message}{code}" if target else f"{self.message}{code}"


class Unauthorized(KubeError):
    """401: the credentials are missing, wrong or expired."""


class Forbidden(KubeError):
    """403: the credentials do not allow this verb on this resource; names the rule to add."""

    def __str__(self) -> str:
        """Add the RBAC rule that would allow the request."""
        rule = f'\n  allow it with: {{resources: ["{self.resource}"], verbs: ["{self.verb}"]}}'
        return super().__str__() + (rule if self.verb and self.resource else "")


class Denied(KubeError):
    """403: the credentials allow the request, and an admission check refuses it: a quota, a policy, a storage class."""


class NotFound(KubeError):
    """404: there is no such object, or no such kind on this server."""


class Conflict(KubeError):
    """409: the object exists, changed meanwhile, or another manager owns the field."""


class Expired(KubeError):
    """410: the resourceVersion is no longer served; list anew."""


class Invalid(KubeError):
    """422 or 400: the server refuses the content; `causes` says which fields."""


class TooManyRequests(KubeError):
    """429: refused for now; an eviction refused by a disruption budget is one of these."""


class Unreachable(KubeError):
    """The server could not be reached, hung up, or answered 5xx."""
