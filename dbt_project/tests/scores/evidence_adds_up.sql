-- noqa: disable=LT02,LT05
-- Where the value of an indicator is a count of records, weighted or not, and the evidence says what each record counts
-- for, the parts add up to the value: no record is shown that does not count, and none that counts is left out.
{{ config(meta={"dagster": {"ref": {"name": "risk_evidence"}}}) }}
{%- set indicators = scoring_rules()["indicators"] %}
{%- set counted = [] %}
{%- for code in indicators if indicators[code]["unit"] in ("count", "weighted_count") %}
    {%- do counted.append(code) %}
{%- endfor %}
with parts as (
    select
        enterprise_id,
        indicator_code,
        sum(counts_for) as counted
    from {{ ref('risk_evidence') }}
    where
        month = {{ month() }}
        and indicator_code in ('{{ counted | join("', '") }}')
    group by enterprise_id, indicator_code
    having count(*) = count(counts_for)
),

compared as (
    select
        parts.indicator_code,
        parts.counted,
        case parts.indicator_code
            {%- for code in counted %}
            when '{{ code }}' then score.v_{{ code | lower }}
            {%- else %}
            when '' then 0
            {%- endfor %}
        end as value_shown
    from parts
    inner join {{ ref('enterprise_score') }} as score
        on
            parts.enterprise_id = score.enterprise_id
            and score.month = {{ month() }}
)

select
    'enterprises whose records do not add up to the value' as problem,
    indicator_code,
    count(*) as enterprises
from compared
where abs(counted - value_shown) > 0.000001
group by indicator_code
