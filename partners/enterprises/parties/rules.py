"""Who is who: credit codes (rule 3)."""

from __future__ import annotations

from functools import lru_cache

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError


@lru_cache(maxsize=65_536)
def credit_code(text: str) -> str | None:
    """Answer the unified social credit code in its plain form, or None where its check digit or form is wrong."""
    try:
        code: str = uscc.validate("".join(text.split()))
    except ValidationError:
        return None
    return code
