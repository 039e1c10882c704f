-- noqa: disable=LT02,LT09
-- 指标档位与分值 The scores with the band of each indicator (b_) and its points before caps (r_), which follow from the
-- value and the bands of the catalogue version by which the row was computed. A view over all months: stored, these
-- columns would be half of what a month writes. Filter by month and enterprise_id, and only their files are read.
-- Null where the value is unknown or the indicator not in force, or if the version is no longer in the catalogue.
{{ config(materialized="plain_view", contract={"enforced": false}) }}
{%- set rules = rules_of_versions() %}
{%- set versions = rules | list | sort %}
{%- set codes = known_codes() %}
{%- set kept = [] %}
{%- for size, prefix in ((3, "l1_"), (5, "l2_")) %}
{%- for level in levels_of(codes, size) %}{% do kept.append(prefix ~ level | lower) %}{% endfor %}
{%- endfor %}
{%- for code in codes %}{% do kept.append("v_" ~ code | lower) %}{% endfor %}
{%- for code in codes %}{% do kept.append("p_" ~ code | lower) %}{% endfor %}

-- By name: a table of earlier years may have columns b_ and r_ of its own.
with versioned as (
    select
        month,
        region_code,
        enterprise_id,
        catalogue_version,
        score
        {%- for column in kept %},
        {{ column }}
        {%- endfor %},
        case catalogue_version
            {%- for version in versions %}
            when '{{ version }}' then {{ loop.index }}
            {%- else %}
            when '' then 0
            {%- endfor %}
        end as version_no
    from {{ ref('enterprise_score') }}
),

banded as (
    select
        *
        {%- for code in codes %}
        {%- set written = {} %}
        {%- for version in versions if code in rules[version]["indicators"] %}
        {%- do written.update({version: band_of(rules[version]["indicators"][code], "v_" ~ code | lower)}) %}
        {%- endfor %},
        {{ by_version(versions, written) }} as b_{{ code | lower }}
        {%- endfor %}
    from versioned
)

select
    month,
    region_code,
    enterprise_id,
    catalogue_version,
    score
    {%- for column in kept %},
    {{ column }}
    {%- endfor %}
    {%- for code in codes %},
    b_{{ code | lower }}
    {%- endfor %}
    {%- for code in codes %}
    {%- set written = {} %}
    {%- for version in versions if code in rules[version]["indicators"] %}
    {%- do written.update({version: points_of(rules[version]["indicators"][code], "b_" ~ code | lower)}) %}
    {%- endfor %},
    cast({{ by_version(versions, written) }} as decimal(9, 2)) as r_{{ code | lower }}
    {%- endfor %}
from banded
