"""What can be wrong about methods.

DomainError
├── MethodUnknown      no method has this code
└── MethodDataInvalid  the program's own data file breaks a rule; the program refuses to start
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class MethodUnknown(DomainError):
    """No method has this code. Facts: ``method``."""

    code = "method_unknown"


class MethodDataInvalid(DomainError):
    """A method's data breaks a rule. Facts: ``file``, ``fault``."""

    code = "method_data_invalid"
