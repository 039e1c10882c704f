-- H0404 双随机抽查 Double-random spot checks: the records behind its indicators, rows of c07_spot_checks.
-- H040401  items ordered to be corrected; of one task the newest item carries the weight of the check, the others 0.
-- H040402  items pending follow-up that set the value: the open ones, or, where none is open, the closed ones.
-- H040403  items with serious non-cooperation.
-- H040404  items on which the enterprise could not be reached.
with findings as (
    select
        enterprise_id,
        task_id,
        record_id,
        record_key,
        received_month,
        review_since,
        checked_on,
        result,
        case when closed_on <= {{ month_end() }} then 1 else 2 end as openness
    from {{ ref('stg_c07_spot_checks') }}
    where
        result in ('4', '5', '6', '8')
        and checked_on <= {{ month_end() }}
),

corrected as (
    select
        *,
        row_number() over (partition by enterprise_id, task_id order by checked_on desc, record_id desc) as newest
    from findings
    where
        result = '5'
        and checked_on > {{ window_start('H040401') }}
),

pending as (
    select
        *,
        max(openness) over (partition by enterprise_id) as worst
    from findings
    where
        result = '8'
        and checked_on > {{ window_start('H040402') }}
)

select
    corrected.enterprise_id,
    {{ evidence(
        "H040401", "c07_spot_checks", "corrected", event_on="corrected.checked_on", stops_in="window",
        counts_for="case when corrected.newest = 1 then "
            ~ decayed_weight("corrected.checked_on", parameter("H040401", "decay"), parameter("H040401", "decay_every"))
            ~ " else 0 end",
        review=true
    ) }}
from corrected

union all

select
    pending.enterprise_id,
    {{ evidence(
        "H040402", "c07_spot_checks", "pending", event_on="pending.checked_on", stops_in="window", review=true
    ) }}
from pending
where pending.openness = pending.worst

union all

select
    findings.enterprise_id,
    {{ evidence(
        "H040403", "c07_spot_checks", "findings", event_on="findings.checked_on", stops_in="window", review=true
    ) }}
from findings
where
    findings.result = '6'
    and findings.checked_on > {{ window_start('H040403') }}

union all

select
    findings.enterprise_id,
    {{ evidence(
        "H040404", "c07_spot_checks", "findings", event_on="findings.checked_on", stops_in="window", review=true
    ) }}
from findings
where
    findings.result = '4'
    and findings.checked_on > {{ window_start('H040404') }}
