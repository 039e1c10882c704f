-- What people read adds up too: for every enterprise of the newest month that was decided, the points in risk_factor
-- are the score in risk_class. The views are of no month; older months were tested when they were the newest.
{{ config(meta={"dagster": {"ref": {"name": "risk_factor"}}}) }}
with newest as (
    select max(month) as newest_month from {{ source('risk', 'risk_class') }}
),

factors as (
    select
        enterprise_id,
        sum(points) as points
    from {{ ref('risk_factor') }}
    where month = (select newest.newest_month from newest)
    group by enterprise_id
)

select
    'points in risk_factor do not add up to the score in risk_class' as problem,
    count(*) as enterprises
from {{ source('risk', 'risk_class') }} as risk_class
left join factors on risk_class.enterprise_id = factors.enterprise_id
where
    risk_class.month = (select newest.newest_month from newest)
    and (factors.points is null or factors.points <> risk_class.score)
having count(*) > 0
