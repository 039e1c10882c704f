{#- What H0201, H0202 and their evidence share about changes, paid-in capital and false registrations (登记备案). -#}

{#- The changes of registered capital (item 04) among rows of stg_c01_changes, each with its `severity`: 3 extreme,
    2 down_large, 1 up_large, 0 normal, null where it cannot be told. The bounds are parameters of H020103 and are
    themselves normal. A foreign currency is not converted, so whether it rose beyond `capital_above` is unknown. -#}
{% macro rated_capital_changes(changes) -%}
    select
        enterprise_id,
        changed_on,
        received_month,
        record_id,
        record_key,
        case
            when currency_before <> currency_after or capital_before <= 0 then null
            when capital_after / capital_before > {{ parameter("H020103", "extreme_above") }} then 3
            when capital_after / capital_before < {{ parameter("H020103", "fall_below") }} then 2
            when capital_after / capital_before <= {{ parameter("H020103", "rise_above") }} then 0
            when capital_after / capital_before is null or currency_after <> 'CNY' then null
            when capital_after > {{ parameter("H020103", "capital_above") }} then 1
            else 0
        end as severity
    from (
        select
            enterprise_id,
            changed_on,
            received_month,
            record_id,
            record_key,
            {{ capital_in_text("value_before") }} as capital_before,
            {{ capital_in_text("value_after") }} as capital_after,
            {{ currency_in_text("value_before") }} as currency_before,
            {{ currency_in_text("value_after") }} as currency_after
        from {{ changes }}
        where change_item = '04'
    ) as capital_change
{%- endmacro %}

{#- The annual report that says how much capital is paid in, one row per enterprise that has one: the latest on file, if
    it covers the year due or a later one and states the amount. No row while c03_annual_reports is not fresh. -#}
{% macro paid_in_reports() -%}
    select report.*
    from ({{ _reports_on_capital() }}) as report
    left join (
        select
            enterprise_id,
            max(report_year) as report_year
        from ({{ _reports_on_capital() }}) as filed
        where report_year > {{ report_year_due() }}
        group by enterprise_id
    ) as newest on report.enterprise_id = newest.enterprise_id
    where
        report.paid_in_capital is not null
        and (newest.report_year is null or report.report_year = newest.report_year)
{%- endmacro %}

{#- Annual reports on the year due or a later one; the latest of an enterprise is on one of the few years behind the year due
    or on that year, so that none has to be ranked. -#}
{% macro _reports_on_capital() -%}
    select
        enterprise_id,
        report_year,
        filed_on,
        paid_in_capital,
        received_month,
        record_id,
        record_key
    from {{ ref("stg_c03_annual_reports") }}
    where
        filed_on <= {{ month_end() }}
        and report_year >= {{ report_year_due() }}
        and {{ fresh("c03_annual_reports") }}
{%- endmacro %}

{#- Cases of stg_c01_false_registrations that count in the month, each with its `standing`, suspected or revoked, and
    `event_on`, the day since when. A decision dated after the month is not in force yet: until then it is a suspicion,
    which counts from the day the case was opened. A dismissed case is gone. -#}
{% macro false_registrations() -%}
    select *
    from (
        select
            enterprise_id,
            received_month,
            record_id,
            record_key,
            review_since,
            case
                when state = '1' or decided_on > {{ month_end() }} then 'suspected'
                when state = '2' then 'revoked'
            end as standing,
            case
                when state = '2' and decided_on <= {{ month_end() }} then decided_on
                else opened_on
            end as event_on
        from {{ ref("stg_c01_false_registrations") }}
        where opened_on <= {{ month_end() }}
    ) as false_registration
    where
        standing is not null
        and event_on > {{ window_start("H020203") }}
{%- endmacro %}
