-- H0401 经营异常 Abnormal operations list: the listings behind its indicators.
-- H040101 every listing in force;  H040102 those in force on the worst ground: both until somebody ends them.
-- H040103 every listing inside the window with what it counts for; one that was taken back as made in error is none.
select
    listing.enterprise_id,
    {{
        evidence(
            "H040101",
            "c04_abnormal_list",
            "listing",
            event_on="listing.listed_on",
            repaired=true,
            review=true,
        )
    }}
from {{ ref("stg_c04_abnormal_list") }} as listing
where
    listing.listed_on <= {{ month_end() }}
    and {{ is_in_force("listing") }}
union all
select
    listing.enterprise_id,
    {{
        evidence(
            "H040102",
            "c04_abnormal_list",
            "listing",
            event_on="listing.listed_on",
            repaired=true,
            review=true,
        )
    }}
from {{ ref("stg_c04_abnormal_list") }} as listing
inner join {{ ref("h0401_abnormal_list") }} as found
    on
        listing.enterprise_id = found.enterprise_id
        and listing.ground = found.h040102
where
    found.month = {{ month() }}
    and listing.listed_on <= {{ month_end() }}
    and {{ is_in_force("listing") }}
union all
select
    listing.enterprise_id,
    {{
        evidence(
            "H040103",
            "c04_abnormal_list",
            "listing",
            event_on="listing.listed_on",
            stops_in="window",
            counts_for=abnormal_listing_weight("listing"),
            repaired=true,
            review=true,
        )
    }}
from {{ ref("stg_c04_abnormal_list") }} as listing
where
    listing.listed_on > {{ window_start("H040103") }}
    and listing.listed_on <= {{ month_end() }}
    and not {{ is_taken_back("listing") }}
