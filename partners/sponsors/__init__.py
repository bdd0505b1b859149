"""Sponsors: funds in yuan that pay for what coins buy."""

from partners.sponsors.actions import begin_top_up, count_coins, open_fund, return_top_up
from partners.sponsors.errors import FundExists, FundUnknown
from partners.sponsors.model import CoinFigures, Fund
from partners.sponsors.queries import (
    SETTLED,
    FundFigures,
    available_fen,
    fund_figures,
    fund_of,
    funds,
    latest_figures,
    lock_funds,
    unpaid_coins,
)
from partners.sponsors.rules import WHOLE, Worth, coverage, is_backed

__all__ = [
    "SETTLED",
    "WHOLE",
    "CoinFigures",
    "Fund",
    "FundExists",
    "FundFigures",
    "FundUnknown",
    "Worth",
    "available_fen",
    "begin_top_up",
    "count_coins",
    "coverage",
    "fund_figures",
    "fund_of",
    "funds",
    "is_backed",
    "latest_figures",
    "lock_funds",
    "open_fund",
    "return_top_up",
    "unpaid_coins",
]
