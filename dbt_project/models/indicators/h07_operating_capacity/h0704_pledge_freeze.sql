-- H0704 股权出质、冻结与抵押 Equity pledge, freeze and mortgage.
-- H070401 近三年股权出质比例 Equity pledged in 3 years / registered capital. Source: C11 (c11_equity_pledges), C01. Only pledges
--         valid (有效) on the last day of the month: not ended by then, or without an end and in state 1. Pledged amounts
--         carry no currency of their own and are taken as 万元 CNY, as the spine's registered capital is. 0 without a
--         pledge; unknown if there is one but no amount is stated, or the capital is unknown or 0.
-- H070402 近三年股权冻结次数 Live equity freezes that began in 3 years. Source: C10 (c10_equity_freezes). Freezes that were
--         lifted by the last day of the month, or whose last day has passed by then, are excluded: they are no longer
--         published (since 2024-06).
-- Unknown (null) while the feed is not fresh.
with pledges as (
    select
        enterprise_id,
        sum(pledged_amount) as amount
    from {{ ref('stg_c11_equity_pledges') }}
    where
        pledged_on > {{ window_start('H070401') }}
        and pledged_on <= {{ month_end() }}
        and case when ended_on is null then state = '1' else ended_on > {{ month_end() }} end
    group by enterprise_id
),

freezes as (
    select
        enterprise_id,
        count(*) as live
    from {{ ref('stg_c10_equity_freezes') }}
    where
        frozen_on > {{ window_start('H070402') }}
        and frozen_on <= {{ month_end() }}
        and (ended_on is null or ended_on > {{ month_end() }})
        and (frozen_to is null or frozen_to >= {{ month_end() }})
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case
        when not {{ fresh('c11_equity_pledges') }} then null
        when pledges.enterprise_id is null then 0.0
        else cast(pledges.amount as double) / nullif(cast(enterprise.registered_capital as double), 0)
    end as h070401,
    case when {{ fresh('c10_equity_freezes') }} then cast(coalesce(freezes.live, 0) as double) end as h070402
from {{ ref('enterprise') }} as enterprise
left join pledges on enterprise.enterprise_id = pledges.enterprise_id
left join freezes on enterprise.enterprise_id = freezes.enterprise_id
where enterprise.month = {{ month() }}
