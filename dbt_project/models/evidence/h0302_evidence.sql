-- noqa: disable=ST03
-- H0302 年报质量 Annual report quality: the records behind its indicators.
-- H030201 the report that is zero throughout; it counts until the next report falls due.
-- H030202 the registered capital, and each record that shows one of the signs which hold: the report, the tax paid, the
--         insured staff. One sign may rest on two records, so that no record counts for a part of the value.
-- H030203 the amendments of the report amended most, the later one of several such; the first item of a day counts 1,
--         further items of that day 0.
with quality as (
    select
        enterprise_id,
        h030201,
        h030202,
        h030203
    from {{ ref("h0302_report_quality") }}
    where month = {{ month() }}
),

-- of those of whom a report or a sign is shown, who are few
{{ reported_substance("quality", asked="h030201 = 1 or h030202 > 0") }},

thin as (
    select
        substance.enterprise_id,
        coalesce(substance.tax_free, false) as tax_free,
        coalesce(substance.low_revenue, false) as low_revenue,
        coalesce(substance.unstaffed, false) as unstaffed
    from substance
    inner join quality on substance.enterprise_id = quality.enterprise_id
    where quality.h030202 > 0
),

amendments as (
    select
        enterprise_id,
        record_id,
        record_key,
        received_month,
        report_year,
        amended_on,
        row_number() over (
            partition by enterprise_id, report_year, amended_on order by record_key
        ) as item_of_day
    from {{ ref("stg_c03_report_amendments") }}
    where
        amended_on > {{ window_start("H030203") }}
        and amended_on <= {{ month_end() }}
),

amended_most as (
    select
        enterprise_id,
        report_year,
        row_number() over (partition by enterprise_id order by count(*) desc, report_year desc) as place
    from amendments
    where item_of_day = 1
    group by enterprise_id, report_year
)

select
    reports.enterprise_id,
    {{
        evidence(
            "H030201",
            "c03_annual_reports",
            "reports",
            event_on="reports.filed_on",
            stops_in=report_passes_in("reports.report_year"),
        )
    }}
from reports
inner join quality on reports.enterprise_id = quality.enterprise_id
where
    reports.recency = 1
    and quality.h030201 = 1
union all
select
    base.enterprise_id,
    {{ evidence("H030202", "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
inner join thin on base.enterprise_id = thin.enterprise_id
union all
select
    reports.enterprise_id,
    {{
        evidence(
            "H030202",
            "c03_annual_reports",
            "reports",
            event_on="reports.filed_on",
            stops_in=report_passes_in("reports.report_year"),
        )
    }}
from reports
inner join thin on reports.enterprise_id = thin.enterprise_id
where
    reports.recency = 1
    and (
        (thin.tax_free and reports.tax is not null)
        or thin.low_revenue
        or (thin.unstaffed and reports.staff is not null)
    )
union all
select
    tax.enterprise_id,
    {{
        evidence(
            "H030202",
            "c12_tax_paid",
            "tax",
            event_on="tax.paid_through",
            stops_in=report_passes_in("tax.tax_year"),
        )
    }}
from tax
inner join thin on tax.enterprise_id = thin.enterprise_id
where
    tax.recency = 1
    and thin.tax_free
union all
select
    insured.enterprise_id,
    {{ evidence("H030202", "c13_insured_staff", "insured", event_on="insured.counted_on", stops_in="window") }}
from insured
inner join thin on insured.enterprise_id = thin.enterprise_id
where
    insured.recency = 1
    and thin.unstaffed
union all
select
    amendments.enterprise_id,
    {{
        evidence(
            "H030203",
            "c03_report_amendments",
            "amendments",
            event_on="amendments.amended_on",
            stops_in="window",
            counts_for="case when amendments.item_of_day = 1 then 1 else 0 end",
        )
    }}
from amendments
inner join amended_most
    on
        amendments.enterprise_id = amended_most.enterprise_id
        and amendments.report_year = amended_most.report_year
where amended_most.place = 1
