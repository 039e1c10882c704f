-- noqa: disable=LT02,RF03
-- 风险因素 Why each enterprise has its score: one row per month, enterprise and indicator in force, unknown ones included.
-- points is what the indicator counts for after all caps: per enterprise and month they add up to the score exactly.
-- A view over all months, one scan of the wide table; filter by month and enterprise_id, and only their files are read.
{{ config(tags=["published"]) }}
{%- set versions = versions_of_codes() %}
{%- set columns = ["indicator_code", "value", "band", "points", "cap_taken", "known", "in_force"] %}
{%- set factors = [] %}
{%- for code, in_versions in (versions.items() | sort if versions is mapping else []) %}
    {%- set column = code | lower %}
    {%- do factors.append([
        "'" ~ code ~ "'",
        "cast(v_" ~ column ~ " as varchar)",
        "b_" ~ column,
        "p_" ~ column,
        "cast(coalesce(r_" ~ column ~ ", 0) - p_" ~ column ~ " as decimal(9, 2))",
        "v_" ~ column ~ " is not null",
        "catalogue_version in ('" ~ in_versions | join("', '") ~ "')",
    ]) %}
{%- endfor %}

with factors as (
    select
        month,
        region_code,
        enterprise_id,
        catalogue_version,
        {{ rows_of(columns, factors) }} as factor
    from {{ ref('enterprise_points') }}
)

select
    month,
    region_code,
    enterprise_id,
    factor.indicator_code,
    factor.value,
    factor.band,
    factor.points,
    factor.cap_taken,
    factor.known,
    catalogue_version
from factors
where factor.in_force
