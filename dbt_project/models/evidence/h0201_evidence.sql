-- noqa: disable=LT02
-- H0201 登记备案事项 Registration and filing changes: the records behind its indicators. Source: C01 (c01_changes,
-- c01_shareholders), C03 (c03_annual_reports).
-- H020101, H020102, H020104, H020105: each change inside the window. H020103: the changes of capital as large as the
-- worst. H020106: the annual report that says what is paid in, until the next one is due; without one the shareholders
-- on the last day of the month. Where payment is overdue, the shareholders whose last day is on record in any case.
with changes as (
    select *
    from {{ ref("stg_c01_changes") }}
    where
        changed_on <= {{ month_end() }}
        and change_item in ('01', '02', '03', '04', '05')
),

rated as (
    {{ rated_capital_changes("changes") }}
),

reported as (
    {{ paid_in_reports() }}
),

decided as (
    select
        enterprise_id,
        h020103,
        h020106
    from {{ ref("h0201_registration_changes") }}
    where month = {{ month() }}
),

-- whose payment is told by the shareholders, alone or beside a report
told_by_holders as (
    select
        decided.enterprise_id,
        reported.enterprise_id is null as unreported
    from decided
    left join reported on decided.enterprise_id = reported.enterprise_id
    where
        decided.h020106 is not null
        and (reported.enterprise_id is null or decided.h020106 = 'overdue')
)

{% for code, item in [("H020101", "03"), ("H020102", "02"), ("H020104", "05"), ("H020105", "01")] -%}
select
    changes.enterprise_id,
    {{ evidence(code, "c01_changes", "changes", event_on="changes.changed_on", stops_in="window", counts_for=1) }}
from changes
where
    changes.change_item = '{{ item }}'
    and changes.changed_on > {{ window_start(code) }}
union all
{% endfor -%}
select
    rated.enterprise_id,
    {{ evidence("H020103", "c01_changes", "rated", event_on="rated.changed_on", stops_in="window") }}
from rated
inner join decided on rated.enterprise_id = decided.enterprise_id
where
    rated.changed_on > {{ window_start("H020103") }}
    and case rated.severity when 3 then 'extreme' when 2 then 'down_large' when 1 then 'up_large' end
    = decided.h020103
union all
select
    reported.enterprise_id,
    {{ evidence(
        "H020106",
        "c03_annual_reports",
        "reported",
        event_on="reported.filed_on",
        stops_in="cast(reported.report_year + 2 as varchar) || '-07'",
    ) }}
from reported
union all
select
    holder.enterprise_id,
    {{ evidence("H020106", "c01_shareholders", "holder", event_on="holder.contributed_on") }}
from {{ ref("stg_c01_shareholders") }} as holder
inner join told_by_holders on holder.enterprise_id = told_by_holders.enterprise_id
where
    {{ is_held("holder") }}
    and (told_by_holders.unreported or holder.subscribed_until is not null)
