-- H0704 股权出质、冻结与抵押 Equity pledge, freeze and mortgage.
-- H070401 近三年股权出质比例 Equity pledged in 3 years / registered capital. Source: C11 (c11_equity_pledges), C01. Only pledges
--         valid (有效) on the last day of the month: not ended by then, or without an end and in state 1. Pledged amounts
--         carry no currency of their own and are taken as 万元 CNY, as the spine's registered capital is. 0 without a
--         pledge; unknown if there is one but no amount is stated, or the capital is unknown or 0.
-- H070402 近三年股权冻结次数 Live equity freezes that began in 3 years. Source: C10 (c10_equity_freezes). Freezes that were
--         lifted by the last day of the month, or whose last day has passed by then, are excluded: they are no longer
--         published (since 2024-06).
-- H070403 动产抵押情况 Debt secured by chattel mortgages / assets of the latest report (of the last year due, or newer).
--         Source: C11 (c11_chattel_mortgages), C03. Only mortgages registered in the window and valid, as in H070401. 0
--         without one, whatever the assets; unknown if there is one but no amount is stated, or if the assets are 0 or
--         not disclosed.
-- Unknown (null) while the feed is not fresh.
with pledges as (
    select
        pledge.enterprise_id,
        sum(pledge.pledged_amount) as amount
    from {{ ref('stg_c11_equity_pledges') }} as pledge
    where
        pledge.pledged_on > {{ window_start('H070401') }}
        and pledge.pledged_on <= {{ month_end() }}
        and {{ is_valid_security("pledge") }}
    group by pledge.enterprise_id
),

freezes as (
    select
        frozen.enterprise_id,
        count(*) as live
    from {{ ref('stg_c10_equity_freezes') }} as frozen
    where
        frozen.frozen_on > {{ window_start('H070402') }}
        and frozen.frozen_on <= {{ month_end() }}
        and {{ is_live_freeze("frozen") }}
    group by frozen.enterprise_id
),

mortgages as (
    select
        mortgage.enterprise_id,
        sum(mortgage.secured_amount) filter (where mortgage.secured_amount >= 0) as amount
    from {{ ref('stg_c11_chattel_mortgages') }} as mortgage
    where
        mortgage.registered_on > {{ window_start('H070403') }}
        and mortgage.registered_on <= {{ month_end() }}
        and {{ is_valid_security("mortgage") }}
    group by mortgage.enterprise_id
),

reports as (
    {{ latest_reports() }}
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case
        when not {{ fresh('c11_equity_pledges') }} then null
        when pledges.enterprise_id is null then 0.0
        else cast(pledges.amount as double) / nullif(cast(enterprise.registered_capital as double), 0)
    end as h070401,
    case when {{ fresh('c10_equity_freezes') }} then cast(coalesce(freezes.live, 0) as double) end as h070402,
    case
        when not {{ fresh('c11_chattel_mortgages') }} then null
        when mortgages.enterprise_id is null then 0.0
        when {{ fresh('c03_annual_reports') }} and reports.assets > 0
            then cast(mortgages.amount as double) / cast(reports.assets as double)
    end as h070403
from {{ ref('enterprise') }} as enterprise
left join pledges on enterprise.enterprise_id = pledges.enterprise_id
left join freezes on enterprise.enterprise_id = freezes.enterprise_id
left join mortgages on enterprise.enterprise_id = mortgages.enterprise_id
left join reports on enterprise.enterprise_id = reports.enterprise_id
where enterprise.month = {{ month() }}
