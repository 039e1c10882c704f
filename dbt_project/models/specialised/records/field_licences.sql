-- 领域许可 Licences and permits of the fields food, drugs and industrial products, in one shape. Source: C15
-- registers, by day of validity; a renewal under the same number replaces the row. Only those valid at the end
-- of the month, or lapsed within the months for which a lapsed licence still makes a member (member_months).
-- kind: what is licensed (food operation, drug field, product class); grade: the field's own grade (food);
-- trade_stage: stage of business (drugs), free text; ended: the last day of validity, which still counts, has passed.
with registered as (
    select
        'S01' as field_code,
        'c15_food_operators' as feed,
        enterprise_id,
        licence_no,
        operation_kind as kind,
        risk_grade as grade,
        cast(null as varchar) as trade_stage,
        valid_from,
        valid_to,
        record_id,
        record_key,
        received_month
    from {{ ref("stg_c15_food_operators") }}
    where valid_to is null or valid_to > {{ window_start("S01") }}
    union all
    select
        'S02' as field_code,
        'c15_drug_device_cosmetic' as feed,
        enterprise_id,
        licence_no,
        product_field as kind,
        cast(null as varchar) as grade,
        operation_kind as trade_stage,
        valid_from,
        valid_to,
        record_id,
        record_key,
        received_month
    from {{ ref("stg_c15_drug_device_cosmetic") }}
    where valid_to is null or valid_to > {{ window_start("S02") }}
    union all
    select
        'S03' as field_code,
        'c15_industrial_permits' as feed,
        enterprise_id,
        permit_no as licence_no,
        product_class as kind,
        cast(null as varchar) as grade,
        cast(null as varchar) as trade_stage,
        valid_from,
        valid_to,
        record_id,
        record_key,
        received_month
    from {{ ref("stg_c15_industrial_permits") }}
    where valid_to is null or valid_to > {{ window_start("S03") }}
)

select
    *,
    coalesce(valid_to < {{ month_end() }}, false) as ended
from registered
where valid_from <= {{ month_end() }}
