-- The enterprises of the month, and what several groups of indicators ask about them.

-- table enterprise: live at the end of the month, branches included. In operation (state 1) in the record last received,
-- established by then, neither deregistered nor revoked by then.
with district_region as (
    select district_code, max(region_code) as region_code from districts group by district_code
),
type_group as (
    select entity_type, max(type_group) as type_group from entity_type_groups group by entity_type
),
-- the rate last set; a currency may be written as its code or by either name
rate as (
    select currency, name_zh, name_en, cast(max_by(cny_per_unit, effective_from) as double) as cny_per_unit
    from exchange_rates
    where cast(effective_from as date) <= {month_end}
    group by currency, name_zh, name_en
),
written_rate as (
    select currency as written, cny_per_unit from rate
    union select upper(name_en), cny_per_unit from rate
    union select name_zh, cny_per_unit from rate
),
ended as (
    select enterprise_id from c01_deregistrations where deregistered_on <= {month_end}
    union select enterprise_id from c01_revocations where revoked_on <= {month_end}
),
staff as (
    select enterprise_id, max_by(staff, report_year) as staff
    from c03_annual_reports
    where filed_on <= {month_end} and staff is not null
    group by enterprise_id
),
parent as (
    select branch_id, max_by(enterprise_id, opened_on) as parent_id
    from c01_branches
    where opened_on <= {month_end} and (closed_on is null or closed_on > {month_end})
    group by branch_id
),
head as (
    select enterprise_id, max_by(person_id, appointed_on) as legal_rep_id
    from c01_persons
    where position = '01' and appointed_on <= {month_end} and (left_on is null or left_on > {month_end})
    group by enterprise_id
),
live as (
    select
        base.*,
        district_region.region_code,
        type_group.type_group,
        -- the month ends on its last day, so the day of establishment plays no part
        ((year({month_end}) - year(base.established_on)) * 12 + month({month_end}) - month(base.established_on))
        / cast(12 as double) as age_years,
        -- no currency named means yuan; one without a rate leaves the capital unknown
        cast(base.registered_capital as double)
        * case when base.capital_currency is null then 1 else written_rate.cny_per_unit end as capital,
        staff.staff,
        coalesce(base.parent_id, parent.parent_id) as parent,
        coalesce(base.legal_rep_id, head.legal_rep_id) as head_id
    from c01_base as base
    left join ended on base.enterprise_id = ended.enterprise_id
    left join district_region on base.district_code = district_region.district_code
    left join type_group on base.entity_type = type_group.entity_type
    left join written_rate on upper(base.capital_currency) = written_rate.written
    left join staff on base.enterprise_id = staff.enterprise_id
    left join parent on base.enterprise_id = parent.branch_id
    left join head on base.enterprise_id = head.enterprise_id
    where base.state = '1' and base.established_on <= {month_end} and ended.enterprise_id is null
)
select
    enterprise_id,
    region_code,
    district_code,
    {plain address} as address,
    type_group,
    industry_section,
    industry_code,
    established_on,
    age_years,
    capital,
    coalesce(capital_currency, 'CNY') = 'CNY' as in_yuan,
    term_to,
    parent as parent_id,
    head_id,
    -- a peer group: the smaller of what capital (万元) and staff say
    case least(
        case when capital < 100 then 1 when capital < 1000 then 2 when capital < 10000 then 3 when capital >= 10000 then 4 end,
        case when staff < 10 then 1 when staff < 100 then 2 when staff < 300 then 3 when staff >= 300 then 4 end
    )
        when 1 then 'micro' when 2 then 'small' when 3 then 'medium' when 4 then 'large' else 'unknown'
    end as size_group
from live

-- table held: shareholdings on the last day of the month.
select *
from c01_shareholders
where contributed_on <= {month_end} and (left_on is null or left_on > {month_end})

-- table report: annual reports as filed by the end of the month, the latest of an enterprise first (recency 1). An amount
-- is disclosed when it is stated and not marked as unpublished.
select
    enterprise_id,
    report_year,
    filed_on,
    paid_in_capital,
    -- its influence is counted from the day after the last day on which it could be filed in time
    make_date(report_year + 1, 7, 1) as counted_from,
    row_number() over (partition by enterprise_id order by report_year desc) as recency,
    case when coalesce(assets_published, true) then assets end as assets,
    case when coalesce(liabilities_published, true) then liabilities end as liabilities,
    case when coalesce(revenue_published, true) then revenue end as revenue,
    case when coalesce(revenue_published, true) then case when revenue < 0 then 0 else revenue end end as sales,
    case when coalesce(profit_published, true) then profit end as profit,
    case when coalesce(tax_published, true) then tax end as tax,
    case when coalesce(staff_published, true) then staff end as staff,
    case when coalesce(equity_published, true) then equity end as equity,
    case
        when net_profit is not null and coalesce(net_profit_published, true) then net_profit
        when coalesce(profit_published, true) then profit
    end as result
