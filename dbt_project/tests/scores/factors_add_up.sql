-- What people read adds up too: for every enterprise of the month, the points in risk_factor are the score in
-- risk_class.
with factors as (
    select
        enterprise_id,
        sum(points) as points
    from {{ ref('risk_factor') }}
    where month = {{ month() }}
    group by enterprise_id
)

select
    'points in risk_factor do not add up to the score in risk_class' as problem,
    count(*) as enterprises
from {{ source('risk', 'risk_class') }} as risk_class
left join factors on risk_class.enterprise_id = factors.enterprise_id
where
    risk_class.month = {{ month() }}
    and (factors.points is null or factors.points <> risk_class.score)
having count(*) > 0
