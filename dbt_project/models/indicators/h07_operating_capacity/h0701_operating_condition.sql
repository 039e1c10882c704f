-- noqa: disable=LT02
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
{%- set years = report_years(["H070101", "H070102", "H070103", "H070104", "H070105"]) %}
with reports as (
    {{ disclosed_reports(["H070101", "H070102", "H070103", "H070104", "H070105"]) }}
),

-- The years are few and known, so that one row per enterprise holds all its reports and none of them has to be ranked.
by_year as (
    select
        enterprise_id
        {%- for year in years %},
        count(*) filter (where report_year = {{ year }}) as on_file_{{ year }},
        max(cast(liabilities as double) / cast(nullif(assets, 0) as double)) filter (
            where report_year = {{ year }}
        ) as debt_ratio_{{ year }},
        max(case when result < 0 then 1 when result >= 0 then 0 end) filter (
            where report_year = {{ year }}
        ) as loss_{{ year }},
        max(revenue) filter (where report_year = {{ year }}) as revenue_{{ year }},
        max(
            case
                when result >= 0 then 0.0
                when result < 0 and equity <= 0 then 1.0
                when result < 0 then cast(-result as double) / cast(equity as double)
            end
        ) filter (where report_year = {{ year }}) as loss_depth_{{ year }}
        {%- endfor %}
    from reports
    group by enterprise_id
),

-- The latest report is the first on file; what is outside the window of an indicator does not count for it.
found as (
    select
        enterprise_id
        {%- for name, indicator in (("debt_ratio", "H070101"), ("revenue", "H070104"), ("loss_depth", "H070105")) %},
        case
            {%- for year in years %}
            when on_file_{{ year }} > 0
                then {{ name ~ "_" ~ year if year >= first_year_counted(indicator) else "null" }}
            {%- endfor %}
        end as {{ name }}
        {%- endfor %},
        case
            {%- for year in years %}
            when on_file_{{ year }} > 0 then revenue_{{ year }}
            {%- endfor %}
        end as newest_revenue,
        -- of the year before that; another one is no earlier year
        case
            {%- for year in years %}
            when on_file_{{ year }} > 0
                then {{ "revenue_" ~ ((year | int) - 1) if year > first_year_counted("H070103") else "null" }}
            {%- endfor %}
        end as earlier_revenue
        {%- for year in years if year >= first_year_counted("H070102") %},
        -- among the three latest
        case
            when 0 {%- for newer in years if newer > year %} + on_file_{{ newer }}{% endfor %} < 3
                then loss_{{ year }}
        end as counted_loss_{{ year }}
        {%- endfor %}
    from by_year
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
    case
        when
            {{ fresh('c03_annual_reports') }}
            and coalesce(
                {%- for year in years if year >= first_year_counted("H070102") %}
                found.counted_loss_{{ year }},
                {%- endfor %}
                null
            ) is not null
            then cast(
                0
                {%- for year in years if year >= first_year_counted("H070102") %}
                + coalesce(found.counted_loss_{{ year }}, 0)
                {%- endfor %} as double
            )
    end as h070102,
    case
        when not {{ fresh('c03_annual_reports') }} then null
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
