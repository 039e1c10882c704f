-- noqa: disable=LT02
-- What is known of each enterprise at the end of the month: the 24 indicator models side by side, one row for each
-- enterprise of the spine. A view that `enterprise_score` reads once, slice by slice: 24 joins over all enterprises at
-- once would need several times the memory that the indicators do.
-- Null is unknown. An indicator of another catalogue version keeps its value here and gets no points.
{{ config(materialized="plain_view", database="memory", schema="staging", contract={"enforced": false}) }}
{%- set models = [
    "h0101_enterprise_scale",
    "h0102_enterprise_age",
    "h0103_enterprise_background",
    "h0201_registration_changes",
    "h0202_abnormal_registration",
    "h0203_licensing",
    "h0301_report_filing",
    "h0302_report_quality",
    "h0303_instant_disclosure",
    "h0401_abnormal_list",
    "h0402_serious_lists",
    "h0403_penalties",
    "h0404_spot_checks",
    "h0405_sampling",
    "h0406_court",
    "h0501_complaints",
    "h0502_public_opinion",
    "h0503_online_advertising",
    "h0601_affiliate_violations",
    "h0602_affiliated_persons",
    "h0701_operating_condition",
    "h0702_tax_social_insurance",
    "h0703_intellectual_property",
    "h0704_pledge_freeze",
] %}

with
{%- for model in models %}
{{ model[:5] }} as (
    select *
    from {{ ref(model) }}
    where
        month = {{ month() }}
        and {{ in_slice() }}
){{ "," if not loop.last }}
{%- endfor %}

select
    enterprise.month,
    enterprise.region_code,
    enterprise.enterprise_id
    {%- for code in known_codes() %},
    {{ level2_model(models, code)[:5] }}.{{ code | lower }} as v_{{ code | lower }}
    {%- endfor %}
from {{ ref('enterprise') }} as enterprise
{%- for model in models %}
left join {{ model[:5] }} on enterprise.enterprise_id = {{ model[:5] }}.enterprise_id
{%- endfor %}
where
    enterprise.month = {{ month() }}
    and {{ in_slice("enterprise.enterprise_id") }}
