-- H0303 即时信息公示 Instant disclosure. Source: C03 (c03_disclosure_orders), C04 (c04_abnormal_list), C07
-- (c07_spot_checks).
-- H030301 即时信息未按规定公示: 1 if inside the window the enterprise was ordered to disclose and had not done so by the due day
--         and still has not, or is listed as abnormal on that ground (2) and was not removed, or a spot check found it
--         (result 2).
-- 0 needs all three feeds fresh; 1 needs only the feed that says so. An order without a due day is due at once.
with events as (
    select
        enterprise_id,
        'orders' as feed
    from {{ ref("stg_c03_disclosure_orders") }}
    where
        ordered_on > {{ window_start("H030301") }}
        and ordered_on <= {{ month_end() }}
        and coalesce(due_on, ordered_on) < {{ month_end() }}
        and (disclosed_on is null or disclosed_on > {{ month_end() }})
        and {{ fresh("c03_disclosure_orders") }}
    union all
    select
        enterprise_id,
        'abnormal' as feed
    from {{ ref("stg_c04_abnormal_list") }}
    where
        ground = '2'
        and listed_on > {{ window_start("H030301") }}
        and listed_on <= {{ month_end() }}
        and (removed_on is null or removed_on > {{ month_end() }})
        and {{ fresh("c04_abnormal_list") }}
    union all
    select
        enterprise_id,
        'checks' as feed
    from {{ ref("stg_c07_spot_checks") }}
    where
        result = '2'
        and checked_on > {{ window_start("H030301") }}
        and checked_on <= {{ month_end() }}
        and {{ fresh("c07_spot_checks") }}
),

found as (
    select
        enterprise_id,
        count(*) as events
    from events
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case
        when found.events > 0 then 1
        when
            {{ fresh("c03_disclosure_orders") }}
            and {{ fresh("c04_abnormal_list") }}
            and {{ fresh("c07_spot_checks") }}
            then 0
    end as h030301
from {{ ref("enterprise") }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
