-- H0403 行政处罚 Administrative penalties. Source: C06 (c06_penalties), C05 信用修复 (c05_repairs); by day of decision.
-- H040301 近三年受到行政处罚次数 Penalties in 3 years, without summary cases (简易程序) and cases of a mere warning, that
--         is: kind 1 and no money (is_counted_penalty). A repaired one counts `repaired_weight` of parameters.csv from
--         the day of the repair.
-- H040302 近三年被罚没金额 Fined and confiscated in 3 years, 万元, every case. The money of a repaired one counts
--         `repaired_weight`. Unknown if there are cases of fine or confiscation and none of them states an amount.
-- H040303 近三年所受行政处罚种类 Severest kind in 3 years, every case, in this order: 5, 4, 3, 2, 9, 1; 'none' without one. A kind
--         cannot be halved: a repaired penalty no longer sets it.
-- Penalties of natural persons (自然人) are not the enterprise's. Unknown (null) while the feed is not fresh.
with repairs as (
    select distinct
        enterprise_id,
        repaired_ref as document_no
    from {{ ref('stg_c05_repairs') }}
    where
        repaired_feed = 'c06_penalties'
        and decided_on <= {{ month_end() }}
),

penalties as (
    select
        penalty.enterprise_id,
        penalty.decided_on,
        penalty.penalty_kind,
        case penalty.penalty_kind
            when '5' then 6 when '4' then 5 when '3' then 4 when '2' then 3 when '9' then 2 else 1
        end as severity,
        penalty.penalty_kind in ('2', '3') as costs_money,
        coalesce(penalty.fine, penalty.confiscation) is not null as amount_stated,
        coalesce(penalty.fine, 0) + coalesce(penalty.confiscation, 0) as taken,
        {{ is_counted_penalty('penalty') }} as counted,
        repairs.document_no is not null as repaired
    from {{ ref('stg_c06_penalties') }} as penalty
    left join repairs
        on
            penalty.enterprise_id = repairs.enterprise_id
            and penalty.document_no = repairs.document_no
    where
        penalty.subject_kind = '1'
        and penalty.decided_on <= {{ month_end() }}
),

found as (
    select
        enterprise_id,
        sum(case when repaired then {{ parameter('H040301', 'repaired_weight') }} else 1.0 end) filter (
            where decided_on > {{ window_start('H040301') }} and counted
        ) as penalties,
        sum(taken * case when repaired then {{ parameter('H040302', 'repaired_weight') }} else 1.0 end) filter (
            where decided_on > {{ window_start('H040302') }} and amount_stated
        ) as amount,
        count(*) filter (where decided_on > {{ window_start('H040302') }} and costs_money) as money_cases,
        max_by(penalty_kind, severity) filter (
            where decided_on > {{ window_start('H040303') }} and not repaired
        ) as severest
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
    case when {{ fresh('c06_penalties') }} then coalesce(found.severest, 'none') end as h040303
from {{ ref('enterprise') }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
