-- noqa: disable=LT02,RF03,RF04
-- 风险因素变化 What changed since the month before: one row per month, enterprise and indicator whose band or points differ,
-- for enterprises scored in both months. A value that moves within its band, such as an age, is no change.
-- points_before is null where the indicator was not in force, points where it no longer is; a null value is unknown.
-- A view: a month that is computed again is compared anew. One join of two months of the wide table: the month before
-- is found from the month, so filter by month.
{{ config(tags=["published"]) }}
{%- set columns = [
    "indicator_code", "value_before", "value_now", "band_before", "band_now", "points_before", "points_now"
] %}
{%- set factors = [] %}
{%- for code in known_codes() %}
    {%- set column = code | lower %}
    {%- do factors.append([
        "'" ~ code ~ "'",
        "cast(earlier.v_" ~ column ~ " as varchar)",
        "cast(later.v_" ~ column ~ " as varchar)",
        "earlier.b_" ~ column,
        "later.b_" ~ column,
        "earlier.p_" ~ column,
        "later.p_" ~ column,
    ]) %}
{%- endfor %}

with compared as (
    select
        later.month,
        later.region_code,
        later.enterprise_id,
        {{ rows_of(columns, factors) }} as factor
    from {{ ref('enterprise_points') }} as later
    inner join {{ ref('enterprise_points') }} as earlier
        on
            later.enterprise_id = earlier.enterprise_id
            and earlier.month = {{ month_before("later.month") }}
)

select
    month,
    region_code,
    enterprise_id,
    factor.indicator_code,
    factor.value_before,
    factor.value_now as value,
    factor.band_before,
    factor.band_now as band,
    factor.points_before,
    factor.points_now as points
from compared
where
    factor.band_before is distinct from factor.band_now
    or factor.points_before is distinct from factor.points_now
