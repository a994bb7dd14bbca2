"""Owns what a mobile city office offers: which of its services are procedures that this tool can count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from sim.mobile_office.free_time import AGES
from sim.mobile_office.rivals import convenience_share

if TYPE_CHECKING:
    from geodata.mobile_office import MobileOfficePlan
    from geodata.units import BoolArray, FloatArray
    from sim.params import Params

CERTIFICATE, CARD, CONSULTATION = 0, 1, 2
CLASSES = ("certificate", "card", "consultation")
"""Procedures that are counted: certificates (証明書), the My Number card (マイナンバーカード), consultations (相談)."""
_WORDS = (
    (CARD, ("電子証明", "マイナンバー", "my number", "mynumber")),  # 電子証明書 is part of the card
    (CERTIFICATE, ("証明", "certificate")),
    (CARD, ("カード",)),
    (CONSULTATION, ("相談", "consult")),
)
_BETWEEN = re.compile(r"[、，,・/／＋+;；]")
_HEALTH = ("健康", "医療", "診療", "health", "medical")
_MONTHS = 12
_WORKING_AGE, _OLDER = 20, 65


def class_of(service: str) -> int | None:
    """Return the class of procedures that the words of a service mean, or None where nothing can be counted."""
    words = service.casefold()
    if any(word in words for word in _HEALTH):
        return None
    return next((n for n, known in _WORDS if any(word in words for word in known)), None)


def classes_of(service: str) -> set[int]:
    """Return the classes of procedures in the words of a service, which may name several: 証明書・相談."""
    return {n for part in _BETWEEN.split(service) if (n := class_of(part)) is not None}


def offered(plan: MobileOfficePlan) -> BoolArray:
    """Return class → whether a plan offers it, shape (K,)."""
    found = {n for service in plan.services for n in classes_of(service)}
    return np.array([n in found for n in range(len(CLASSES))])


def uncounted(plan: MobileOfficePlan) -> tuple[str, ...]:
    """Return the services of a plan for which no procedures are counted (health, shopping, …)."""
    return tuple(service for service in plan.services if not classes_of(service))


def needs_per_month(params: Params) -> FloatArray:
    """Return class, age group → procedures a person needs a month, wherever they are done, shape (K, G)."""
    rates = np.array(
        [
            params.certificates_per_person_year,
            params.card_procedures_per_person_year,
            params.consultations_per_person_year,
        ]
    )
    factors = np.array([_age_factor(age, params) for age in AGES])
    needs: FloatArray = rates[:, None] * factors / _MONTHS
    return needs


def _age_factor(from_age: int, params: Params) -> float:
    if from_age >= _OLDER:
        return params.procedures_older_factor
    return 1.0 if from_age >= _WORKING_AGE else params.procedures_pupils_factor


def convenience_by_class(params: Params) -> FloatArray:
    """Return class, age group → share that convenience stores take: of certificates only, shape (K, G)."""
    shares = np.zeros((len(CLASSES), len(AGES)))
    shares[CERTIFICATE] = convenience_share(params)
    return shares


def with_card_share(params: Params) -> FloatArray:
    """
    Return class, age group → share of procedures left to the van that use the card, shape (K, G).

    All about the card; of certificates those of holders who do not go to a store: h (1 − c) of the 1 − h c that are
    left, with h = share of holders and c = share of them who take certificates there.
    """
    held, stores = params.card_holder_share, convenience_share(params)
    shares = np.zeros((len(CLASSES), len(AGES)))
    shares[CERTIFICATE] = np.divide(held - stores, 1.0 - stores, out=np.zeros(len(AGES)), where=stores < 1.0)
    shares[CARD] = 1.0
    return shares
