-- H0703 知识产权 Intellectual property. Source: C14 (c14_patents).
-- H070301 授权专利数量 Patents granted in 5 years, by day of grant, that are in force on the last day of the month: a right
--         that ended by then does not count. Protective: the catalogue takes points off for it, inside H07 only.
-- Unknown (null) while the feed is not fresh.
with found as (
    select
        enterprise_id,
        count(*) as patents
    from {{ ref('stg_c14_patents') }}
    where
        granted_on > {{ window_start('H070301') }}
        and granted_on <= {{ month_end() }}
        and (ended_on is null or ended_on > {{ month_end() }})
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c14_patents') }} then cast(coalesce(found.patents, 0) as double) end as h070301
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
