-- H0703 知识产权 Intellectual property. Source: C14 (c14_patents, c14_trademarks).
-- H070301 授权专利数量 Patents granted in 5 years, by day of grant, that are in force on the last day of the month: a right
--         that ended by then does not count. Protective: the catalogue takes points off for it, inside H07 only.
-- H070302 注册商标数量 Trademarks registered in 10 years, by day of registration, whose right covers the last day of the
--         month; a mark without a last day is taken as in force. Protective as well.
-- Unknown (null) while the feed is not fresh.
with patents as (
    select
        enterprise_id,
        count(*) as in_force
    from {{ ref('stg_c14_patents') }}
    where
        granted_on > {{ window_start('H070301') }}
        and granted_on <= {{ month_end() }}
        and (ended_on is null or ended_on > {{ month_end() }})
    group by enterprise_id
),

trademarks as (
    select
        enterprise_id,
        count(*) as in_force
    from {{ ref('stg_c14_trademarks') }}
    where
        registered_on > {{ window_start('H070302') }}
        and registered_on <= {{ month_end() }}
        and (valid_to is null or valid_to >= {{ month_end() }})
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c14_patents') }} then cast(coalesce(patents.in_force, 0) as double) end as h070301,
    case when {{ fresh('c14_trademarks') }} then cast(coalesce(trademarks.in_force, 0) as double) end as h070302
from {{ ref('enterprise') }} as enterprise
left join patents on enterprise.enterprise_id = patents.enterprise_id
left join trademarks on enterprise.enterprise_id = trademarks.enterprise_id
where enterprise.month = {{ month() }}
