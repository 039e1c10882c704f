{#- One level-2 model in the month in force: exactly one row per enterprise of the spine, every value null or inside
    what the catalogue's bands expect (see the macro wrong_values). The rows are read beside those of the spine, in whose
    order they are kept (slices): one twice, one that is missing and one that is no enterprise all move others out of
    their place. The spine's own test sees to it that it names nobody twice. -#}
{% test indicator_holds(model, values) %}
{%- set expected, found = enterprise_mark("enterprise"), enterprise_mark("found") %}
with problems as (
    select
        {{ wrong_values(values) }},
        greatest(count({{ found }}) - count({{ expected }}), 0) as rows_too_many,
        greatest(count({{ expected }}) - count({{ found }}), 0) as rows_missing,
        max(case when {{ found }} <> {{ expected }} then 1 else 0 end) as other_enterprises
    {{ beside_spine("enterprise", ref("enterprise"), "found", model) }}
)

select *
from problems
where rows_too_many + rows_missing + other_enterprises + wrong_{{ values | join(" + wrong_") }} > 0
{% endtest %}
