-- H0402 严重失信主体名单 Serious-dishonesty lists. Source: C05 (c05_serious_lists, c05_repairs), C04 and C06 for H040204.
-- H040201 当前是否列入严重失信主体名单 Currently listed: 1 while listed and not removed by the last day of the month;
--         the catalogue's direct rule to class D reads it.
-- H040202 是否有列入严重失信主体名单记录 Past listing: removed within the window: 1, or `repaired_weight` of parameters.csv if every
--         such listing was repaired (信用修复). The window looks at the day of removal: a listing lasts up to three years
--         itself.
-- H040203 列入严重失信主体名单原因 Reason: the worst one among listings in force or removed within the window; 'none' without
--         one. The catalogue's risks say which is worst; between equal ones: safety, registration, consumer,
--         competition, other. A reason cannot be halved: a repaired listing no longer gives one.
-- H040204 信用修复实施情况 Credit repair carried out: 1 if a repair was approved within the window and nothing new came after
--         the latest one: no penalty that counts (is_counted_penalty), no listing on a serious list, another
--         department's included, and no abnormal listing, unless made in error; else 0. The day of the repair itself is
--         not after it.
-- H040205 其他部门黑名单 Lists of other departments (tax, wages, work safety): how many different ones the enterprise is
--         on, or was removed from within the window; a repaired listing no longer counts.
-- The lists of other departments are no 严重违法失信名单: H040201 to H040203 leave them out, and they never lead to a
-- direct D. Unknown (null) while c05_serious_lists is not fresh; H040204 while c05_repairs is not, and where a repair
-- is known but a feed that might know of a new violation is not fresh.
with listings as (
    select
        listing.enterprise_id,
        listing.list_field,
        listing.listed_on,
        listing.removed_on,
        {{ serious_listing_facts("listing") }}
    from {{ ref('stg_c05_serious_lists') }} as listing
    where listing.listed_on <= {{ month_end() }}
),

found as (
    select
        enterprise_id,
        max(case when in_force then 1 else 0 end) filter (where not of_other_department) as listed,
        max(counts_for) filter (
            where not of_other_department and not in_force and removed_on > {{ window_start('H040202') }}
        ) as past,
        max_by(
            reason,
            {{
                category_rank(
                    "H040203", "reason", ["safety", "registration", "consumer", "competition", "other"]
                )
            }}
        ) filter (where not of_other_department and gives_reason) as reason,
        count(distinct case when of_other_department and counts_as_other then list_field end) as other_lists
    from listings
    group by enterprise_id
),

repairs as (
    select
        enterprise_id,
        max(decided_on) as last_on
    from {{ ref('stg_c05_repairs') }}
    where
        decided_on > {{ window_start('H040204') }}
        and decided_on <= {{ month_end() }}
    group by enterprise_id
),

violations as (
    select
        enterprise_id,
        listed_on as found_on
    from listings
    union all
    select
        listing.enterprise_id,
        listing.listed_on as found_on
    from {{ ref('stg_c04_abnormal_list') }} as listing
    where
        listing.listed_on <= {{ month_end() }}
        and not {{ is_taken_back("listing") }}
    union all
    select
        penalty.enterprise_id,
        penalty.decided_on as found_on
    from {{ ref('stg_c06_penalties') }} as penalty
    where
        penalty.decided_on <= {{ month_end() }}
        and {{ is_counted_penalty("penalty") }}
),

again as (
    select distinct repairs.enterprise_id
    from repairs
    inner join violations
        on
            repairs.enterprise_id = violations.enterprise_id
            and repairs.last_on < violations.found_on
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c05_serious_lists') }} then coalesce(found.listed, 0) end as h040201,
    case when {{ fresh('c05_serious_lists') }} then cast(coalesce(found.past, 0) as double) end as h040202,
    case when {{ fresh('c05_serious_lists') }} then coalesce(found.reason, 'none') end as h040203,
    case
        when not {{ fresh('c05_repairs') }} then null
        when repairs.enterprise_id is null or again.enterprise_id is not null then 0
        when
            {{ fresh('c04_abnormal_list') }}
            and {{ fresh('c05_serious_lists') }}
            and {{ fresh('c06_penalties') }}
            then 1
    end as h040204,
    case
        when {{ fresh('c05_serious_lists') }} then cast(coalesce(found.other_lists, 0) as integer)
    end as h040205
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
left join repairs on enterprise.enterprise_id = repairs.enterprise_id
left join again on enterprise.enterprise_id = again.enterprise_id
where enterprise.month = {{ month() }}
