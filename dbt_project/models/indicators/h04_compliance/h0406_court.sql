-- H0406 司法失信与诉讼 Court defaulters and litigation. Source: C10 (c10_defaulters, c10_lawsuits), C01 (c01_base: capital).
-- H040601 当前是否列入失信被执行人 Currently a court defaulter: 1 while published and not removed by the last day of the
--         month; the catalogue's direct rule to class D reads it. Natural persons are not the enterprise's.
-- H040602 近三年诉讼数量 Lawsuits as defendant filed in 3 years, as the share of peers (same industry section and size
--         group, wider where they are fewer than `peers_at_least` of parameters.csv) with fewer of them; 0 without one.
--         See peer_places.
-- H040603 近三年诉讼金额 What is claimed in lawsuits as defendant filed in 3 years, as a multiple of the registered capital;
--         0 without a lawsuit. A lawsuit that states no amount adds nothing; unknown if none of them states one, and
--         where the capital is unknown or 0.
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
        count(*) filter (where filed_on > {{ window_start('H040602') }}) as cases,
        count(*) filter (where filed_on > {{ window_start('H040603') }}) as claims,
        -- summed as decimals: the order of doubles would decide at a half when it is rounded
        cast(sum(amount) filter (where filed_on > {{ window_start('H040603') }}) as double) as claimed
    from {{ ref('stg_c10_lawsuits') }}
    where
        role = '2'
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
        coalesce(lawsuits.cases, 0) as cases,
        case
            when coalesce(lawsuits.claims, 0) = 0 then 0.0
            when enterprise.registered_capital > 0 then round(lawsuits.claimed / enterprise.registered_capital, 6)
        end as claimed
    from {{ ref('enterprise') }} as enterprise
    left join defaulters on enterprise.enterprise_id = defaulters.enterprise_id
    left join lawsuits on enterprise.enterprise_id = lawsuits.enterprise_id
    where enterprise.month = {{ month() }}
),

places as (
    {{ peer_places('counted', 'cases', parameter('H040602', 'peers_at_least')) }}
)

select
    counted.month,
    counted.enterprise_id,
    case when {{ fresh('c10_defaulters') }} then counted.defaulter end as h040601,
    case when {{ fresh('c10_lawsuits') }} then places.place end as h040602,
    case when {{ fresh('c10_lawsuits') }} then counted.claimed end as h040603
from counted
inner join places on {{ same_peers('counted', 'places', 'cases') }}
