-- noqa: disable=LT02
-- 计分指标 For which indicators each enterprise gets or loses points before caps in the month (has_<code>). In the memory
-- of the run: every evidence model reads its own columns, instead of all bands again.
{{ config(materialized="plain_table", database="memory", schema="staging", contract={"enforced": false}) }}
{%- set rules = scoring_rules() %}
{%- set codes = rules["indicators"] | list %}

select
    region_code,
    enterprise_id
    {%- for code in codes %},
    {{ has_points(rules["indicators"][code], "v_" ~ code | lower) }} as has_{{ code | lower }}
    {%- endfor %}
from {{ ref('enterprise_score') }}
where month = {{ month() }}
