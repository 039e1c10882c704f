-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 集群登记地址备案 / Registration, approved cluster addresses
{{ as_known(
    "c01_cluster_addresses",
    columns=[
        "address",
        "district_code",
        "host_name",
        "approved_on",
        "ended_on"
    ],
    record_key=["address"]
) }}
