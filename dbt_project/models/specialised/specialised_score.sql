-- 专业得分 Score of each member in each of its key fields, higher is riskier: a static (静态) and a dynamic (动态) part.
-- Source: specialised_factor, whose points add up to it. known_share: share of the indicators that give points whose
-- value is known; little of it is a thin file.
select
    month,
    region_code,
    enterprise_id,
    field,
    cast(sum(points) as decimal(7, 2)) as score,
    cast(coalesce(sum(points) filter (where part = 'static'), 0) as decimal(7, 2)) as static_points,
    cast(coalesce(sum(points) filter (where part = 'dynamic'), 0) as decimal(7, 2)) as dynamic_points,
    count(*) filter (where known and part <> 'mark')
    / cast(count(*) filter (where part <> 'mark') as double) as known_share,
    max(specialised_version) as specialised_version
from {{ ref("specialised_factor") }}
where month = {{ month() }}
group by month, region_code, enterprise_id, field
