{#- Counts of classes by something, with shares and changes since the month before, for the published tables. -#}

{#- The month before a month column, as text. -#}
{% macro month_before(column) -%}
    left(cast({{ months_after("cast(" ~ column ~ " || '-01' as date)", -1) }} as varchar), 7)
{%- endmacro %}

{#- One row per month, value of `dimension` and class, classes without enterprises included.
    relation   one row per month and enterprise, with the dimension and the class
    dimension  column to group by, or several as a list; none for the whole jurisdiction
    `before` and `change` are null where the month before was not decided. -#}
{% macro class_counts(relation, dimension=none) -%}
{%- set dimensions = [] if not dimension else [dimension] if dimension is string else dimension -%}
{%- set by = (["month"] + dimensions) | join(", ") -%}
classed as (
    select * from {{ relation }}
),

class_names as (
    select distinct class from classed
),

decided as (
    select distinct {{ by }} from classed
),

counts as (
    select
        {{ by }},
        class,
        count(*) as enterprises,
        count(*) filter (where thin_file) as thin_file
    from classed
    group by {{ by }}, class
),

cells as (
    select
        decided.month,
        {%- for name in dimensions %}
        decided.{{ name }},
        {%- endfor %}
        class_names.class,
        coalesce(counts.enterprises, 0) as enterprises,
        coalesce(counts.thin_file, 0) as thin_file
    from decided
    cross join class_names
    left join counts
        on
            decided.month = counts.month
            {%- for name in dimensions %}
            and decided.{{ name }} = counts.{{ name }}
            {%- endfor %}
            and class_names.class = counts.class
),

compared as (
    select
        cells.*,
        {{ month_before("cells.month") }} in (select month from decided) as has_before,
        coalesce(earlier.enterprises, 0) as earlier
    from cells
    left join counts as earlier
        on
            earlier.month = {{ month_before("cells.month") }}
            {%- for name in dimensions %}
            and cells.{{ name }} = earlier.{{ name }}
            {%- endfor %}
            and cells.class = earlier.class
)
{%- endmacro %}

{#- Members of key fields by `dimensions` and combined class, as a query: counts, shares, changes since the month before, tiers of
    supervision, moves, and the visits a year that the classes ask for. -#}
{% macro field_counts(dimensions) -%}
{%- set by = (["month"] + dimensions) | join(", ") -%}
with {{ class_counts(source("risk", "combined_class"), dimensions) }},

supervised as (
    select
        {{ by }},
        class,
        count(*) filter (where tier = 'credit') as tier_credit,
        count(*) filter (where tier = 'responsibility') as tier_responsibility,
        count(*) filter (where tier = 'normal') as tier_normal,
        count(*) filter (where tier = 'tightened') as tier_tightened,
        count(moves) as moved,
        sum(visits_per_year) as visits_per_year
    from {{ source("risk", "combined_class") }}
    group by {{ by }}, class
)

select
    compared.month,
    {%- for name in dimensions %}
    compared.{{ name }},
    {%- endfor %}
    compared.class,
    compared.enterprises,
    compared.enterprises / cast(
        sum(compared.enterprises) over (partition by compared.{{ (["month"] + dimensions) | join(", compared.") }}) as double
    ) as enterprise_share,
    case when compared.has_before then compared.earlier end as enterprises_before,
    case when compared.has_before then compared.enterprises - compared.earlier end as enterprises_change,
    compared.thin_file,
    coalesce(supervised.tier_credit, 0) as tier_credit,
    coalesce(supervised.tier_responsibility, 0) as tier_responsibility,
    coalesce(supervised.tier_normal, 0) as tier_normal,
    coalesce(supervised.tier_tightened, 0) as tier_tightened,
    coalesce(supervised.moved, 0) as moved,
    coalesce(supervised.visits_per_year, 0) as visits_per_year
from compared
left join supervised
    on
        compared.month = supervised.month
        {%- for name in dimensions %}
        and compared.{{ name }} = supervised.{{ name }}
        {%- endfor %}
        and compared.class = supervised.class
{%- endmacro %}
