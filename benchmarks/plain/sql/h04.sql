-- H04 行为合规 Compliance.

-- values h0401: abnormal list. H040101 listed now; H040102 worst ground in force, as the catalogue's risks say; H040103
-- listings in the window: a repaired one counts `repaired_weight`, one made in error nothing once it is taken back.
with listing as (
    select
        listing.enterprise_id,
        listing.ground,
        listing.listed_on,
        grounds.risk_order,
        listing.removed_on is null or listing.removed_on > {month_end} as in_force,
        case
            when listing.removed_on <= {month_end} and listing.removal_reason = '2' then 0
            when listing.repaired_on is not null or (listing.removed_on <= {month_end} and listing.removal_reason = '1')
                then {H040103.repaired_weight}
            else 1
        end as weight
    from c04_abnormal_list as listing
    left join category_order as grounds on grounds.code = 'H040102' and grounds.category = listing.ground
    where listing.listed_on <= {month_end}
),
found as (
    select
        enterprise_id,
        max(case when in_force then 1 else 0 end) as listed,
        max_by(ground, risk_order) filter (where in_force) as worst,
        sum(weight) filter (where listed_on > {window_H040103}) as listings
    from listing
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case when fresh.c04_abnormal_list then coalesce(found.listed, 0) end as h040101,
    case when fresh.c04_abnormal_list then coalesce(found.worst, 'none') end as h040102,
    case when fresh.c04_abnormal_list then cast(coalesce(found.listings, 0) as double) end as h040103
from enterprise
cross join fresh
left join found on enterprise.enterprise_id = found.enterprise_id

-- values h0402: serious-dishonesty lists; those of tax, wages and work safety are other departments' and count in H040205
-- only. H040201 listed now; H040202 removed in the window, `repaired_weight` if every such listing was repaired; H040203
-- worst reason; H040204 repaired in the window and nothing new since; H040205 lists of other departments.
with listing as (
    select
        listing.*,
        listing.removed_on is null or listing.removed_on > {month_end} as in_force,
        listing.list_field in ('TAX', 'WAGE', 'SAFE') as of_others,
        case
            when listing.list_field in ('FOOD', 'DRUG', 'SPEC', 'PROD') then 'safety'
            when listing.list_field = 'REGF' then 'registration'
            when listing.list_field = 'CONS' then 'consumer'
            when listing.list_field = 'COMP' then 'competition'
            else 'other'
        end as reason
    from c05_serious_lists as listing
    where listing.listed_on <= {month_end}
),
found as (
    select
        listing.enterprise_id,
        max(case when in_force and not of_others then 1 else 0 end) as listed,
        max(case when repaired_on is null then 1.0 else {H040202.repaired_weight} end) filter (
            where not of_others and not in_force and removed_on > {window_H040202}
        ) as past,
        max_by(reason, reasons.risk_order) filter (
            where not of_others and repaired_on is null and (in_force or removed_on > {window_H040203})
        ) as reason,
        count(distinct case
            when of_others and repaired_on is null and (in_force or removed_on > {window_H040205}) then list_field
        end) as other_lists
    from listing
    left join category_order as reasons on reasons.code = 'H040203' and reasons.category = listing.reason
    group by listing.enterprise_id
),
repair as (
    select enterprise_id, max(decided_on) as last_on
    from c05_repairs
    where decided_on > {window_H040204} and decided_on <= {month_end}
    group by enterprise_id
),
violation as (
    select enterprise_id, listed_on as found_on from listing
    union all
    select enterprise_id, listed_on
    from c04_abnormal_list
    where listed_on <= {month_end} and not coalesce(removed_on <= {month_end} and removal_reason = '2', false)
    union all
    select enterprise_id, decided_on from counted_penalty
),
again as (
    select distinct repair.enterprise_id
    from repair
    inner join violation on repair.enterprise_id = violation.enterprise_id and repair.last_on < violation.found_on
)
select
    enterprise.enterprise_id,
    case when fresh.c05_serious_lists then coalesce(found.listed, 0) end as h040201,
    case when fresh.c05_serious_lists then cast(coalesce(found.past, 0) as double) end as h040202,
    case when fresh.c05_serious_lists then coalesce(found.reason, 'none') end as h040203,
    case
        when not fresh.c05_repairs then null
        when repair.enterprise_id is null or again.enterprise_id is not null then 0
        when fresh.c04_abnormal_list and fresh.c05_serious_lists and fresh.c06_penalties then 1
    end as h040204,
    case when fresh.c05_serious_lists then coalesce(found.other_lists, 0) end as h040205
from enterprise
cross join fresh
left join found on enterprise.enterprise_id = found.enterprise_id
left join repair on enterprise.enterprise_id = repair.enterprise_id
left join again on enterprise.enterprise_id = again.enterprise_id

-- values h0403: penalties of the enterprise, not of persons. H040301 how many in the window, without summary cases and mere
-- warnings; H040302 money taken, 万元; H040303 severest kind; H040304 those of other departments. Repaired: see weights.
with penalty as (
    select penalty.*, kinds.risk_order
    from c06_penalties as penalty
    left join category_order as kinds on kinds.code = 'H040303' and kinds.category = penalty.penalty_kind
    where penalty.subject_kind = '1' and penalty.decided_on <= {month_end}
),
kind_and_money as (
    select
        enterprise_id,
        sum(
            (coalesce(fine, 0) + coalesce(confiscation, 0))
            * case when repaired_on is null then 1.0 else {H040302.repaired_weight} end
        ) filter (where decided_on > {window_H040302} and coalesce(fine, confiscation) is not null) as amount,
        count(*) filter (where decided_on > {window_H040302} and penalty_kind in ('2', '3')) as money_cases,
        max_by(penalty_kind, risk_order) filter (
            where decided_on > {window_H040303} and repaired_on is null
        ) as severest
    from penalty
    group by enterprise_id
),
counted as (
    select
        enterprise_id,
        sum(case when repaired_on is null then 1.0 else {H040301.repaired_weight} end) filter (
            where decided_on > {window_H040301}
        ) as penalties,
        sum(case when repaired_on is null then 1.0 else {H040304.repaired_weight} end) filter (
            where decided_on > {window_H040304} and authority_code <> 'market_regulation'
        ) as of_others
    from counted_penalty
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case when fresh.c06_penalties then cast(coalesce(counted.penalties, 0) as double) end as h040301,
    case
        when not fresh.c06_penalties or (kind_and_money.amount is null and kind_and_money.money_cases > 0) then null
        else cast(coalesce(kind_and_money.amount, 0) as double)
    end as h040302,
    case when fresh.c06_penalties then coalesce(kind_and_money.severest, 'none') end as h040303,
    case when fresh.c06_penalties then cast(coalesce(counted.of_others, 0) as double) end as h040304
from enterprise
cross join fresh
left join kind_and_money on enterprise.enterprise_id = kind_and_money.enterprise_id
left join counted on enterprise.enterprise_id = counted.enterprise_id

-- values h0404: spot checks, one per task however many items. H040401 ordered to correct, each weighing `decay` times as much
-- with every `decay_every` full months of age; H040402 pending, open or closed; H040403 refused; H040404 unreachable.
with task as (
    select
        enterprise_id,
        task_id,
        max(checked_on) filter (where result = '5') as corrected_on,
        max(checked_on) filter (where result = '8') as pending_on,
        max(checked_on) filter (where result = '8' and (closed_on is null or closed_on > {month_end})) as open_on,
        max(checked_on) filter (where result = '6') as refused_on,
        max(checked_on) filter (where result = '4') as unreachable_on
    from c07_spot_checks
    where result in ('4', '5', '6', '8') and checked_on <= {month_end}
    group by enterprise_id, task_id
),
found as (
    select
        enterprise_id,
        sum(power({H040401.decay}, floor(
            ((year({month_end}) - year(corrected_on)) * 12 + month({month_end}) - month(corrected_on))
            / cast({H040401.decay_every} as double)
        ))) filter (where corrected_on > {window_H040401}) as corrected,
        max(case when open_on > {window_H040402} then 2 when pending_on > {window_H040402} then 1 end) as pending,
        max(case when refused_on > {window_H040403} then 1 else 0 end) as refused,
        max(case when unreachable_on > {window_H040404} then 1 else 0 end) as unreachable
    from task
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case when fresh.c07_spot_checks then cast(coalesce(found.corrected, 0) as double) end as h040401,
    case
        when not fresh.c07_spot_checks then null
        when found.pending = 2 then 'open'
        when found.pending = 1 then 'closed'
        else 'none'
    end as h040402,
    case when fresh.c07_spot_checks then coalesce(found.refused, 0) end as h040403,
    case when fresh.c07_spot_checks then coalesce(found.unreachable, 0) end as h040404
from enterprise
cross join fresh
left join found on enterprise.enterprise_id = found.enterprise_id

-- values h0405: H040501 failed batches; H040502 failure rate against the mean of the product class, drawn towards it by
-- `prior_samples` imagined samples; H040503 worst recall. A recheck stands before the first result.
with tested as (
    select enterprise_id, product_class, sampled_on, outcome = '2' as failed
    from (
        select *, case when recheck_result in ('1', '2') then recheck_result else result end as outcome
        from c08_sampling
        where sampled_on <= {month_end}
    ) as sampled
    where outcome in ('1', '2')
),
recent as (
    select enterprise_id, count(*) filter (where failed) as failed
    from tested
    where sampled_on > {window_H040501}
    group by enterprise_id
),
by_class as (
    select enterprise_id, product_class, count(*) as samples, count(*) filter (where failed) as failed
    from tested
    where sampled_on > {window_H040502}
    group by enterprise_id, product_class
),
class_mean as (
    select product_class, cast(sum(failed) as double) / sum(samples) as rate from by_class group by product_class
),
ratio as (
    select
        by_class.enterprise_id,
        floor(sum(by_class.samples * case
            when class_mean.rate = 0 then 0
            else
                (by_class.failed + {H040502.prior_samples} * class_mean.rate)
                / (by_class.samples + {H040502.prior_samples}) / class_mean.rate
        end) / sum(by_class.samples) * 1000000 + 0.5) / 1000000 as ratio
    from by_class
    inner join class_mean on by_class.product_class = class_mean.product_class
    group by by_class.enterprise_id
),
recall as (
    select
        enterprise_id,
        max(case when recall_kind <> '2' then 1 when completed_on <= {month_end} then 2 else 3 end) as severity
    from c08_recalls
    where announced_on > {window_H040503} and announced_on <= {month_end}
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case when fresh.c08_sampling then recent.failed end as h040501,
    case when fresh.c08_sampling then ratio.ratio end as h040502,
    case
        when not fresh.c08_recalls then null
        when recall.severity = 3 then 'ordered_open'
        when recall.severity = 2 then 'ordered'
        when recall.severity = 1 then 'voluntary'
        else 'none'
    end as h040503
from enterprise
cross join fresh
left join recent on enterprise.enterprise_id = recent.enterprise_id
left join ratio on enterprise.enterprise_id = ratio.enterprise_id
left join recall on enterprise.enterprise_id = recall.enterprise_id

-- values h0406: H040601 court defaulter now; H040602 lawsuits as defendant, as a place among peers; H040603 what is claimed,
-- as a multiple of the registered capital.
with defaulter as (
    select distinct enterprise_id
    from c10_defaulters
    where
        subject_kind = '1'
        and published_on <= {month_end}
        and (removed_on is null or removed_on > {month_end})
),
claim as (
    select enterprise_id, cast(sum(amount) as double) as amount
    from c10_lawsuits
    where role = '2' and filed_on > {window_H040603} and filed_on <= {month_end}
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case when fresh.c10_defaulters then case when defaulter.enterprise_id is null then 0 else 1 end end as h040601,
    case when fresh.c10_lawsuits then peer_place.place end as h040602,
    case
        when not fresh.c10_lawsuits then null
        when claim.enterprise_id is null then 0
        -- six digits; rounded by hand, because round() of engines differs where the seventh is a 5
        when enterprise.capital > 0 then floor(claim.amount / enterprise.capital * 1000000 + 0.5) / 1000000
    end as h040603
from enterprise
cross join fresh
inner join peer_count on enterprise.enterprise_id = peer_count.enterprise_id
inner join peer_place
    on peer_place.code = 'H040602'
        and peer_count.section = peer_place.section
        and peer_count.size_group = peer_place.size_group
        and peer_count.lawsuits = peer_place.n
left join defaulter on enterprise.enterprise_id = defaulter.enterprise_id
left join claim on enterprise.enterprise_id = claim.enterprise_id
