-- noqa: disable=LT02,LT09,RF03
-- Whoever gets or loses points for an indicator can see why: for every indicator in force, as many enterprises have
-- evidence in the month as have points before caps. risk_evidence holds only those that have points, so equal numbers
-- are the same enterprises.
{{ config(meta={"dagster": {"ref": {"name": "risk_evidence"}}}) }}
{%- set codes = scoring_rules()["indicators"] | list %}
{%- set rows = [] %}
{%- for code in codes %}{% do rows.append(["'" ~ code ~ "'", "n_" ~ code | lower]) %}{% endfor %}
with counted as (
    select
        count(*) as everybody
        {%- for code in codes %},
        count_if(r_{{ code | lower }} <> 0) as n_{{ code | lower }}
        {%- endfor %}
    from {{ ref('enterprise_score') }}
    where month = {{ month() }}
),

pointed as (
    select {{ rows_of(["indicator_code", "enterprises"], rows) }} as factor
    from counted
),

evident as (
    select
        indicator_code,
        count(distinct enterprise_id) as enterprises
    from {{ ref('risk_evidence') }}
    where month = {{ month() }}
    group by indicator_code
),

compared as (
    select
        pointed.factor.indicator_code,
        pointed.factor.enterprises - coalesce(evident.enterprises, 0) as missing
    from pointed
    left join evident on pointed.factor.indicator_code = evident.indicator_code
)

select
    'enterprises with points and no evidence' as problem,
    indicator_code,
    missing
from compared
where missing <> 0
