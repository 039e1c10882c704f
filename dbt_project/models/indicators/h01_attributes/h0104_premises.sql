-- H0104 经营场所 Premises. Source: C15 (c15_food_operators), the entry that began last by the end of the month.
-- H010401 场所风险等级 Risk grade of the premises in the register of the field: A (lowest) to D, unknown without one.
-- H010402 场所业态 Kind of premises: making, sale, catering, canteen, unknown without an entry.
-- Unknown (null) while the feed is not fresh, or where no catalogue knows the indicator.
{%- set measured = is_measured("H010401") or is_measured("H010402") %}
with entry as (
    select
        enterprise_id,
        max_by(risk_grade, (valid_from, record_id)) as risk_grade,
        max_by(operation_kind, (valid_from, record_id)) as operation_kind
    from {{ ref("stg_c15_food_operators") }}
    where
        valid_from <= {{ month_end() }}
        and {{ measured | lower }}
    group by enterprise_id
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    enterprise.enterprise_id,
    case
        when {{ is_measured("H010401") | lower }} and {{ fresh("c15_food_operators") }}
            then coalesce(entry.risk_grade, 'unknown')
    end as h010401,
    case
        when {{ is_measured("H010402") | lower }} and {{ fresh("c15_food_operators") }}
            then
                case entry.operation_kind
                    when '1' then 'making' when '2' then 'sale' when '3' then 'catering' when '4' then 'canteen'
                    else 'unknown'
                end
    end as h010402
from {{ ref("enterprise") }} as enterprise
left join entry on enterprise.enterprise_id = entry.enterprise_id
where enterprise.month = {{ month() }}
