-- H0701 经营状况 Operating condition. Source: C03 年报 (c03_annual_reports), C10 破产 (c10_bankruptcies).
-- The report of a year can be filed until 30 June of the next one; its influence is counted from 1 July. So in any
-- month the latest report is that of the last year due, or a newer one filed early; without it the value is unknown.
-- An amount is disclosed when it is stated and not marked as unpublished (不公示).
-- H070101 最近一年资产负债率 Liabilities / assets of the latest report; unknown if either is not disclosed or assets are 0.
-- H070102 近三年亏损次数 Years with a loss among the three latest reports in the window: net profit below 0, or profit where
--         net profit is not disclosed. Unknown if none of them discloses one. 0..3.
-- H070103 营业收入同比变动 Revenue of the latest report against that of the report on the year before, as a share of
--         the earlier one: -0.2 is a fall by a fifth. The earlier report must be in the window. Unknown if it is not on
--         file, if a revenue is not disclosed, or if there is revenue after a year of 0. 0 after 0 is no change: 0.
-- H070104 营收规模 Revenue of the latest report, 万元; unknown if not disclosed.
-- H070105 最近一年亏损程度 Loss / equity of the latest report, the loss read as in H070102. 0 without a loss. 1 if there
--         is a loss and equity is 0 or less, since all of it is gone. Unknown if the result, or with a loss the equity,
--         is not disclosed.
-- H070106 破产重整或清算 Bankruptcy case accepted in the window and not ended by the last day of the month: 'liquidation'
--         (清算), else 'reorganisation' (重整, and 和解 settlement), else 'none'. Of several liquidation decides.
-- Unknown (null) while the feed is not fresh.
with reports as (
    {{ disclosed_reports(["H070101", "H070102", "H070103", "H070104", "H070105"]) }}
),

found as (
    select
        enterprise_id,
        max(cast(liabilities as double) / cast(nullif(assets, 0) as double)) filter (
            where recency = 1 and counted_from > {{ window_start('H070101') }}
        ) as debt_ratio,
        sum(case when result < 0 then 1 when result >= 0 then 0 end) filter (
            where recency <= 3 and counted_from > {{ window_start('H070102') }}
        ) as loss_years,
        max(report_year) filter (where recency = 1) as newest_year,
        max(revenue) filter (where recency = 1) as newest_revenue,
        max(report_year) filter (where recency = 2) as earlier_year,
        max(revenue) filter (where recency = 2 and counted_from > {{ window_start('H070103') }}) as earlier_revenue,
        max(revenue) filter (where recency = 1 and counted_from > {{ window_start('H070104') }}) as revenue,
        max(
            case
                when result >= 0 then 0.0
                when result < 0 and equity <= 0 then 1.0
                when result < 0 then cast(-result as double) / cast(equity as double)
            end
        ) filter (where recency = 1 and counted_from > {{ window_start('H070105') }}) as loss_depth
    from reports
    group by enterprise_id
),

bankruptcies as (
    select
        bankruptcy.enterprise_id,
        -- of the two words the one that decides comes first in the alphabet
        min({{ bankruptcy_kind("bankruptcy.procedure") }}) as kind
    from {{ ref('stg_c10_bankruptcies') }} as bankruptcy
    where {{ is_open_bankruptcy("bankruptcy") }}
    group by bankruptcy.enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c03_annual_reports') }} then found.debt_ratio end as h070101,
    case when {{ fresh('c03_annual_reports') }} then cast(found.loss_years as double) end as h070102,
    case
        when not {{ fresh('c03_annual_reports') }} or found.newest_year <> found.earlier_year + 1 then null
        when found.earlier_revenue > 0
            then cast(found.newest_revenue - found.earlier_revenue as double) / cast(found.earlier_revenue as double)
        when found.earlier_revenue = 0 and found.newest_revenue = 0 then 0.0
    end as h070103,
    case when {{ fresh('c03_annual_reports') }} then cast(found.revenue as double) end as h070104,
    case when {{ fresh('c03_annual_reports') }} then found.loss_depth end as h070105,
    case when {{ fresh('c10_bankruptcies') }} then coalesce(bankruptcies.kind, 'none') end as h070106
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
left join bankruptcies on enterprise.enterprise_id = bankruptcies.enterprise_id
where enterprise.month = {{ month() }}
