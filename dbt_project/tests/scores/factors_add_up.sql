-- What people read adds up too, in the newest month that was decided. For every enterprise the score in risk_class is
-- the one in enterprise_score, to which its points add up (points_add_up). The view risk_factor says the same of every
-- enterprise in the same words; whether they are right shows in one region, whose points must add up to the score. The
-- views are of no month; older months were tested when they were the newest.
{{ config(meta={"dagster": {"ref": {"name": "risk_factor"}}}) }}
{%- set newest_month, region = newest_partition(source('risk', 'risk_class')) %}
with factors as (
    select
        enterprise_id,
        sum(points) as points
    from {{ ref('risk_factor') }}
    where
        month = '{{ newest_month }}'
        and region_code = '{{ region }}'
    group by enterprise_id
)

select
    'points in risk_factor do not add up to the score in risk_class, or it is not that of enterprise_score' as problem,
    count(*) as enterprises
from {{ source('risk', 'risk_class') }} as risk_class
left join {{ ref('enterprise_score') }} as scored
    on
        risk_class.enterprise_id = scored.enterprise_id
        and risk_class.month = scored.month
        and scored.month = '{{ newest_month }}'
left join factors on risk_class.enterprise_id = factors.enterprise_id
where
    risk_class.month = '{{ newest_month }}'
    and (
        scored.score is null
        or scored.score <> risk_class.score
        or (risk_class.region_code = '{{ region }}' and (factors.points is null or factors.points <> risk_class.score))
    )
having count(*) > 0
