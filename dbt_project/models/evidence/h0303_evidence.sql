-- H0303 即时信息公示 Instant disclosure: the records behind its indicators, with the filters of h0303_instant_disclosure.
-- H030301 orders not obeyed, listings on ground 2 and checks with result 2, each until its day leaves the window;
--         disclosing, or removal from the list, ends the first two sooner.
-- H030302 listings on ground 3, those in force until somebody ends them, others until the day of listing leaves the
--         window; checks with result 3.
select
    disclosure_order.enterprise_id,
    {{
        evidence(
            "H030301",
            "c03_disclosure_orders",
            "disclosure_order",
            event_on="disclosure_order.ordered_on",
            stops_in="window",
            review=true,
        )
    }}
from {{ ref("stg_c03_disclosure_orders") }} as disclosure_order
where
    {{ is_order_not_obeyed("disclosure_order") }}
    and {{ fresh("c03_disclosure_orders") }}
union all
select
    listing.enterprise_id,
    {{
        evidence(
            "H030301",
            "c04_abnormal_list",
            "listing",
            event_on="listing.listed_on",
            stops_in="window",
            repaired=true,
            review=true,
        )
    }}
from {{ ref("stg_c04_abnormal_list") }} as listing
where
    {{ is_listed_undisclosed("listing") }}
    and {{ fresh("c04_abnormal_list") }}
union all
select
    spot_check.enterprise_id,
    {{
        evidence(
            "H030301",
            "c07_spot_checks",
            "spot_check",
            event_on="spot_check.checked_on",
            stops_in="window",
            review=true,
        )
    }}
from {{ ref("stg_c07_spot_checks") }} as spot_check
where
    {{ is_check_result("spot_check", "2", "H030301") }}
    and {{ fresh("c07_spot_checks") }}
union all
select
    listing.enterprise_id,
    {{
        evidence(
            "H030302",
            "c04_abnormal_list",
            "listing",
            event_on="listing.listed_on",
            stops_in=stops_unless_in_force("listing", "listing.listed_on", "H030302"),
            repaired=true,
            review=true,
        )
    }}
from {{ ref("stg_c04_abnormal_list") }} as listing
where
    {{ is_false_disclosure("listing") }}
    and {{ fresh("c04_abnormal_list") }}
union all
select
    spot_check.enterprise_id,
    {{
        evidence(
            "H030302",
            "c07_spot_checks",
            "spot_check",
            event_on="spot_check.checked_on",
            stops_in="window",
            review=true,
        )
    }}
from {{ ref("stg_c07_spot_checks") }} as spot_check
where
    {{ is_check_result("spot_check", "3", "H030302") }}
    and {{ fresh("c07_spot_checks") }}
