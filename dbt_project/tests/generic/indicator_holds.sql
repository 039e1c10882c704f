{#- One level-2 model in the month in force: exactly one row per enterprise of the spine, every value null or inside
    what the catalogue's bands expect (see the macro wrong_values). Both tables are read once and never joined: there are
    as many rows as enterprises, and the identifiers have the same checksum, so that one twice, one that is missing and
    one that is no enterprise are each found. The spine's own test sees to it that it names nobody twice. -#}
{% test indicator_holds(model, values) %}
with spine as (
    select
        count(*) as enterprises,
        {{ checksum("enterprise_id") }} as identifiers
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

problems as (
    select
        {{ wrong_values(values) }},
        greatest(count(*) - (select spine.enterprises from spine), 0) as rows_too_many,
        greatest((select spine.enterprises from spine) - count(*), 0) as rows_missing,
        case
            when {{ checksum("enterprise_id") }} is distinct from (select spine.identifiers from spine) then 1
            else 0
        end as other_enterprises
    from {{ model }}
    where month = {{ month() }}
)

select *
from problems
where rows_too_many + rows_missing + other_enterprises + wrong_{{ values | join(" + wrong_") }} > 0
{% endtest %}
