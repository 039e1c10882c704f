-- H06 关联关系 Affiliates: other live enterprises bound by control, either way, or headed by the same person.

-- table control: holdings of control. All that one holder has of an enterprise reaches `control_share`; whoever was
-- deregistered neither holds nor is held; nobody controls himself.
with gone as (
    select distinct enterprise_id from c01_deregistrations where deregistered_on <= {month_end}
)
select share.enterprise_id, share.holder_id
from (
    select enterprise_id, holder_id, sum(share) as share
    from held
    where holder_kind <> '1' and enterprise_id <> holder_id
    group by enterprise_id, holder_id
) as share
left join gone as held_gone on share.enterprise_id = held_gone.enterprise_id
left join gone as holder_gone on share.holder_id = holder_gone.enterprise_id
where
    -- a sum of stated shares must not fail at the bound by a last binary digit
    round(share.share, 6) >= {H060101.control_share}
    and held_gone.enterprise_id is null
    and holder_gone.enterprise_id is null

-- table tainted: enterprises with a record that others answer for, 1 by kind, with the person who heads them. A revoked one
-- is not live any more; its head is the one at that time.
with record as (
    select listing.enterprise_id, enterprise.head_id, 1 as serious, 0 as abnormal, 0 as penalty, 0 as revoked, 0 as defaulter
    from c05_serious_lists as listing
    inner join enterprise on listing.enterprise_id = enterprise.enterprise_id
    where
        listing.listed_on <= {month_end}
        and (listing.listed_on > {window_H060101} or listing.removed_on is null or listing.removed_on > {month_end})
        and listing.repaired_on is null
    union all
    select listing.enterprise_id, enterprise.head_id, 0, 1, 0, 0, 0
    from c04_abnormal_list as listing
    inner join enterprise on listing.enterprise_id = enterprise.enterprise_id
    where
        listing.listed_on <= {month_end}
        and (listing.listed_on > {window_H060102} or listing.removed_on is null or listing.removed_on > {month_end})
        and not coalesce(listing.removed_on <= {month_end} and listing.removal_reason in ('1', '2'), false)
        and listing.repaired_on is null
    union all
    select penalty.enterprise_id, enterprise.head_id, 0, 0, 1, 0, 0
    from counted_penalty as penalty
    inner join enterprise on penalty.enterprise_id = enterprise.enterprise_id
    where penalty.decided_on > {window_H060103} and penalty.repaired_on is null
    union all
    select revocation.enterprise_id, coalesce(revocation.legal_rep_id, base.legal_rep_id), 0, 0, 0, 1, 0
    from c01_revocations as revocation
    left join c01_base as base on revocation.enterprise_id = base.enterprise_id
    where revocation.revoked_on > {window_H060104} and revocation.revoked_on <= {month_end}
    union all
    select defaulter.enterprise_id, enterprise.head_id, 0, 0, 0, 0, 1
    from c10_defaulters as defaulter
    inner join enterprise on defaulter.enterprise_id = enterprise.enterprise_id
    where
        defaulter.subject_kind = '1'
        and defaulter.published_on <= {month_end}
        and (defaulter.removed_on is null or defaulter.removed_on > {month_end})
)
select
    enterprise_id,
    max(head_id) as head_id,
    max(serious) as serious,
    max(abnormal) as abnormal,
    max(penalty) as penalty,
    max(revoked) as revoked,
    max(defaulter) as defaulter
from record
group by enterprise_id

