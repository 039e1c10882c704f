-- H0303 即时信息公示 Instant disclosure. Source: C03 (c03_disclosure_orders), C04 (c04_abnormal_list), C07
-- (c07_spot_checks).
-- H030301 即时信息未按规定公示: 1 if inside the window the enterprise was ordered to disclose and had not done so by the due day
--         and still has not, or is listed as abnormal on that ground (2) and was not removed, or a spot check found it
--         (result 2).
-- H030302 公示信息隐瞒真实情况、弄虚作假: 1 if the enterprise is listed as abnormal on ground 3, or was so inside the window and the
--         listing was neither repaired nor made in error (is_false_disclosure), or a spot check inside the window found
--         it (result 3).
-- 0 needs every feed of the indicator fresh; 1 needs only the feed that says so. An order without a due day is due at
-- once.
with events as (
    select disclosure_order.enterprise_id
    from {{ ref("stg_c03_disclosure_orders") }} as disclosure_order
    where
        {{ is_order_not_obeyed("disclosure_order") }}
        and {{ fresh("c03_disclosure_orders") }}
    union
    select listing.enterprise_id
    from {{ ref("stg_c04_abnormal_list") }} as listing
    where
        {{ is_listed_undisclosed("listing") }}
        and {{ fresh("c04_abnormal_list") }}
    union
    select spot_check.enterprise_id
    from {{ ref("stg_c07_spot_checks") }} as spot_check
    where
        {{ is_check_result("spot_check", "2", "H030301") }}
        and {{ fresh("c07_spot_checks") }}
),

false_events as (
    select listing.enterprise_id
    from {{ ref("stg_c04_abnormal_list") }} as listing
    where
        {{ is_false_disclosure("listing") }}
        and {{ fresh("c04_abnormal_list") }}
    union
    select spot_check.enterprise_id
    from {{ ref("stg_c07_spot_checks") }} as spot_check
    where
        {{ is_check_result("spot_check", "3", "H030302") }}
        and {{ fresh("c07_spot_checks") }}
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case
        when events.enterprise_id is not null then 1
        when
            {{ fresh("c03_disclosure_orders") }}
            and {{ fresh("c04_abnormal_list") }}
            and {{ fresh("c07_spot_checks") }}
            then 0
    end as h030301,
    case
        when false_events.enterprise_id is not null then 1
        when {{ fresh("c04_abnormal_list") }} and {{ fresh("c07_spot_checks") }} then 0
    end as h030302
from {{ ref("enterprise") }} as enterprise
left join events on enterprise.enterprise_id = events.enterprise_id
left join false_events on enterprise.enterprise_id = false_events.enterprise_id
where enterprise.month = {{ month() }}
