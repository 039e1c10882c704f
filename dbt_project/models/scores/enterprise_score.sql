-- noqa: disable=LT02,AM04
-- 企业信用风险得分 Points and score of each enterprise, 0 to 1000, higher is riskier. Source: rules of the catalogue version
-- in force (indicators, bands, levels), recommended scoring of the domain reference: additive, capped by level 2, by
-- level 1 and in total, so that every score can be read as a sum.
-- Wide, one row per enterprise, with what was known (v_) and what it counts for (p_); bands and points before caps
-- follow from the values and stand in `enterprise_points`. `risk_factor` shows the same, one row per indicator.
-- on_schema_change: a later version may bring indicators, whose columns are then null in earlier months.
{{ config(on_schema_change="append_new_columns", slice_rows=368640, contract={"enforced": false}) }}
{%- set rules = scoring_rules() %}
{%- set codes = known_codes() %}

with valued as {{ kept_apart() }} (
    select * from {{ ref('enterprise_values') }}
)

{%- if rules["indicators"] %},

banded as (
    select
        *,
        {{ band_columns(rules, codes) }}
    from valued
),

pointed as (
    select
        *,
        {{ raw_point_columns(rules, codes) }}
    from banded
),

level2_sums as (
    select
        *,
        {{ level2_sum_columns(rules) }}
    from pointed
),

level2_factors as (
    select
        *,
        {{ factor_columns(rules, 5) }}
    from level2_sums
),

level1_sums as (
    select
        *,
        {{ level1_sum_columns(rules) }}
    from level2_factors
),

level1_factors as (
    select
        *,
        {{ factor_columns(rules, 3) }}
    from level1_sums
),

total_factors as (
    select
        *,
        {{ total_factor(rules) }} as up_total
    from level1_factors
),

sums_0 as (
    select
        *,
        {{ unrounded_columns(rules) }},
        {{ is_capped(rules) }} as capped
    from total_factors
),
{%- set last = namespace(column="cast(0 as double)") %}
{% for level in level_codes(rules, 3) %}
sums_{{ loop.index }} as (
    select
        *,
        {{ running_columns(rules, level, last.column) }}
    from sums_{{ loop.index0 }}
),
{%- set last.column = "s_" ~ (rules["indicators"] | select("ge", level) | select("lt", level ~ "z") | list | last | lower) %}
{% endfor %}
counted as (
    select
        *,
        cast({{ last.column }} as decimal(7, 2)) as score,
        {{ counted_point_columns(rules, codes) }}
    from sums_{{ level_codes(rules, 3) | length }}
),

totalled as (
    select
        *,
        {{ subtotal_columns(rules, codes) }}
    from counted
)

select
    month,
    region_code,
    enterprise_id,
    '{{ catalogue_version() }}' as catalogue_version,
    score
    {%- for size, prefix in ((3, "l1_"), (5, "l2_")) %}
    {%- for level in levels_of(codes, size) %},
    {{ prefix }}{{ level | lower }}
    {%- endfor %}
    {%- endfor %}
    {%- for prefix in ("v_", "p_") %}
    {%- for code in codes %},
    {{ prefix }}{{ code | lower }}
    {%- endfor %}
    {%- endfor %}
from totalled
{%- else %}

-- while dbt only parses, or a linter reads, the rules are not known
select * from valued
{%- endif %}
