-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 名称匹配人工核实 / Answers to the review of matched names
{{ as_known(
    "s01_match_answers",
    columns=[
        "mention_id",
        "decision",
        "enterprise_id",
        "answered_on",
        "desk"
    ],
    record_key=["mention_id"]
) }}
