{#- Year of the latest annual report (年报) that is due: the report on year Y is due by 30 June of Y + 1, and is missing only once
    that day has passed, so the year turns with the month of July. -#}
{% macro report_year_due() -%}
    {%- set parts = env_var("ECR_MONTH", "2000-01").split("-") -%}
    {{ (parts[0] | int) - (1 if (parts[1] | int) >= 7 else 2) }}
{%- endmacro %}

{#- Last day on which the report on a year is in time: 30 June of the year after. -#}
{% macro report_due_on(report_year) -%}
    make_date({{ report_year }} + 1, 6, 30)
{%- endmacro %}

{#- Whether a row of stg_c03_annual_reports was filed late inside the window of H030103, as a boolean SQL expression. A report
    filed in the window is late if it was due before; of the years due later, which are few and known, the day tells. Making
    the day of each row would keep the condition from the files. -#}
{% macro is_filed_late(report) -%}
    {%- set last = year() | int -%}
    {%- set first = [first_year_counted("H030103"), last] | min -%}
    (
        {{ report }}.filed_on > {{ window_start("H030103") }}
        and {{ report }}.filed_on <= {{ month_end() }}
        and (
            {{ report }}.report_year < {{ first }}
            {%- for due in range(first, last) %}
            or ({{ report }}.report_year = {{ due }} and {{ report }}.filed_on > date '{{ due + 1 }}-06-30')
            {%- endfor %}
        )
    )
{%- endmacro %}

{#- First month (text) in which the report on a year says nothing about now any more, because the next one has fallen due. -#}
{% macro report_passes_in(report_year) -%}
    cast(({{ report_year }}) + 2 as varchar) || '-07'
{%- endmacro %}

{#- Annual reports on the year due or a later one, filed by the end of the month, without what was not published, as a query;
    none while the feed is not fresh. A year that has not begun has no report. -#}
{% macro published_reports() -%}
    select
        enterprise_id,
        record_id,
        record_key,
        received_month,
        report_year,
        filed_on,
        case when assets_published is not false then assets end as assets,
        case when liabilities_published is not false then liabilities end as liabilities,
        case when revenue_published is not false then revenue end as revenue,
        case when profit_published is not false then profit end as profit,
        case when tax_published is not false then tax end as tax,
        case when staff_published is not false then staff end as staff
    from {{ ref("stg_c03_annual_reports") }}
    where
        filed_on <= {{ month_end() }}
        and report_year between {{ report_years() | last }} and {{ report_years() | first }}
        and {{ fresh("c03_annual_reports") }}
{%- endmacro %}

{#- What is known of an enterprise's substance, as common table expressions that end in `substance`, one row per enterprise
    with any of it (H030201, H030202). The records stand beside it, newest first (`recency` = 1 is the one read):
      reports  reports on the year due or a later one, without what was not published, as in H0701
      tax      tax paid in such a year
      insured  insured staff, counted inside the window of H030202
    In `substance` tax and staff are 0 only if no source knows more; null where no source speaks. A feed that is not fresh
    says nothing.
    among   relation with enterprise_id
    asked   condition on it for those who are asked for. It stands where it is used: DuckDB carries the few who are left to
            the files only where it sees that they are chosen -#}
{% macro reported_substance(among, asked) -%}
{%- set asked_for = "enterprise_id in (select enterprise_id from " ~ among ~ " where " ~ asked ~ ")" -%}
reports as (
    select
        *,
        row_number() over (partition by enterprise_id order by report_year desc) as recency
    from ({{ published_reports() }}) as published
    where {{ asked_for }}
),

tax as (
    select
        enterprise_id,
        record_id,
        record_key,
        received_month,
        tax_year,
        paid_through,
        tax_paid,
        row_number() over (partition by enterprise_id order by tax_year desc) as recency
    from {{ ref("stg_c12_tax_paid") }}
    where
        tax_year >= {{ report_year_due() }}
        and paid_through <= {{ month_end() }}
        and {{ fresh("c12_tax_paid") }}
        and {{ asked_for }}
),

insured as (
    select
        enterprise_id,
        record_id,
        record_key,
        received_month,
        counted_on,
        insured_staff,
        row_number() over (partition by enterprise_id order by insured_month desc) as recency
    from {{ ref("stg_c13_insured_staff") }}
    where
        counted_on > {{ window_start("H030202") }}
        and counted_on <= {{ month_end() }}
        and {{ fresh("c13_insured_staff") }}
        and {{ asked_for }}
),

spoken as (
    select enterprise_id, tax, revenue, staff from reports where recency = 1
    union all
    select enterprise_id, tax_paid, null, null from tax where recency = 1
    union all
    select enterprise_id, null, null, insured_staff from insured where recency = 1
),

substance as (
    select
        enterprise_id,
        max(tax) = 0 as tax_free,
        max(revenue) < {{ parameter("H030202", "revenue_below") }} as low_revenue,
        max(staff) = 0 as unstaffed
    from spoken
    group by enterprise_id
)
{%- endmacro %}
