-- H0701 经营状况 Operating condition. Source: C03 年报 (c03_annual_reports).
-- The report of a year can be filed until 30 June of the next one; its influence is counted from 1 July. So in any
-- month the latest report is that of the last year due, or a newer one filed early; without it the value is unknown.
-- An amount is disclosed when it is stated and not marked as unpublished (不公示).
-- H070101 最近一年资产负债率 Liabilities / assets of the latest report; unknown if either is not disclosed or assets are 0.
-- H070102 近三年亏损次数 Years with a loss among the three latest reports in the window: net profit below 0, or profit where
--         net profit is not disclosed. Unknown if none of them discloses one. 0..3.
-- Unknown (null) while the feed is not fresh.
with reports as (
    select
        enterprise_id,
        report_year,
        make_date(report_year + 1, 7, 1) as counted_from,
        case when coalesce(assets_published, true) then assets end as assets,
        case when coalesce(liabilities_published, true) then liabilities end as liabilities,
        case
            when net_profit is not null and coalesce(net_profit_published, true) then net_profit
            when coalesce(profit_published, true) then profit
        end as result
    from {{ ref('stg_c03_annual_reports') }}
    where filed_on <= {{ month_end() }}
),

ranked as (
    select
        *,
        row_number() over (partition by enterprise_id order by report_year desc) as recency
    from reports
    where
        counted_from > {{ window_start('H070101') }}
        or counted_from > {{ window_start('H070102') }}
),

found as (
    select
        enterprise_id,
        max(cast(liabilities as double) / cast(nullif(assets, 0) as double)) filter (
            where recency = 1 and counted_from > {{ window_start('H070101') }}
        ) as debt_ratio,
        sum(case when result < 0 then 1 when result >= 0 then 0 end) filter (
            where recency <= 3 and counted_from > {{ window_start('H070102') }}
        ) as loss_years
    from ranked
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c03_annual_reports') }} then found.debt_ratio end as h070101,
    case when {{ fresh('c03_annual_reports') }} then cast(found.loss_years as double) end as h070102
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
