-- H0403 行政处罚 Administrative penalties: those behind its indicators, until their day of decision leaves the window.
-- H040301, H040304 the penalties that count, with what each counts for.
-- H040302 those with money, with the money that counts, 万元.
-- H040303 those of the severest kind, repaired ones left out.
with penalties as (
    select
        penalty.enterprise_id,
        penalty.record_id,
        penalty.record_key,
        penalty.received_month,
        penalty.repaired_on,
        penalty.review_since,
        penalty.decided_on,
        penalty.penalty_kind,
        coalesce(penalty.fine, 0) + coalesce(penalty.confiscation, 0) as taken,
        {{ is_counted_penalty("penalty") }} as counted,
        {{ is_of_other_department("penalty") }} as of_other_department
    from {{ ref("stg_c06_penalties") }} as penalty
    where
        penalty.subject_kind = '1'
        and penalty.decided_on <= {{ month_end() }}
)

select
    penalty.enterprise_id,
    {{
        evidence(
            "H040301",
            "c06_penalties",
            "penalty",
            event_on="penalty.decided_on",
            stops_in="window",
            counts_for=unless_repaired("penalty", parameter("H040301", "repaired_weight")),
            repaired=true,
            review=true,
        )
    }}
from penalties as penalty
where
    penalty.counted
    and penalty.decided_on > {{ window_start("H040301") }}
union all
select
    penalty.enterprise_id,
    {{
        evidence(
            "H040302",
            "c06_penalties",
            "penalty",
            event_on="penalty.decided_on",
            stops_in="window",
            counts_for="penalty.taken * " ~ unless_repaired("penalty", parameter("H040302", "repaired_weight")),
            repaired=true,
            review=true,
        )
    }}
from penalties as penalty
where
    penalty.taken > 0
    and penalty.decided_on > {{ window_start("H040302") }}
union all
select
    penalty.enterprise_id,
    {{
        evidence(
            "H040303",
            "c06_penalties",
            "penalty",
            event_on="penalty.decided_on",
            stops_in="window",
            repaired=true,
            review=true,
        )
    }}
from penalties as penalty
inner join {{ ref("h0403_penalties") }} as found
    on
        penalty.enterprise_id = found.enterprise_id
        and penalty.penalty_kind = found.h040303
where
    found.month = {{ month() }}
    and penalty.repaired_on is null
    and penalty.decided_on > {{ window_start("H040303") }}
union all
select
    penalty.enterprise_id,
    {{
        evidence(
            "H040304",
            "c06_penalties",
            "penalty",
            event_on="penalty.decided_on",
            stops_in="window",
            counts_for=unless_repaired("penalty", parameter("H040304", "repaired_weight")),
            repaired=true,
            review=true,
        )
    }}
from penalties as penalty
where
    penalty.counted
    and penalty.of_other_department
    and penalty.decided_on > {{ window_start("H040304") }}
