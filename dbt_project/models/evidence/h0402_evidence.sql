-- H0402 严重失信主体名单 Serious-dishonesty lists: the listings and repairs behind its indicators.
-- H040201 every listing in force, until somebody ends it.
-- H040202 the listings removed inside the window that set the value: the unrepaired ones, or the repaired ones if there
--         are no others. Their day is that of the removal, from which the window counts.
-- H040203 the listings that give the worst reason;  H040205 those of other departments: in force until somebody ends
--         them, removed ones until the removal leaves the window. Several listings on one list count once, for the
--         latest.
-- H040204 the repairs approved inside the window.
-- H040201 to H040203 leave out the lists of other departments, which H040205 counts.
with found as (
    select
        enterprise_id,
        h040202,
        h040203
    from {{ ref("h0402_serious_lists") }}
    where month = {{ month() }}
),

listings as (
    select
        listing.enterprise_id,
        listing.record_id,
        listing.record_key,
        listing.received_month,
        listing.list_field,
        listing.listed_on,
        listing.removed_on,
        listing.repaired_on,
        listing.review_since,
        {{ serious_listing_facts("listing") }}
    from {{ ref("stg_c05_serious_lists") }} as listing
    where listing.listed_on <= {{ month_end() }}
),

other_lists as (
    select
        *,
        row_number() over (partition by enterprise_id, list_field order by listed_on desc) as recency
    from listings
    where
        of_other_department
        and counts_as_other
)

select
    listing.enterprise_id,
    {{
        evidence(
            "H040201",
            "c05_serious_lists",
            "listing",
            event_on="listing.listed_on",
            repaired=true,
            review=true,
        )
    }}
from listings as listing
where
    listing.in_force
    and not listing.of_other_department
union all
select
    listing.enterprise_id,
    {{
        evidence(
            "H040202",
            "c05_serious_lists",
            "listing",
            event_on="listing.removed_on",
            stops_in="window",
            repaired=true,
            review=true,
        )
    }}
from listings as listing
inner join found
    on
        listing.enterprise_id = found.enterprise_id
        and listing.counts_for = found.h040202
where
    not listing.in_force
    and not listing.of_other_department
    and listing.removed_on > {{ window_start("H040202") }}
union all
select
    listing.enterprise_id,
    {{
        evidence(
            "H040203",
            "c05_serious_lists",
            "listing",
            event_on="listing.listed_on",
            stops_in=stops_unless_in_force("listing", "listing.removed_on", "H040203"),
            repaired=true,
            review=true,
        )
    }}
from listings as listing
inner join found
    on
        listing.enterprise_id = found.enterprise_id
        and listing.reason = found.h040203
where
    listing.gives_reason
    and not listing.of_other_department
union all
select
    credit_repair.enterprise_id,
    {{
        evidence(
            "H040204",
            "c05_repairs",
            "credit_repair",
            event_on="credit_repair.decided_on",
            stops_in="window",
        )
    }}
from {{ ref("stg_c05_repairs") }} as credit_repair
where
    credit_repair.decided_on > {{ window_start("H040204") }}
    and credit_repair.decided_on <= {{ month_end() }}
union all
select
    listing.enterprise_id,
    {{
        evidence(
            "H040205",
            "c05_serious_lists",
            "listing",
            event_on="listing.listed_on",
            stops_in=stops_unless_in_force("listing", "listing.removed_on", "H040205"),
            counts_for="case when listing.recency = 1 then 1 else 0 end",
            repaired=true,
            review=true,
        )
    }}
from other_lists as listing
