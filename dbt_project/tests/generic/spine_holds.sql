{#- The spine of the month in force: no enterprise twice, nothing without what every later table needs. One scan. -#}
{% test spine_holds(model) %}
with problems as (
    select
        count(*) - count(distinct enterprise_id) as more_than_one_row,
        count(*) filter (where region_code is null) as district_without_region,
        count(*) filter (where type_group is null and entity_type is not null) as entity_type_without_group,
        count(*) filter (where age_years is null or age_years < 0) as wrong_age_years,
        count(*) filter (where size_group not in ('micro', 'small', 'medium', 'large', 'unknown')) as wrong_size_group
    from {{ model }}
    where month = {{ month() }}
)

select *
from problems
where more_than_one_row + district_without_region + entity_type_without_group + wrong_age_years + wrong_size_group > 0
{% endtest %}
