-- H0203 许可事项 Licensing: the records behind its indicators. Source: C02 (c02_licences), C01 (c01_base).
-- H020301: each expired licence, dated the day it ended. H020302: each valid licence, by its latest grant, up to the
-- month in which it has expired. H020303: the licences that end nearest, dated their last day. H020304: the base
-- record, dated the last day of the business term.
with licences as (
    select *
    from {{ ref("stg_c02_licences") }}
),

expired as (
    {{ expired_licences("licences") }}
),

expiring as (
    {{ expiring_licences("licences") }}
),

decided as (
    select
        enterprise_id,
        h020303
    from {{ ref("h0203_licensing") }}
    where month = {{ month() }}
),

-- Two grants of one number are one licence.
held as (
    select
        licences.*,
        row_number() over (
            partition by licences.enterprise_id, licences.licence_no
            order by licences.valid_from desc, licences.record_id desc
        ) as recency
    from licences
    where {{ is_valid_licence("licences") }}
)

select
    expired.enterprise_id,
    {{ evidence("H020301", "c02_licences", "expired", event_on="expired.ended_on", counts_for=1, review=true) }}
from expired
union all
select
    held.enterprise_id,
    {{ evidence(
        "H020302",
        "c02_licences",
        "held",
        event_on="held.valid_from",
        stops_in="left(cast(" ~ days_after("held.valid_to", 1) ~ " as varchar), 7)",
        counts_for=1,
        review=true,
    ) }}
from held
where held.recency = 1
union all
select
    expiring.enterprise_id,
    {{ evidence(
        "H020303",
        "c02_licences",
        "expiring",
        event_on="expiring.valid_to",
        stops_in="left(cast(" ~ days_after("expiring.valid_to", 1) ~ " as varchar), 7)",
        review=true,
    ) }}
from expiring
inner join decided on expiring.enterprise_id = decided.enterprise_id
where expiring.standing = decided.h020303
union all
select
    base.enterprise_id,
    {{ evidence("H020304", "c01_base", "base", event_on="base.term_to") }}
from {{ ref("stg_c01_base") }} as base
where base.term_to < {{ month_end() }}
