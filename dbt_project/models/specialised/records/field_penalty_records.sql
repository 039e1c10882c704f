-- 领域处罚记录 Penalties in the key fields. Source: C06 (c06_penalties), by day of the decision; which count at all: macro
-- is_counted_penalty. The field of the penalty is an entry of the list.
-- S010203, S020203, S030204, S040204 each penalty: 1, repaired_weight after credit repair (信用修复)
-- S010204 suspension of business (4), licence withheld or revoked (5): 1; not after repair
-- S020204 fine and confiscation, 万元; not after repair. Unknown (null) where a fine or a confiscation names no amount
-- S010302 wilful violation in food: the act penalised holds a word of the list: 1; not after repair
select
    {{ field_record(
        "governed.code", "'c06_penalties'", "penalty", "penalty.decided_on",
        "case
        when governed.code = 'S020204'
            then case
                when
                    penalty.penalty_kind in ('2', '3')
                    and penalty.fine is null
                    and penalty.confiscation is null
                    then null
                else coalesce(penalty.fine, 0) + coalesce(penalty.confiscation, 0)
            end
        when penalty.repaired_on is not null then " ~ parameter("S00", "repaired_weight") ~ "
        else 1
    end",
        stops_in=leaves_in("penalty.decided_on", "governed.window_months"), repaired=true, review=true
    ) }}
from {{ ref("stg_c06_penalties") }} as penalty
inner join {{ ref("specialised_rule") }} as governed
    on
        penalty.field = governed.entry
        and governed.code in ('S010203', 'S010204', 'S020203', 'S020204', 'S030204', 'S040204')
where
    {{ is_counted_penalty("penalty") }}
    and penalty.decided_on <= {{ month_end() }}
    and penalty.decided_on > governed.opens_after
    and (governed.code not in ('S010204', 'S020204') or penalty.repaired_on is null)
    and (governed.code <> 'S010204' or penalty.penalty_kind in ('4', '5'))
union all
select
    {{ field_record(
        "'S010302'", "'c06_penalties'", "penalty", "penalty.decided_on", "1",
        stops_in=leaves_in("penalty.decided_on", window_months("S010302")), repaired=true, review=true
    ) }}
from {{ ref("stg_c06_penalties") }} as penalty
where
    {{ is_counted_penalty("penalty") }}
    and penalty.field = 'FOOD'
    and penalty.repaired_on is null
    and penalty.decided_on <= {{ month_end() }}
    and penalty.decided_on > {{ window_start("S010302") }}
    and exists (
        select 1
        from {{ ref("specialised_rule") }} as word
        where
            word.code = 'S010302'
            and penalty.violation like '%' || word.entry || '%'
    )
