{#- One level-2 model in the month in force: exactly one row per enterprise of the spine, every value null or inside
    what the catalogue's bands expect (see the macro wrong_values). One scan of each and one row of counts, so that 24
    models stay cheap. -#}
{% test indicator_holds(model, values) %}
with spine as (
    select enterprise_id from {{ ref("enterprise") }} where month = {{ month() }}
),

indicator as (
    select * from {{ model }} where month = {{ month() }}
),

problems as (
    select
        {{ wrong_values(values) }},
        count(*) - count(distinct coalesce(spine.enterprise_id, indicator.enterprise_id)) as more_than_one_row,
        count(*) filter (where indicator.enterprise_id is null) as no_row,
        count(*) filter (where spine.enterprise_id is null) as not_in_spine
    from spine
    full outer join indicator on spine.enterprise_id = indicator.enterprise_id
)

select *
from problems
where more_than_one_row + no_row + not_in_spine + wrong_{{ values | join(" + wrong_") }} > 0
{% endtest %}
