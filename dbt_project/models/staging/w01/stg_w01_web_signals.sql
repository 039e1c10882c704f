-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 互联网信号 / Web signals matched to enterprises
{{ as_known(
    "w01_web_signals",
    columns=[
        "enterprise_id",
        "signal_no",
        "topic",
        "polarity",
        "confirmed",
        "match_confidence",
        "published_on",
        "url",
        "content_hash",
        "resolved_on",
        "source",
        "title",
        "mention",
        "match_kind",
        "band",
        "withdrawn_on",
        "negative",
        "judged_by",
        "page",
        "payload_sha256",
        "fetched_on",
        "copies"
    ],
    record_key=["signal_no"],
    objections=true
) }}
