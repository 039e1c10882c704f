-- noqa: disable=LT02,AM04
-- 领域记录汇总 All records behind the specialised indicators of the members, kept in memory while a month is computed:
-- values and evidence read the same ones, so what counts is decided once.
{{ config(materialized="table") }}
with records as (
    {%- for model in [
        "field_register_records",
        "field_equipment_records",
        "field_penalty_records",
        "field_check_records",
        "field_mark_records",
        "field_product_records",
    ] %}
    {{ "union all" if not loop.first }}
    select * from {{ ref(model) }}
    {%- endfor %}
)

select records.*
from records
where
    (records.enterprise_id, left(records.indicator_code, 3)) in (
        select
            member.enterprise_id,
            member.field_code
        from {{ ref("specialised_member") }} as member
    )
