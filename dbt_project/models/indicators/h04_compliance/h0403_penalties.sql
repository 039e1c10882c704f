-- H0403 行政处罚 Administrative penalties. Source: C06 (c06_penalties), C05 信用修复 (c05_repairs); by day of decision.
-- H040301 近三年受到行政处罚次数 Penalties in 3 years, without summary cases (简易程序) and cases of a mere warning, that
--         is: kind 1 and no money (is_counted_penalty). A repaired one counts `repaired_weight` of parameters.csv from
--         the day of the repair.
-- H040302 近三年被罚没金额 Fined and confiscated in 3 years, 万元, every case. The money of a repaired one counts
--         `repaired_weight`. Unknown if there are cases of fine or confiscation and none of them states an amount.
-- H040303 近三年所受行政处罚种类 Severest kind in 3 years, every case; 'none' without one. The catalogue's risks say which is
--         severest; as far as they say nothing: 5, 4, 3, 2, 9, 1. A kind cannot be halved: a repaired penalty no longer
--         sets it.
-- H040304 其他部门行政处罚次数 Those of H040301 that another department than market regulation decided; a repaired one counts
--         the indicator's own `repaired_weight`.
-- Penalties of natural persons (自然人) are not the enterprise's. Unknown (null) while the feed is not fresh.
with penalties as (
    select
        penalty.enterprise_id,
        penalty.decided_on,
        penalty.penalty_kind,
        {{ category_rank("H040303", "penalty.penalty_kind", ["5", "4", "3", "2", "9", "1"]) }} as severity,
        penalty.penalty_kind in ('2', '3') as costs_money,
        coalesce(penalty.fine, penalty.confiscation) is not null as amount_stated,
        coalesce(penalty.fine, 0) + coalesce(penalty.confiscation, 0) as taken,
        {{ is_counted_penalty('penalty') }} as counted,
        {{ is_of_other_department('penalty') }} as of_other_department,
        penalty.repaired_on is not null as repaired,
        {{ unless_repaired("penalty", parameter("H040301", "repaired_weight")) }} as counts_for,
        {{ unless_repaired("penalty", parameter("H040302", "repaired_weight")) }} as money_counts_for,
        {{ unless_repaired("penalty", parameter("H040304", "repaired_weight")) }} as counts_as_other
    from {{ ref('stg_c06_penalties') }} as penalty
    where
        penalty.subject_kind = '1'
        and penalty.decided_on <= {{ month_end() }}
),

found as (
    select
        enterprise_id,
        sum(counts_for) filter (
            where decided_on > {{ window_start('H040301') }} and counted
        ) as penalties,
        sum(taken * money_counts_for) filter (
            where decided_on > {{ window_start('H040302') }} and amount_stated
        ) as amount,
        count(*) filter (where decided_on > {{ window_start('H040302') }} and costs_money) as money_cases,
        max_by(penalty_kind, severity) filter (
            where decided_on > {{ window_start('H040303') }} and not repaired
        ) as severest,
        sum(counts_as_other) filter (
            where decided_on > {{ window_start('H040304') }} and counted and of_other_department
        ) as of_others
    from penalties
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c06_penalties') }} then cast(coalesce(found.penalties, 0) as double) end as h040301,
    case
        when not {{ fresh('c06_penalties') }} then null
        when found.amount is null and found.money_cases > 0 then null
        else cast(coalesce(found.amount, 0) as double)
    end as h040302,
    case when {{ fresh('c06_penalties') }} then coalesce(found.severest, 'none') end as h040303,
    case when {{ fresh('c06_penalties') }} then cast(coalesce(found.of_others, 0) as double) end as h040304
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
