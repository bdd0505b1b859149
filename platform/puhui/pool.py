"""The provincial pool: whose units small meetings are offset with. It is an owner in the ledger and nobody's purse."""

from uuid import UUID

POOL = UUID("00000000-0000-7000-8000-00000000706f")
