-- noqa: disable=LT02,LT14
-- 风险证据 The records behind every indicator that gives or takes points: feed, record, day, month received, and the month
-- in which it stops to count. An absence, such as a report not filed, has no record_id; its event_on is the day it was
-- due.
-- Points are those before caps: a record counts although a cap leaves nothing of it.
{%- set models = [
    "h0101_evidence",
    "h0102_evidence",
    "h0103_evidence",
    "h0104_evidence",
    "h0201_evidence",
    "h0202_evidence",
    "h0203_evidence",
    "h0301_evidence",
    "h0302_evidence",
    "h0303_evidence",
    "h0401_evidence",
    "h0402_evidence",
    "h0403_evidence",
    "h0404_evidence",
    "h0405_evidence",
    "h0406_evidence",
    "h0407_evidence",
    "h0501_evidence",
    "h0502_evidence",
    "h0503_evidence",
    "h0601_evidence",
    "h0602_evidence",
    "h0603_evidence",
    "h0701_evidence",
    "h0702_evidence",
    "h0703_evidence",
    "h0704_evidence",
] %}
{%- set codes = scoring_rules()["indicators"] | list %}
{%- set areas = [] %}
{%- for model in models if model[:3] not in areas %}{%- do areas.append(model[:3]) %}{%- endfor %}
{%- set columns = evidence_columns() %}

-- A level 1 at a time, and within it one join with those who have points: a statement needs room for all that it joins.
{%- for area in areas %}
{%- set branches = models | select("ge", area) | select("lt", area ~ "z") | list %}
{%- set known = codes | select("ge", area | upper) | select("lt", area | upper ~ "z") | list %}
{{ next_part() if not loop.first }}
(
with evidence as (
    {%- for model in branches %}
    {{ "union all" if not loop.first }}
    select
        enterprise_id,
        {{ columns | join(",\n        ") }}
    from {{ ref(model) }}
    {%- endfor %}
),

points as (
    select
        region_code,
        enterprise_id
        {%- for code in known %},
        has_{{ code | lower }}
        {%- endfor %}
    from {{ ref('enterprise_pointed') }}
    where
        {%- for code in known %}
        {{ "or " if not loop.first }}has_{{ code | lower }}
        {%- else %}
        false
        {%- endfor %}
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    points.region_code,
    evidence.enterprise_id,
    evidence.{{ columns | join(",\n    evidence.") }}
from evidence
inner join points on evidence.enterprise_id = points.enterprise_id
where
    case evidence.indicator_code
        {%- for code in known %}
        when '{{ code }}' then points.has_{{ code | lower }}
        {%- else %}
        when '' then false
        {%- endfor %}
    end
)
{%- endfor %}
