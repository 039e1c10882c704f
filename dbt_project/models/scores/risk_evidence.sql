-- noqa: disable=LT02,LT14
-- 风险证据 The records behind every indicator that gives or takes points: feed, record, day, month received, and the month
-- in which it stops to count. An absence, such as a report not filed, has no record_id; its event_on is the day it was
-- due.
-- Points are those before caps: a record counts although a cap leaves nothing of it.
{%- set models = [
    "h0101_evidence",
    "h0102_evidence",
    "h0103_evidence",
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
    "h0501_evidence",
    "h0502_evidence",
    "h0503_evidence",
    "h0601_evidence",
    "h0602_evidence",
    "h0701_evidence",
    "h0702_evidence",
    "h0703_evidence",
    "h0704_evidence",
] %}
{%- set codes = scoring_rules()["indicators"] | list %}

with points as (
    select * from {{ ref('enterprise_score') }} where month = {{ month() }}
)

{%- for model in models %}
{%- set own = codes | select("ge", model[:5] | upper) | select("lt", model[:5] | upper ~ "z") | list %}
{{ "union all" if not loop.first }}
select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    points.region_code,
    points.enterprise_id,
    evidence.indicator_code,
    evidence.feed,
    evidence.record_id,
    evidence.record_key,
    evidence.event_on,
    evidence.received_month,
    evidence.stops_in,
    evidence.about_id,
    evidence.counts_for,
    evidence.repaired_on,
    evidence.review_since
from {{ ref(model) }} as evidence
inner join points on evidence.enterprise_id = points.enterprise_id
where
    {%- if own %}
    case evidence.indicator_code
        {%- for code in own %}
        when '{{ code }}' then points.r_{{ code | lower }} <> 0
        {%- endfor %}
    end
    {%- else %}
    false
    {%- endif %}
{%- endfor %}
