-- H0402 严重失信主体名单 Serious-dishonesty lists. Source: C05 (c05_serious_lists, c05_repairs).
-- H040201 当前是否列入严重失信主体名单 Currently listed: 1 while listed and not removed by the last day of the month;
--         the catalogue's direct rule to class D reads it.
-- H040202 是否有列入严重失信主体名单记录 Past listing: removed within the window: 1, or `repaired_weight` of parameters.csv if every
--         such listing was repaired (信用修复). The window looks at the day of removal: a listing lasts up to three years
--         itself.
-- The lists of other departments (tax, wages, work safety) are H040205, which is not in force in this catalogue: they
-- are no 严重违法失信名单 and never lead to a direct D. Unknown (null) while the feed is not fresh.
with repairs as (
    select distinct
        enterprise_id,
        try_cast(repaired_ref as date) as listed_on
    from {{ ref('stg_c05_repairs') }}
    where
        repaired_feed = 'c05_serious_lists'
        and decided_on <= {{ month_end() }}
),

listings as (
    select
        listing.enterprise_id,
        listing.removed_on,
        (listing.removed_on is null or listing.removed_on > {{ month_end() }}) as in_force,
        case
            when repairs.listed_on is null then 1.0
            else {{ parameter('H040202', 'repaired_weight') }}
        end as counts_for
    from {{ ref('stg_c05_serious_lists') }} as listing
    left join repairs
        on
            listing.enterprise_id = repairs.enterprise_id
            and listing.listed_on = repairs.listed_on
    where
        listing.listed_on <= {{ month_end() }}
        and listing.list_field not in ('TAX', 'WAGE', 'SAFE')
),

found as (
    select
        enterprise_id,
        max(case when in_force then 1 else 0 end) as listed,
        max(counts_for) filter (where not in_force and removed_on > {{ window_start('H040202') }}) as past
    from listings
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c05_serious_lists') }} then coalesce(found.listed, 0) end as h040201,
    case when {{ fresh('c05_serious_lists') }} then cast(coalesce(found.past, 0) as double) end as h040202
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
