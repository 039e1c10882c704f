-- H0404 双随机抽查 Double-random spot checks. Source: C07 (c07_spot_checks); by day of the check.
-- H040401 抽查发现问题已责令改正 Problem found and ordered to correct (result 5): number of checks in 24 months, each weighing
--         `decay` times as much with every `decay_every` full months of age (parameters.csv). One task is one check,
--         whatever its number of items.
-- H040402 抽查发现问题待后续处理 Problem found and pending follow-up (result 8) in 24 months: 'open' while one of them is
--         not closed by the last day of the month, else 'closed', 'none' without one.
-- H040403 不配合检查情节严重 Serious non-cooperation (result 6) in 36 months: 1 or 0.
-- H040404 抽查时通过登记住所无法联系 Unreachable at the registered address when checked (result 4) in 24 months: 1 or 0.
-- An enterprise that was not checked has no findings: 0. Unknown (null) while the feed is not fresh.
with findings as (
    select
        enterprise_id,
        task_id,
        max(checked_on) filter (where result = '5') as corrected_on,
        max(checked_on) filter (where result = '8') as pending_on,
        max(checked_on) filter (where result = '8' and (closed_on is null or closed_on > {{ month_end() }})) as open_on,
        max(checked_on) filter (where result = '6') as refused_on,
        max(checked_on) filter (where result = '4') as unreachable_on
    from {{ ref('stg_c07_spot_checks') }}
    where
        result in ('4', '5', '6', '8')
        and checked_on <= {{ month_end() }}
    group by enterprise_id, task_id
),

found as (
    select
        enterprise_id,
        sum(
            {{ decayed_weight('corrected_on', parameter('H040401', 'decay'), parameter('H040401', 'decay_every')) }}
        ) filter (where corrected_on > {{ window_start('H040401') }}) as corrected,
        max(
            case when open_on > {{ window_start('H040402') }} then 2 else 1 end
        ) filter (where pending_on > {{ window_start('H040402') }}) as pending,
        max(case when refused_on > {{ window_start('H040403') }} then 1 else 0 end) as refused,
        max(case when unreachable_on > {{ window_start('H040404') }} then 1 else 0 end) as unreachable
    from findings
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c07_spot_checks') }} then cast(coalesce(found.corrected, 0) as double) end as h040401,
    case
        when not {{ fresh('c07_spot_checks') }} then null
        when found.pending = 2 then 'open'
        when found.pending = 1 then 'closed'
        else 'none'
    end as h040402,
    case when {{ fresh('c07_spot_checks') }} then coalesce(found.refused, 0) end as h040403,
    cast(case when {{ fresh('c07_spot_checks') }} then coalesce(found.unreachable, 0) end as double) as h040404
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
