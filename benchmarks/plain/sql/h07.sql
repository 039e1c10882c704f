-- H07 经营能力 Operating capacity.

-- values h0701: of the latest report. H070101 liabilities / assets; H070102 years with a loss among three; H070103 change of
-- revenue; H070104 revenue; H070105 loss / equity; H070106 bankruptcy case open, liquidation before reorganisation.
with found as (
    select
        enterprise_id,
        max(cast(liabilities as double) / cast(nullif(assets, 0) as double)) filter (
            where recency = 1 and counted_from > {window_H070101}
        ) as debt_ratio,
        sum(case when result < 0 then 1 when result >= 0 then 0 end) filter (
            where recency <= 3 and counted_from > {window_H070102}
        ) as loss_years,
        max(report_year) filter (where recency = 1) as year_1,
        max(report_year) filter (where recency = 2) as year_2,
        max(sales) filter (where recency = 1) as sales_1,
        max(sales) filter (where recency = 2 and counted_from > {window_H070103}) as sales_2,
        max(sales) filter (where recency = 1 and counted_from > {window_H070104}) as sales,
        max(case
            when result >= 0 then 0
            when result < 0 and equity <= 0 then 1
            when result < 0 then cast(-result as double) / cast(nullif(equity, 0) as double)
        end) filter (where recency = 1 and counted_from > {window_H070105}) as loss_depth
    from report
    -- what no window and no year due can reach is not read
    where report_year >= {report_year_due} or counted_from > {window_longest_H0701}
    group by enterprise_id
),
bankruptcy as (
    select enterprise_id, min(case when procedure = '3' then 'liquidation' else 'reorganisation' end) as kind
    from c10_bankruptcies
    where
        accepted_on > {window_H070106} and accepted_on <= {month_end}
        and (ended_on is null or ended_on > {month_end})
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case when fresh.c03_annual_reports then found.debt_ratio end as h070101,
    case when fresh.c03_annual_reports then found.loss_years end as h070102,
    case
        when not fresh.c03_annual_reports or found.year_1 <> found.year_2 + 1 then null
        when found.sales_2 > 0 then cast(found.sales_1 - found.sales_2 as double) / cast(found.sales_2 as double)
        when found.sales_2 = 0 and found.sales_1 = 0 then 0
    end as h070103,
    case when fresh.c03_annual_reports then cast(found.sales as double) end as h070104,
    case when fresh.c03_annual_reports then found.loss_depth end as h070105,
    case when fresh.c10_bankruptcies then coalesce(bankruptcy.kind, 'none') end as h070106
from enterprise
cross join fresh
left join found on enterprise.enterprise_id = found.enterprise_id
left join bankruptcy on enterprise.enterprise_id = bankruptcy.enterprise_id

-- values h0702: H070201 insured staff: none in the newest `zero_months` months although there is revenue, a sharp fall, or ok;
-- H070202 tax arrears or abnormal taxpayer; H070203 tax of the newest year known; H070204 fall of insured staff in a year;
-- H070205 latest tax credit rating. Months of insured staff are counted back from the feed's newest one.
with staff as (
    select
        enterprise_id,
        cast(substr(insured_month, 1, 4) as integer) * 12 + cast(substr(insured_month, 6, 2) as integer) as month_no,
        insured_staff
    from c13_insured_staff
    where insured_month <= '{month}' and insured_month > '{insured_after}' and counted_on <= {month_end}
),
counted as (
    select staff.enterprise_id, staff.insured_staff, newest.month_no - staff.month_no as months_back
    from staff
    cross join (select max(month_no) as month_no from staff) as newest
),
insured as (
    select
        enterprise_id,
        max(insured_staff) filter (where months_back = 0) as now_staff,
        max(insured_staff) filter (where months_back = {months_H070201}) as before_staff,
        max(insured_staff) filter (where months_back = {months_H070204}) as year_ago_staff,
        count(*) filter (where insured_staff = 0 and months_back < {H070201.zero_months}) as zero_months
    from counted
    group by enterprise_id
),
-- the tax office before the enterprise's own report on the same year
tax_told as (
    select enterprise_id, tax_year, tax_paid as tax, 1 as priority
    from c12_tax_paid cross join fresh
    where
        fresh.c12_tax_paid
        and paid_through <= {month_end}
        and paid_through >= make_date(tax_year, 12, 31)
        and make_date(tax_year + 1, 7, 1) > {window_H070203}
    union all
    select enterprise_id, report_year, tax, 2
    from report cross join fresh
    where fresh.c03_annual_reports and tax is not null and counted_from > {window_H070203}
),
taxed as (
    select told.enterprise_id, told.tax, case when fresh.c03_annual_reports then report.sales end as sales
    from (
        select *, row_number() over (partition by enterprise_id order by tax_year desc, priority) as place from tax_told
    ) as told
    cross join fresh
    left join report
        on told.enterprise_id = report.enterprise_id
            and told.tax_year = report.report_year
            and (report.report_year >= {report_year_due} or report.counted_from > {window_H070203})
    where told.place = 1
),
arrears as (
    select distinct enterprise_id
    from c12_arrears
    where
        announced_on > {window_H070202} and announced_on <= {month_end}
        and (cleared_on is null or cleared_on > {month_end})
),
abnormal as (
    select distinct enterprise_id
    from c12_abnormal_taxpayers
    where identified_on <= {month_end} and (lifted_on is null or lifted_on > {month_end})
),
rated as (
    select
        enterprise_id,
        rating,
        row_number() over (partition by enterprise_id order by rated_on desc, rated_year desc) as recency
    from c12_ratings
    where rated_on > {window_H070205} and rated_on <= {month_end}
),
known as (
    select
        enterprise.enterprise_id,
        case when fresh.c12_arrears then arrears.enterprise_id is not null end as in_arrears,
        case when fresh.c12_abnormal_taxpayers then abnormal.enterprise_id is not null end as is_abnormal,
        case when fresh.c13_insured_staff then insured.now_staff end as now_staff,
        insured.before_staff,
        insured.year_ago_staff,
        insured.zero_months >= {H070201.zero_months} as unstaffed,
        report.sales,
        fresh.c03_annual_reports as reports_fresh,
        taxed.tax,
        taxed.sales as taxed_sales,
        case when fresh.c12_ratings then rated.rating end as rating
    from enterprise
    cross join fresh
    left join insured on enterprise.enterprise_id = insured.enterprise_id
    left join report
        on enterprise.enterprise_id = report.enterprise_id
            and report.recency = 1
            and report.report_year >= {report_year_due}
    left join taxed on enterprise.enterprise_id = taxed.enterprise_id
    left join rated on enterprise.enterprise_id = rated.enterprise_id and rated.recency = 1
    left join arrears on enterprise.enterprise_id = arrears.enterprise_id
    left join abnormal on enterprise.enterprise_id = abnormal.enterprise_id
)
select
    enterprise_id,
    case
        when now_staff is null then null
        when not unstaffed and now_staff < {H070201.fall_below} * before_staff then 'sharp_fall'
        when not unstaffed or sales <= 0 then 'ok'
        when reports_fresh and sales > 0 then 'zero_staff'
    end as h070201,
    case
        when in_arrears and is_abnormal then 'both'
        when in_arrears then 'arrears'
        when is_abnormal then 'abnormal'
        when not in_arrears and not is_abnormal then 'none'
    end as h070202,
    case
        when tax > {H070203.large_above} then 'large'
        when tax >= {H070203.small_below} then 'middle'
        when tax <= 0 and taxed_sales > 0 then 'untaxed'
        when tax is not null then 'small'
    end as h070203,
    case
        when year_ago_staff > 0 then cast(year_ago_staff - now_staff as double) / cast(nullif(year_ago_staff, 0) as double)
    end as h070204,
    rating as h070205
from known

-- values h0703: rights in force. H070301 patents granted in the window; H070302 trademarks registered in the window.
with patents as (
    select enterprise_id, count(*) as n
    from c14_patents
    where granted_on > {window_H070301} and granted_on <= {month_end} and (ended_on is null or ended_on > {month_end})
    group by enterprise_id
),
trademarks as (
    select enterprise_id, count(*) as n
    from c14_trademarks
    where
        registered_on > {window_H070302} and registered_on <= {month_end}
        and (valid_to is null or valid_to >= {month_end})
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case when fresh.c14_patents then coalesce(patents.n, 0) end as h070301,
    case when fresh.c14_trademarks then coalesce(trademarks.n, 0) end as h070302
from enterprise
cross join fresh
left join patents on enterprise.enterprise_id = patents.enterprise_id
left join trademarks on enterprise.enterprise_id = trademarks.enterprise_id

-- values h0704: H070401 equity pledged / registered capital; H070402 live freezes of equity; H070403 chattel mortgages /
-- assets. A security is valid when it has not ended, or has no end and is in state 1.
with pledges as (
    select enterprise_id, sum(pledged_amount) as amount
    from c11_equity_pledges
    where
        pledged_on > {window_H070401} and pledged_on <= {month_end}
        and (ended_on > {month_end} or (ended_on is null and state = '1'))
    group by enterprise_id
),
freezes as (
    select enterprise_id, count(*) as n
    from c10_equity_freezes
    where
        frozen_on > {window_H070402} and frozen_on <= {month_end}
        and (ended_on is null or ended_on > {month_end})
        and (frozen_to is null or frozen_to >= {month_end})
    group by enterprise_id
),
mortgages as (
    select enterprise_id, sum(case when secured_amount >= 0 then secured_amount end) as amount
    from c11_chattel_mortgages
    where
        registered_on > {window_H070403} and registered_on <= {month_end}
        and (ended_on > {month_end} or (ended_on is null and state = '1'))
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case
        when not fresh.c11_equity_pledges then null
        when pledges.enterprise_id is null then 0
        else cast(pledges.amount as double) / nullif(enterprise.capital, 0)
    end as h070401,
    case when fresh.c10_equity_freezes then coalesce(freezes.n, 0) end as h070402,
    case
        when not fresh.c11_chattel_mortgages then null
        when mortgages.enterprise_id is null then 0
        when fresh.c03_annual_reports then cast(mortgages.amount as double) / cast(nullif(report.assets, 0) as double)
    end as h070403
from enterprise
cross join fresh
left join pledges on enterprise.enterprise_id = pledges.enterprise_id
left join freezes on enterprise.enterprise_id = freezes.enterprise_id
left join mortgages on enterprise.enterprise_id = mortgages.enterprise_id
left join report
    on enterprise.enterprise_id = report.enterprise_id
        and report.recency = 1
        and report.report_year >= {report_year_due}
        and report.assets > 0
