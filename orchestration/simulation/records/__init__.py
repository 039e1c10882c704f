"""Records of every feed: one function per feed gives the rows of a slice of the province, with their delivery month."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from orchestration.simulation.facts import Part
from orchestration.simulation.records import (
    assets,
    compliance,
    decisions,
    finance,
    inspectors,
    public,
    registration,
    reports,
    web,
)
from orchestration.simulation.world import World

RECORDS: dict[str, Callable[[World, Part], pl.DataFrame]] = {
    "c01_base": registration.base,
    "c01_branches": registration.branches,
    "c01_changes": registration.change_log,
    "c01_cluster_addresses": registration.cluster_addresses,
    "c01_deregistrations": registration.deregistrations,
    "c01_false_registrations": decisions.false_registrations,
    "c01_persons": registration.persons,
    "c01_revocations": registration.revocations,
    "c01_shareholders": registration.shareholders,
    "c02_licences": assets.licence_register,
    "c03_annual_reports": reports.annual_reports,
    "c03_disclosure_orders": reports.disclosure_orders,
    "c03_report_amendments": reports.amendments,
    "c04_abnormal_list": compliance.abnormal_list,
    "c05_repairs": compliance.repairs,
    "c05_serious_lists": compliance.serious_lists,
    "c06_penalties": compliance.penalties,
    "c07_spot_checks": compliance.spot_checks,
    "c08_recalls": compliance.recalls,
    "c08_sampling": compliance.sampling,
    "c09_complaints": public.complaints,
    "c10_bankruptcies": public.bankruptcies,
    "c10_defaulters": public.defaulters,
    "c10_enforcement": public.enforcement,
    "c10_equity_freezes": public.equity_freezes,
    "c10_lawsuits": public.lawsuits,
    "c11_chattel_mortgages": finance.chattel_mortgages,
    "c11_equity_pledges": finance.equity_pledges,
    "c12_abnormal_taxpayers": finance.abnormal_taxpayers,
    "c12_arrears": finance.arrears,
    "c12_ratings": finance.ratings,
    "c12_tax_paid": finance.tax_paid,
    "c13_insured_staff": finance.insured_staff,
    "c14_certificates": assets.certificates,
    "c14_patents": assets.patents,
    "c14_trademarks": assets.trademarks,
    "c15_drug_device_cosmetic": assets.drug_device_cosmetic,
    "c15_equipment_inspections": assets.equipment_inspections,
    "c15_food_operators": assets.food_operators,
    "c15_industrial_permits": assets.industrial_permits,
    "c15_special_equipment": assets.special_equipment,
    "s01_match_answers": decisions.match_answers,
    "s01_objections": decisions.objections,
    "s01_overrides": decisions.overrides,
    "s02_inspectors": inspectors.pool,
    "s03_inspector_conflicts": inspectors.conflicts,
    "w01_web_signals": web.web_signals,
}
"""The function that records each feed.  A frame's columns are those of the contract, and ``_seen``."""
