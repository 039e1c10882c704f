-- H0406 司法失信与诉讼 Court defaulters and litigation: the records behind its indicators.
-- H040601  entries of c10_defaulters in force; one lasts until the court removes it.
-- H040602  lawsuits as defendant in the window (c10_lawsuits).
-- H040603  lawsuits that state an amount, each with what it claims over the capital; and the registration that states
--          the capital (c01_base), which lasts.
with defaulters as (
    select *
    from {{ ref('stg_c10_defaulters') }}
    where
        subject_kind = '1'
        and enterprise_id is not null
        and published_on <= {{ month_end() }}
        and (removed_on is null or removed_on > {{ month_end() }})
),

lawsuits as (
    select *
    from {{ ref('stg_c10_lawsuits') }}
    where
        role = '2'
        and filed_on <= {{ month_end() }}
),

claims as (
    select
        lawsuits.*,
        cast(lawsuits.amount as double) / enterprise.registered_capital as claimed
    from lawsuits
    inner join {{ ref('enterprise') }} as enterprise on lawsuits.enterprise_id = enterprise.enterprise_id
    where
        enterprise.month = {{ month() }}
        and enterprise.registered_capital > 0
        and lawsuits.amount is not null
        and lawsuits.filed_on > {{ window_start('H040603') }}
)

select
    defaulters.enterprise_id,
    {{ evidence("H040601", "c10_defaulters", "defaulters", event_on="defaulters.published_on", review=true) }}
from defaulters

union all

select
    lawsuits.enterprise_id,
    {{ evidence(
        "H040602", "c10_lawsuits", "lawsuits", event_on="lawsuits.filed_on", stops_in="window", review=true
    ) }}
from lawsuits
where lawsuits.filed_on > {{ window_start('H040602') }}

union all

select
    claims.enterprise_id,
    {{ evidence(
        "H040603", "c10_lawsuits", "claims", event_on="claims.filed_on", stops_in="window", counts_for="claims.claimed",
        review=true
    ) }}
from claims

union all

select
    base.enterprise_id,
    {{ evidence("H040603", "c01_base", "base", event_on="base.approved_on") }}
from {{ ref('stg_c01_base') }} as base
-- repeated: DuckDB carries a choice to the files only where it sees a condition
where
    base.enterprise_id in (
        select claims.enterprise_id
        from claims
        where claims.amount is not null
    )
