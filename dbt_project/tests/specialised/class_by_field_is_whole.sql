-- What people read is all there is: for the newest month that was decided, members, tiers and visits in
-- class_by_field are those of combined_class, shares of a field add up to 1, and nobody is visited less often
-- than the law demands.
{{ config(meta={"dagster": {"ref": {"name": "class_by_field"}}}) }}
{%- set newest_month = newest_partition(source('risk', 'combined_class')) | first %}
with decided as (
    select
        field,
        count(*) as members,
        sum(visits_per_year) as asked_visits,
        count(*) filter (where visits_per_year < statutory_visits or tier is null) as wrong_rows,
        count(*) - count(distinct enterprise_id) as repeated
    from {{ source('risk', 'combined_class') }}
    where month = '{{ newest_month }}'
    group by field
),

presented as (
    select
        field,
        sum(enterprises) as members,
        sum(enterprise_share) as shares_together,
        sum(tier_credit + tier_responsibility + tier_normal + tier_tightened) as in_a_tier,
        sum(visits_per_year) as asked_visits
    from {{ ref('class_by_field') }}
    where month = '{{ newest_month }}'
    group by field
)

select
    'class_by_field differs from combined_class, or a row of it is wrong' as problem,
    count(*) as wrong_fields
from decided
full outer join presented on decided.field = presented.field
where
    decided.members is null
    or presented.members is null
    or decided.members <> presented.members
    or presented.in_a_tier <> presented.members
    or abs(presented.shares_together - 1) > 0.000001
    or abs(decided.asked_visits - presented.asked_visits) > 0.000001
    or decided.wrong_rows > 0
    or decided.repeated > 0
having count(*) > 0
