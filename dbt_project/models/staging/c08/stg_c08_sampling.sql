-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 产品质量监督抽检 / Product sampling
{{ as_known(
    "c08_sampling",
    columns=[
        "enterprise_id",
        "party_name",
        "party_address",
        "sample_no",
        "product_name",
        "product_class",
        "batch_no",
        "sampled_on",
        "result",
        "recheck_result",
        "disposal"
    ],
    record_key=["sample_no"],
    objections=true,
    name="party_name",
    coded=true
) }}
