-- H03 年报公示 Annual report and disclosure.

-- values h0301: filing. H030101 the report on the year due is missing; H030102 years in a row without one; H030103 reports
-- filed late. The year due turns after 30 June; nothing is due of an enterprise before its first report is.
with found as (
    select
        enterprise_id,
        max(report_year) filter (where report_year <= {report_year_due}) as last_year,
        count(*) filter (where filed_on > make_date(report_year + 1, 6, 30) and filed_on > {window_H030103}) as late
    from report
    group by enterprise_id
),
due as (
    select
        enterprise.enterprise_id,
        fresh.c03_annual_reports and year(enterprise.established_on) <= {report_year_due} as applies,
        {report_year_due} - year(enterprise.established_on) + 1 as years_due,
        {report_year_due} - found.last_year as missed,
        found.late
    from enterprise
    cross join fresh
    left join found on enterprise.enterprise_id = found.enterprise_id
)
select
    enterprise_id,
    case when applies then case when missed = 0 then 0 else 1 end end as h030101,
    case when applies then least(coalesce(missed, years_due), years_due, {years_H030102}) end as h030102,
    case when applies then coalesce(late, 0) end as h030103
from due

-- values h0302: quality. H030201 all figures 0 although older than `older_than` months; H030202 of a large capital how many
-- hold: no tax, low revenue, no staff; H030203 amendments of the report amended most.
with spoken as (
    select report.enterprise_id, report.tax, report.revenue, report.staff
    from report cross join fresh
    where report.recency = 1 and report.report_year >= {report_year_due} and fresh.c03_annual_reports
    union all
    select enterprise_id, max_by(tax_paid, tax_year), null, null
    from c12_tax_paid cross join fresh
    where tax_year >= {report_year_due} and paid_through <= {month_end} and fresh.c12_tax_paid
    group by enterprise_id
    union all
    select enterprise_id, null, null, max_by(insured_staff, insured_month)
    from c13_insured_staff cross join fresh
    where counted_on > {window_H030202} and counted_on <= {month_end} and fresh.c13_insured_staff
    group by enterprise_id
),
-- tax and staff are 0 only if no source knows more
substance as (
    select
        enterprise_id,
        max(tax) = 0 as tax_free,
        max(revenue) < {H030202.revenue_below} as low_revenue,
        max(staff) = 0 as unstaffed
    from spoken
    group by enterprise_id
),
amended as (
    select enterprise_id, max(times) as times
    from (
        select enterprise_id, report_year, count(distinct amended_on) as times
        from c03_report_amendments
        where amended_on > {window_H030203} and amended_on <= {month_end}
        group by enterprise_id, report_year
    ) as by_report
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    -- `and` is the rule: one false settles it, otherwise an unknown stays unknown
    case
        when fresh.c03_annual_reports and report.enterprise_id is not null
            then cast(
                report.assets = 0 and report.liabilities = 0 and report.revenue = 0 and report.profit = 0
                and report.tax = 0 and enterprise.established_on < {older_H030201} as integer
            )
    end as h030201,
    case
        when enterprise.capital < {H030202.capital_at_least} then 0
        when enterprise.capital is not null and coalesce(tax_free, low_revenue, unstaffed) is not null
            then
                case when tax_free then 1 else 0 end
                + case when low_revenue then 1 else 0 end
                + case when unstaffed then 1 else 0 end
    end as h030202,
    case when fresh.c03_report_amendments then coalesce(amended.times, 0) end as h030203
from enterprise
cross join fresh
left join report
    on enterprise.enterprise_id = report.enterprise_id and report.recency = 1 and report.report_year >= {report_year_due}
left join substance on enterprise.enterprise_id = substance.enterprise_id
left join amended on enterprise.enterprise_id = amended.enterprise_id

-- values h0303: H030301 instant information not disclosed: an order not obeyed, a listing on ground 2 that stands, or a spot
-- check; H030302 false disclosure: a listing on ground 3 neither repaired nor made in error, or a spot check. One feed that
-- says so is enough; that nothing was found needs all of them fresh.
with found as (
    select enterprise_id, 1 as undisclosed, 0 as untrue
    from c03_disclosure_orders cross join fresh
    where
        ordered_on > {window_H030301} and ordered_on <= {month_end}
        and coalesce(due_on, ordered_on) < {month_end}
        and (disclosed_on is null or disclosed_on > {month_end})
        and fresh.c03_disclosure_orders
    union all
    select enterprise_id, 1, 0
    from c04_abnormal_list cross join fresh
    where
        ground = '2'
        and listed_on > {window_H030301} and listed_on <= {month_end}
        and (removed_on is null or removed_on > {month_end})
        and fresh.c04_abnormal_list
    union all
    select enterprise_id, 0, 1
    from c04_abnormal_list cross join fresh
    where
        ground = '3'
        and listed_on <= {month_end}
        and (listed_on > {window_H030302} or removed_on is null or removed_on > {month_end})
        and not coalesce(removed_on <= {month_end} and removal_reason in ('1', '2'), false)
        and repaired_on is null
        and fresh.c04_abnormal_list
    union all
    select enterprise_id, case when result = '2' then 1 else 0 end, case when result = '3' then 1 else 0 end
    from c07_spot_checks cross join fresh
    where
        (
            (result = '2' and checked_on > {window_H030301})
            or (result = '3' and checked_on > {window_H030302})
        )
        and checked_on <= {month_end}
        and fresh.c07_spot_checks
),
summed as (
    select enterprise_id, max(undisclosed) as undisclosed, max(untrue) as untrue from found group by enterprise_id
)
select
    enterprise.enterprise_id,
    case
        when summed.undisclosed = 1 then 1
        when fresh.c03_disclosure_orders and fresh.c04_abnormal_list and fresh.c07_spot_checks then 0
    end as h030301,
    case
        when summed.untrue = 1 then 1
        when fresh.c04_abnormal_list and fresh.c07_spot_checks then 0
    end as h030302
from enterprise
cross join fresh
left join summed on enterprise.enterprise_id = summed.enterprise_id