from c03_annual_reports
where filed_on <= {month_end}

-- view complaint: complaints that count, without repeat complainants: those the hotline marks, and those with
-- `repeat_from` or more in the window, about whatever enterprise.
select complaint.*
from c09_complaints as complaint
left join (
    select complainant_id
    from c09_complaints
    where complainant_id is not null and received_on > {window_H050101} and received_on <= {month_end}
    group by complainant_id
    having count(*) >= {H050101.repeat_from}
) as repeated on complaint.complainant_id = repeated.complainant_id
where
    complaint.received_on <= {month_end}
    and not coalesce(complaint.repeat_complainant, false)
    and repeated.complainant_id is null

-- view signal: web signals surely about an enterprise, accepted and not taken back. Copies of a text share its hash.
select *, coalesce(content_hash, signal_no) as text_hash
from w01_web_signals
where
    published_on <= {month_end}
    and coalesce(band, 'accept') = 'accept'
    and not coalesce(withdrawn_on <= {month_end}, false)

-- table peer_count: what is compared among peers, per enterprise: lawsuits as defendant (H040602), complaints (H050101),
-- complaints on third-party sites that are not settled (H050203).
select
    enterprise.enterprise_id,
    coalesce(enterprise.industry_section, '?') as section,
    enterprise.size_group,
    coalesce(lawsuits.n, 0) as lawsuits,
    coalesce(complaints.n, 0) as complaints,
    coalesce(site_complaints.n, 0) as site_complaints
from enterprise
left join (
    select enterprise_id, count(*) as n from c10_lawsuits
    where role = '2' and filed_on > {window_H040602} and filed_on <= {month_end}
    group by enterprise_id
) as lawsuits on enterprise.enterprise_id = lawsuits.enterprise_id
left join (
    select enterprise_id, count(*) as n from complaint where received_on > {window_H050101} group by enterprise_id
) as complaints on enterprise.enterprise_id = complaints.enterprise_id
left join (
    select enterprise_id, count(distinct text_hash) as n from signal
    where
        topic = 'COMPLAINT'
        and match_confidence >= {H050203.confidence_at_least}
        and published_on > {window_H050203}
        and (resolved_on is null or resolved_on > {month_end})
    group by enterprise_id
) as site_complaints on enterprise.enterprise_id = site_complaints.enterprise_id

-- table peer_place: share of peers with strictly fewer. Peers are of one section and size; where they are fewer than
-- `peers_at_least`, the section; where that is too small, all.
with occurring as (
    select 'H040602' as code, {H040602.peers_at_least} as peers_at_least, section, size_group, lawsuits as n, count(*) as own
    from peer_count group by section, size_group, lawsuits
    union all
    select 'H050101', {H050101.peers_at_least}, section, size_group, complaints, count(*)
    from peer_count group by section, size_group, complaints
    union all
    select 'H050203', {H050203.peers_at_least}, section, size_group, site_complaints, count(*)
    from peer_count group by section, size_group, site_complaints
),
added as (
    select
        *,
        sum(own) over (partition by code, section, size_group) as peers,
        sum(own) over (partition by code, section, size_group order by n) - own as fewer,
        sum(own) over (partition by code, section) as peers_2,
        sum(own) over (partition by code, section order by n) - sum(own) over (partition by code, section, n) as fewer_2,
        sum(own) over (partition by code) as peers_3,
        sum(own) over (partition by code order by n) - sum(own) over (partition by code, n) as fewer_3
    from occurring
)
select
    code,
    section,
    size_group,
    n,
    case
        when peers >= peers_at_least then fewer / cast(peers as double)
        when peers_2 >= peers_at_least then fewer_2 / cast(peers_2 as double)
        else fewer_3 / cast(peers_3 as double)
    end as place
from added

-- view counted_penalty: penalties that count for the enterprise: not of a person, not in the summary procedure, not a mere
-- warning without money.
select *
from c06_penalties
where
    subject_kind = '1'
    and decided_on <= {month_end}
    and not coalesce(summary_procedure, false)
    and not (penalty_kind = '1' and coalesce(fine, 0) + coalesce(confiscation, 0) = 0)
