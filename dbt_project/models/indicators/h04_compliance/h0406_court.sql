-- H0406 司法失信与诉讼 Court defaulters and litigation. Source: C10 (c10_defaulters, c10_lawsuits).
-- H040601 当前是否列入失信被执行人 Currently a court defaulter: 1 while published and not removed by the last day of the
--         month; the catalogue's direct rule to class D reads it. Natural persons are not the enterprise's.
-- H040602 近三年诉讼数量 Lawsuits as defendant filed in 3 years, as the share of peers (same industry section and size
--         group) with fewer of them; 0 without one. See peer_percentile.
-- Unknown (null) while the feed is not fresh.
with defaulters as (
    select distinct enterprise_id
    from {{ ref('stg_c10_defaulters') }}
    where
        subject_kind = '1'
        and enterprise_id is not null
        and published_on <= {{ month_end() }}
        and (removed_on is null or removed_on > {{ month_end() }})
),

lawsuits as (
    select
        enterprise_id,
        count(*) as cases
    from {{ ref('stg_c10_lawsuits') }}
    where
        role = '2'
        and filed_on > {{ window_start('H040602') }}
        and filed_on <= {{ month_end() }}
    group by enterprise_id
),

counted as (
    select
        enterprise.month,
        enterprise.enterprise_id,
        enterprise.industry_section,
        enterprise.size_group,
        case when defaulters.enterprise_id is null then 0 else 1 end as defaulter,
        coalesce(lawsuits.cases, 0) as cases
    from {{ ref('enterprise') }} as enterprise
    left join defaulters on enterprise.enterprise_id = defaulters.enterprise_id
    left join lawsuits on enterprise.enterprise_id = lawsuits.enterprise_id
    where enterprise.month = {{ month() }}
)

select
    month,
    enterprise_id,
    case when {{ fresh('c10_defaulters') }} then defaulter end as h040601,
    case when {{ fresh('c10_lawsuits') }} then {{ peer_percentile('cases') }} end as h040602
from counted
