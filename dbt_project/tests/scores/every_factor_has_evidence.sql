-- noqa: disable=LT02,LT09,RF03
-- Whoever gets or loses points for an indicator can see why: each enterprise has evidence in the month for the
-- indicators for which it has points before caps, and for no other. The indicators of an enterprise are compared as the
-- bits of two numbers, which takes one pass over the evidence.
{{ config(meta={"dagster": {"ref": {"name": "risk_evidence"}}}) }}
{%- set codes = scoring_rules()["indicators"] | list %}
{%- set halves = [codes[:60], codes[60:]] %}
{%- set bits = [] %}
{%- for code in codes %}
{%- set bit = ["'" ~ code ~ "'"] %}
{%- for half in halves %}{%- do bit.append("cast(" ~ (2 ** half.index(code) if code in half else 0) ~ " as bigint)") %}{%- endfor %}
{%- do bits.append(bit) %}
{%- endfor %}
with numbered as (
    select {{ rows_of(["indicator_code", "low", "high"], bits) }} as place
),

evident as (
    select
        evidence.enterprise_id,
        bit_or(numbered.place.low) as low,
        bit_or(numbered.place.high) as high
    from {{ ref('risk_evidence') }} as evidence
    inner join numbered on evidence.indicator_code = numbered.place.indicator_code
    where evidence.month = {{ month() }}
    group by evidence.enterprise_id
),

pointed as (
    select
        enterprise_id,
        {%- for half in halves %}
        cast(0 as bigint)
        {%- for code in half %}
        + cast(has_{{ code | lower }} as bigint) * {{ 2 ** loop.index0 }}
        {%- endfor %} as {{ "low," if loop.first else "high" }}
        {%- endfor %}
    from {{ ref('enterprise_pointed') }}
)

select
    'enterprises with points and no evidence, or evidence and no points' as problem,
    count(*) as enterprises,
    min(coalesce(pointed.enterprise_id, evident.enterprise_id)) as one_of_them
from pointed
full join evident on pointed.enterprise_id = evident.enterprise_id
where
    coalesce(pointed.low, 0) <> coalesce(evident.low, 0)
    or coalesce(pointed.high, 0) <> coalesce(evident.high, 0)
having count(*) > 0
