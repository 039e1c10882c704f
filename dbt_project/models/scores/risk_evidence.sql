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
{%- set own = {} %}
{%- set areas = [] %}
{%- for model in models %}
{%- set level = model[:5] | upper %}
{%- do own.update({model: codes | select("ge", level) | select("lt", level ~ "z") | list}) %}
{%- if model[:3] not in areas %}{%- do areas.append(model[:3]) %}{%- endif %}
{%- endfor %}

-- A level 1 at a time. Who has points in a level 2 is a narrow read of its own: one read of all points for every branch
-- would be kept in memory with all columns of the score.
{%- for area in areas %}
{%- set branches = models | select("ge", area) | select("lt", area ~ "z") | list %}
{{ next_part() if not loop.first }}
(
with
{%- for model in branches %}
{{ model[:5] }} as (
    select
        region_code,
        enterprise_id
        {%- for code in own[model] %},
        r_{{ code | lower }}
        {%- endfor %}
    from {{ ref('enterprise_score') }}
    where
        month = {{ month() }}
        and (
            {%- for code in own[model] %}
            {{ "or " if not loop.first }}r_{{ code | lower }} <> 0
            {%- else %}
            false
            {%- endfor %}
        )
){{ "," if not loop.last }}
{% endfor %}
{%- for model in branches %}
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
inner join {{ model[:5] }} as points on evidence.enterprise_id = points.enterprise_id
where
    {%- if own[model] %}
    case evidence.indicator_code
        {%- for code in own[model] %}
        when '{{ code }}' then points.r_{{ code | lower }} <> 0
        {%- endfor %}
    end
    {%- else %}
    false
    {%- endif %}
{%- endfor %}
)
{%- endfor %}