-- values h0601: share of affiliates with such a record, bad / (affiliates + `affiliate_smoothing`): H060101 serious lists,
-- H060102 abnormal list, H060103 penalties, H060104 licence revoked (beside the live ones), H060105 court defaulters.
with bond as (
    select enterprise_id, holder_id as affiliate_id from control
    union
    select holder_id, enterprise_id from control
),
by_control as (
    select
        bond.enterprise_id,
        count(affiliate.enterprise_id) as affiliates,
        sum(tainted.serious) as serious,
        sum(tainted.abnormal) as abnormal,
        sum(tainted.penalty) as penalty,
        sum(tainted.revoked) as revoked,
        sum(tainted.defaulter) as defaulter
    from bond
    inner join enterprise as own on bond.enterprise_id = own.enterprise_id
    left join enterprise as affiliate on bond.affiliate_id = affiliate.enterprise_id
    left join tainted on bond.affiliate_id = tainted.enterprise_id
    -- who has the same head is counted there
    where own.head_id is distinct from coalesce(affiliate.head_id, tainted.head_id) or own.head_id is null
    group by bond.enterprise_id
),
-- counted at the person, never as pairs of enterprises
of_head as (
    select head_id, count(*) as n from enterprise where head_id is not null group by head_id
),
by_head as (
    select
        head_id,
        sum(serious) as serious,
        sum(abnormal) as abnormal,
        sum(penalty) as penalty,
        sum(revoked) as revoked,
        sum(defaulter) as defaulter
    from tainted
    where head_id is not null
    group by head_id
),
counted as (
    select
        enterprise.enterprise_id,
        fresh.c01_base and fresh.c01_shareholders as known,
        coalesce(by_control.affiliates, 0) + coalesce(of_head.n - 1, 0) as affiliates,
        coalesce(by_control.serious, 0) + coalesce(by_head.serious - coalesce(own.serious, 0), 0) as serious,
        coalesce(by_control.abnormal, 0) + coalesce(by_head.abnormal - coalesce(own.abnormal, 0), 0) as abnormal,
        coalesce(by_control.penalty, 0) + coalesce(by_head.penalty - coalesce(own.penalty, 0), 0) as penalty,
        coalesce(by_control.revoked, 0) + coalesce(by_head.revoked - coalesce(own.revoked, 0), 0) as revoked,
        coalesce(by_control.defaulter, 0) + coalesce(by_head.defaulter - coalesce(own.defaulter, 0), 0) as defaulter
    from enterprise
    cross join fresh
    left join by_control on enterprise.enterprise_id = by_control.enterprise_id
    left join of_head on enterprise.head_id = of_head.head_id
    left join by_head on enterprise.head_id = by_head.head_id
    left join tainted as own on enterprise.enterprise_id = own.enterprise_id
)
select
    enterprise_id,
    case when known and fresh.c05_serious_lists then serious / cast(affiliates + {H060101.affiliate_smoothing} as double) end
        as h060101,
    case when known and fresh.c04_abnormal_list then abnormal / cast(affiliates + {H060102.affiliate_smoothing} as double) end
        as h060102,
    case when known and fresh.c06_penalties then penalty / cast(affiliates + {H060103.affiliate_smoothing} as double) end
        as h060103,
    case
        when known and fresh.c01_revocations
            then revoked / cast(affiliates + revoked + {H060104.affiliate_smoothing} as double)
    end as h060104,
    case when known and fresh.c10_defaulters then defaulter / cast(affiliates + {H060105.affiliate_smoothing} as double) end
        as h060105
from counted
cross join fresh

-- values h0602: people, by keyed hash. H060201 the legal representative headed another enterprise when it was revoked or put
-- on a serious list of market regulation; H060202 key persons who are court defaulters.
with restricted as (
    select distinct incident.enterprise_id, coalesce(incident.legal_rep_id, base.legal_rep_id) as person_id
    from (
        select enterprise_id, legal_rep_id
        from c01_revocations
        where revoked_on > {window_H060201} and revoked_on <= {month_end}
        union all
        select enterprise_id, legal_rep_id
        from c05_serious_lists
        where
            listed_on > {window_H060201} and listed_on <= {month_end}
            and list_field not in ('TAX', 'WAGE', 'SAFE')
            and repaired_on is null
    ) as incident
    left join c01_base as base on incident.enterprise_id = base.enterprise_id
),
restricted_head as (
    select distinct enterprise.enterprise_id
    from enterprise
    inner join restricted
        on enterprise.head_id = restricted.person_id and enterprise.enterprise_id <> restricted.enterprise_id
),
key_person as (
    select enterprise_id, head_id as person_id from enterprise where head_id is not null
    union
    select enterprise_id, person_id
    from c01_persons
    where position in ('01', '02') and appointed_on <= {month_end} and (left_on is null or left_on > {month_end})
    union
    select enterprise_id, holder_id from held where holder_kind = '1' and share >= {H060202.key_holder_share}
),
defaulter as (
    select distinct person_id
    from c10_defaulters
    where
        subject_kind = '2' and person_id is not null
        and published_on <= {month_end}
        and (removed_on is null or removed_on > {month_end})
),
defaulting as (
    select key_person.enterprise_id, count(defaulter.person_id) as n
    from key_person
    left join defaulter on key_person.person_id = defaulter.person_id
    group by key_person.enterprise_id
)
select
    enterprise.enterprise_id,
    case
        when enterprise.head_id is not null and fresh.c01_base and fresh.c01_revocations and fresh.c05_serious_lists
            then case when restricted_head.enterprise_id is null then 0 else 1 end
    end as h060201,
    case when fresh.c01_persons and fresh.c01_shareholders and fresh.c10_defaulters then defaulting.n end as h060202
from enterprise
cross join fresh
left join restricted_head on enterprise.enterprise_id = restricted_head.enterprise_id
left join defaulting on enterprise.enterprise_id = defaulting.enterprise_id
