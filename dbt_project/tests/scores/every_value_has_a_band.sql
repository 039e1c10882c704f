-- noqa: disable=LT02,LT09
-- A known value of an indicator in force lies in one of its bands: a category that the catalogue lacks would get no
-- points without anybody noticing.
{%- set rules = scoring_rules() %}
{%- set codes = rules["indicators"] | list %}
with banded as (
    select
        enterprise_id
        {%- for code in codes %},
        v_{{ code | lower }}
        {%- endfor %}
        {%- if codes %},
        {{ band_columns(rules, codes) }}
        {%- endif %}
    from {{ ref('enterprise_score') }}
    where month = {{ month() }}
),

counted as (
    select
        count(*) as enterprises
        {%- for code in codes %},
        count_if(v_{{ code | lower }} is not null and b_{{ code | lower }} is null) as bad_{{ code | lower }}
        {%- endfor %}
    from banded
),

named as (
    select
        concat_ws(
            ', '
            {%- for code in codes %}, case when bad_{{ code | lower }} > 0 then '{{ code }}' end{% endfor %}
        ) as indicators,
        0 {%- for code in codes %} + bad_{{ code | lower }}{% endfor %} as enterprises
    from counted
)

select
    'values without a band in the catalogue: ' || indicators as problem,
    enterprises
from named
where enterprises > 0
