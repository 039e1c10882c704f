-- 人工调整 Overrides (人工调整分类决定) that are open on the last day of the month. Source: S01 (s01_overrides).
-- One row per enterprise and decision: received and decided by then, not yet expired, not withdrawn. A month at whose
-- end a decision has run out or was withdrawn is without it. Whether a decision is applied is for `orchestration.risk`,
-- because the catalogue says who may override what.
-- override_class: class to be used instead of the computed one. decider_rank: 1 county, 2 prefecture, 3 province.
-- The person who decided is known in the raw feed only (hashed); nothing here needs it.
select
    enterprise.month,
    enterprise.region_code,
    enterprise.enterprise_id,
    decision.override_no,
    decision.override_class,
    decision.reason,
    cast(decision.decider_rank as integer) as decider_rank,
    decision.decided_on,
    decision.expires_on,
    decision.received_month,
    decision.record_id
from {{ ref('stg_s01_overrides') }} as decision
inner join {{ ref('enterprise') }} as enterprise on decision.enterprise_id = enterprise.enterprise_id
where
    enterprise.month = {{ month() }}
    and decision.decided_on <= {{ month_end() }}
    and decision.expires_on >= {{ month_end() }}
    and (decision.withdrawn_on is null or decision.withdrawn_on > {{ month_end() }})
