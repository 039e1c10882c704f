-- H0401 经营异常 Abnormal operations list. Source: C04 经营异常名录 (c04_abnormal_list), C05 信用修复 (c05_repairs).
-- H040101 当前是否列入经营异常名录 Currently listed: 1 while listed and not removed by the last day of the month.
-- H040102 列入经营异常原因 Reason: the worst ground in force; 'none' if not listed. The catalogue's risks say which is
--         worst; as far as they say nothing: 3 false information, 4 unreachable address, 2 instant information,
--         1 annual report.
-- H040103 近三年列入经营异常次数 Listings in 3 years, by day of listing: a repaired one (信用修复) counts `repaired_weight` of
--         parameters.csv from the day of the repair, one made in error (列入错误) does not count once it is taken back.
-- Unknown (null) while the feed is not fresh. A repair feed that did not arrive only means that no repair is known.
with listings as (
    select
        listing.enterprise_id,
        listing.ground,
        listing.listed_on,
        {{ category_rank("H040102", "listing.ground", ["3", "4", "2", "1"]) }} as severity,
        {{ is_in_force("listing") }} as in_force,
        {{ abnormal_listing_weight("listing") }} as counts_for
    from {{ ref('stg_c04_abnormal_list') }} as listing
    where listing.listed_on <= {{ month_end() }}
),

found as (
    select
        enterprise_id,
        max(case when in_force then 1 else 0 end) as listed,
        max_by(ground, severity) filter (where in_force) as worst_ground,
        sum(counts_for) filter (where listed_on > {{ window_start('H040103') }}) as listings
    from listings
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c04_abnormal_list') }} then coalesce(found.listed, 0) end as h040101,
    case when {{ fresh('c04_abnormal_list') }} then coalesce(found.worst_ground, 'none') end as h040102,
    case when {{ fresh('c04_abnormal_list') }} then cast(coalesce(found.listings, 0) as double) end as h040103
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
