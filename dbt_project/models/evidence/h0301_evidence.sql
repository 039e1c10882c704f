-- noqa: disable=LT02
-- H0301 年报报送 Annual report filing: the reports behind its indicators, and those that are missing.
-- H030101 the report on the year due that is not on file. It counts until the next report falls due; if that one is not
--         filed either, its absence takes the place of this one.
-- H030102 one row for each year of the run without a report, counted back from the year due as the indicator counts.
--         The window holds a number of years due, and a year leaves it that many years after it fell due; a report on
--         the year due ends the whole run at once.
-- H030103 each report filed after its 30 June, until the day of filing leaves the window.
-- A missing report has no record; its day is the 30 June on which it was due.
{%- set years = (window_months("H030102") | int) // 12 %}
with filing as (
    select
        enterprise_id,
        h030101,
        h030102
    from {{ ref("h0301_report_filing") }}
    where month = {{ month() }}
),

years_back as (
    {%- for back in range(years) %}
    select {{ report_year_due() }} - {{ back }} as report_year, {{ back }} as back
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    filing.enterprise_id,
    {{
        evidence(
            "H030101",
            "c03_annual_reports",
            none,
            event_on=report_due_on(report_year_due()),
            stops_in=report_passes_in(report_year_due()),
        )
    }}
from filing
where filing.h030101 = 1
union all
select
    filing.enterprise_id,
    {{
        evidence(
            "H030102",
            "c03_annual_reports",
            none,
            event_on=report_due_on("years_back.report_year"),
            stops_in=report_passes_in("years_back.report_year + " ~ (years - 1)),
            counts_for=1,
        )
    }}
from filing
inner join years_back on filing.h030102 > years_back.back
union all
select
    report.enterprise_id,
    {{
        evidence(
            "H030103",
            "c03_annual_reports",
            "report",
            event_on="report.filed_on",
            stops_in="window",
            counts_for=1,
        )
    }}
from {{ ref("stg_c03_annual_reports") }} as report
where
    {{ is_filed_late("report") }}
