"""Codes: countries by ISO 3166-1, currencies by ISO 4217, the ports that our own table lists, approved exporters."""

from collections.abc import Container, Mapping
from functools import cache

from adapter.parameters import Register

COMMON = frozenset({"AUD", "CNY", "EUR", "GBP", "HKD", "IDR", "ILS", "INR", "JPY", "KRW", "SGD", "THB", "USD", "VND"})
"""What nearly all values are in: the whole list costs a short command a tenth of its time."""


class Codes:
    """What is known of codes; the international lists are loaded when something is not plainly on them."""

    def __init__(self, ports: Container[str] | None = None, registers: Mapping[str, Register] | None = None) -> None:
        self._ports, self._registers = ports, registers or {}

    def has_country(self, code: str) -> bool:
        """Whether ISO 3166-1 has this country."""
        return code in countries()

    def has_currency(self, code: str) -> bool:
        """Whether ISO 4217 has this currency."""
        return code in COMMON or code in currencies()

    def has_port(self, code: str) -> bool:
        """Whether our extract of UN/LOCODE has this port; without an extract every port passes."""
        return self._ports is None or code in self._ports

    def register(self, country: str) -> Register | None:
        """The country's approved exporters, where somebody gave us a register of them."""
        return self._registers.get(country)


@cache
def countries() -> frozenset[str]:
    """The countries of ISO 3166-1 (alpha-2)."""
    from iso3166 import countries_by_alpha2

    return frozenset(countries_by_alpha2)


@cache
def currencies() -> frozenset[str]:
    """The currencies of ISO 4217 (alpha-3) that are in use."""
    from iso4217 import Currency

    return frozenset(currency.code for currency in Currency)
