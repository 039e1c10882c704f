-- noqa: disable=LT02
-- What is known of each enterprise at the end of the month: the 27 indicator models side by side, one row for each
-- enterprise of the spine. A view that `enterprise_score` reads once, slice by slice.
-- Null is unknown. An indicator of another catalogue version keeps its value here and gets no points.
{{ config(materialized="plain_view", database="memory", schema="staging", contract={"enforced": false}) }}
{%- set models = [
    "h0101_enterprise_scale",
    "h0102_enterprise_age",
    "h0103_enterprise_background",
    "h0104_premises",
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
    "h0407_inspection_record",
    "h0501_complaints",
    "h0502_public_opinion",
    "h0503_online_advertising",
    "h0601_affiliate_violations",
    "h0602_affiliated_persons",
    "h0603_related_premises",
    "h0701_operating_condition",
    "h0702_tax_social_insurance",
    "h0703_intellectual_property",
    "h0704_pledge_freeze",
] %}
{%- set tables = {} %}
{%- for model in models %}
{%- do tables.update({model[:5]: ref(model)}) %}
{%- endfor %}

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    enterprise.region_code,
    {{ same_enterprise("enterprise", tables) }} as enterprise_id
    {%- for code in known_codes() %},
    {{ level2_model(models, code)[:5] }}.{{ code | lower }} as v_{{ code | lower }}
    {%- endfor %}
{{ side_by_side("enterprise", ref("enterprise"), tables) }}
