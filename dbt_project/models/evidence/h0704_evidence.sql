-- H0704 股权出质、冻结与抵押 Equity pledge, freeze and mortgage: the records behind its indicators.
-- H070401 rests on the valid pledges with an amount and on the base record with the registered capital; H070402 on the
-- live freezes; H070403 on the valid mortgages with an amount and on the latest report with the assets. A security
-- stops with its window, or with its own end where that is known and comes first; a freeze also after its last day; a
-- report when the next one falls due.
with pledges as (
    select pledge.*
    from {{ ref("stg_c11_equity_pledges") }} as pledge
    where
        pledge.pledged_on > {{ window_start("H070401") }}
        and pledge.pledged_on <= {{ month_end() }}
        and pledge.pledged_amount is not null
        and {{ is_valid_security("pledge") }}
),

mortgages as (
    select mortgage.*
    from {{ ref("stg_c11_chattel_mortgages") }} as mortgage
    where
        mortgage.registered_on > {{ window_start("H070403") }}
        and mortgage.registered_on <= {{ month_end() }}
        and mortgage.secured_amount >= 0
        and {{ is_valid_security("mortgage") }}
),

reports as (
    {{ latest_reports() }}
)

select
    pledge.enterprise_id,
    {{ evidence("H070401", "c11_equity_pledges", "pledge", event_on="pledge.pledged_on",
        stops_in="least(" ~ stops_after("pledge.pledged_on", "H070401") ~ ", " ~ ends_in("pledge.ended_on") ~ ")") }}
from pledges as pledge

union all

select
    base.enterprise_id,
    {{ evidence("H070401", "c01_base", "base", event_on="coalesce(base.approved_on, base.established_on)") }}
from {{ ref("stg_c01_base") }} as base
-- repeated: DuckDB carries a choice to the files only where it sees a condition
where
    base.enterprise_id in (
        select pledges.enterprise_id
        from pledges
        where pledges.pledged_amount is not null
    )

union all

select
    frozen.enterprise_id,
    {{ evidence("H070402", "c10_equity_freezes", "frozen", event_on="frozen.frozen_on",
        stops_in="least(" ~ stops_after("frozen.frozen_on", "H070402") ~ ", " ~ ends_in("frozen.ended_on") ~ ", "
        ~ lapses_in("frozen.frozen_to") ~ ")", counts_for="1", review=true) }}
from {{ ref("stg_c10_equity_freezes") }} as frozen
where
    frozen.frozen_on > {{ window_start("H070402") }}
    and frozen.frozen_on <= {{ month_end() }}
    and {{ is_live_freeze("frozen") }}

union all

select
    mortgage.enterprise_id,
    {{ evidence("H070403", "c11_chattel_mortgages", "mortgage", event_on="mortgage.registered_on",
        stops_in="least(" ~ stops_after("mortgage.registered_on", "H070403") ~ ", "
        ~ ends_in("mortgage.ended_on") ~ ")") }}
from mortgages as mortgage

union all

select
    report.enterprise_id,
    {{ evidence("H070403", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=next_report_due("report.report_year")) }}
from reports as report
where
    report.enterprise_id in (
        select mortgages.enterprise_id
        from mortgages
        where mortgages.secured_amount >= 0
    )
