-- What people read is all there is: in each month of a visit, visits and findings of find_rate_by_class and
-- find_rate_by_region add up to those of find_rate_by_month, and every rate lies within its limits.
{{ config(meta={"dagster": {"ref": {"name": "find_rate_by_month"}}}) }}
with presented as (
    select
        'month' as dimension,
        visit_month,
        visits,
        found,
        find_rate,
        find_rate_lower,
        find_rate_upper
    from {{ ref('find_rate_by_month') }}
    union all
    select
        'class' as dimension,
        visit_month,
        visits,
        found,
        find_rate,
        find_rate_lower,
        find_rate_upper
    from {{ ref('find_rate_by_class') }}
    union all
    select
        'region' as dimension,
        visit_month,
        visits,
        found,
        find_rate,
        find_rate_lower,
        find_rate_upper
    from {{ ref('find_rate_by_region') }}
),

summed as (
    select
        visit_month,
        dimension,
        sum(visits) as visits,
        sum(found) as found,
        bool_and(0 <= find_rate_lower and find_rate_lower <= find_rate and find_rate <= find_rate_upper)
        and max(find_rate_upper) <= 1 as in_limits
    from presented
    group by visit_month, dimension
)

select
    visit_month,
    'visits by class or region do not add up to those of the month, or a rate is out of its limits' as problem
from summed
group by visit_month
having count(distinct visits) > 1 or count(distinct found) > 1 or count(*) <> 3 or not bool_and(in_limits)
