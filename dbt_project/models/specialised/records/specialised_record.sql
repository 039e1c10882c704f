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

select
    member.region_code,
    member.field,
    records.*
from records
inner join {{ ref("specialised_member") }} as member
    on
        records.enterprise_id = member.enterprise_id
        and left(records.indicator_code, 3) = member.field_code
