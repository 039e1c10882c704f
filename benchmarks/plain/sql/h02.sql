-- H02 登记许可 Registration and licensing.

-- values h0201: changes in their windows. H020101 of legal representative; H020102 of address; H020103 of capital, the worst
-- by new over old; H020104 of scope; H020105 of name; H020106 how much of the capital is paid in.
with counted as (
    select
        enterprise_id,
        count(*) filter (where change_item = '03' and changed_on > {window_H020101}) as heads,
        count(*) filter (where change_item = '02' and changed_on > {window_H020102}) as addresses,
        count(*) filter (where change_item = '05' and changed_on > {window_H020104}) as scopes,
        count(*) filter (where change_item = '01' and changed_on > {window_H020105}) as names
    from c01_changes
    where changed_on <= {month_end}
    group by enterprise_id
),
-- amounts as registries write them: '500万元', '1,000.00', '1.2亿元'; no unit means 万元, no currency yuan
written as (
    select
        enterprise_id,
        try_cast(regexp_extract(replace({plain value_before}, ',', ''), '([0-9]+[.]?[0-9]*)', 1) as double)
        * case
            when value_before like '%亿%' then 10000.0
            when value_before like '%万%' then 1.0
            when value_before like '%元%' then 0.0001
            else 1.0
        end as old,
        try_cast(regexp_extract(replace({plain value_after}, ',', ''), '([0-9]+[.]?[0-9]*)', 1) as double)
        * case
            when value_after like '%亿%' then 10000.0
            when value_after like '%万%' then 1.0
            when value_after like '%元%' then 0.0001
            else 1.0
        end as new,
        {currency value_before} as old_currency,
        {currency value_after} as new_currency
    from c01_changes
    where change_item = '04' and changed_on > {window_H020103} and changed_on <= {month_end}
),
-- 3 extreme, 2 large fall, 1 large rise, 0 normal; null where it cannot be told
capital as (
    select
        enterprise_id,
        max(case
            when old_currency <> new_currency or old <= 0 then null
            when new / old > {H020103.extreme_above} then 3
            when new / old < {H020103.fall_below} then 2
            when new / old <= {H020103.rise_above} then 0
            when new / old is null or new_currency <> 'CNY' then null
            when new > {H020103.capital_above} then 1
            else 0
        end) as severity
    from written
    group by enterprise_id
),
registered as (
    select
        enterprise_id,
        case when count(*) = count(paid_in_capital) then sum(paid_in_capital) end as paid_in_capital,
        max(subscribed_until) as subscribed_until
    from held
    group by enterprise_id
),
paid_in as (
    select
        enterprise.enterprise_id,
        enterprise.in_yuan,
        case when fresh.c01_shareholders then registered.subscribed_until end as subscribed_until,
        case when enterprise.capital > 0 then enterprise.capital end as capital,
        cast(coalesce(
            case when fresh.c03_annual_reports then report.paid_in_capital end,
            case when fresh.c01_shareholders then registered.paid_in_capital end
        ) as double) as paid
    from enterprise
    cross join fresh
    left join report
        on enterprise.enterprise_id = report.enterprise_id
            and report.recency = 1
            and report.report_year >= {report_year_due}
    left join registered on enterprise.enterprise_id = registered.enterprise_id
)
select
    paid_in.enterprise_id,
    case when fresh.c01_changes then coalesce(counted.heads, 0) end as h020101,
    case when fresh.c01_changes then coalesce(counted.addresses, 0) end as h020102,
    case
        when not fresh.c01_changes then null
        when capital.enterprise_id is null or capital.severity = 0 then 'normal'
        when capital.severity = 1 then 'up_large'
        when capital.severity = 2 then 'down_large'
        when capital.severity = 3 then 'extreme'
    end as h020103,
    case when fresh.c01_changes then coalesce(counted.scopes, 0) end as h020104,
    case when fresh.c01_changes then coalesce(counted.names, 0) end as h020105,
    case
        when paid_in.paid is null or paid_in.capital is null then null
        when paid_in.paid = 0 and paid_in.subscribed_until < {month_end} then 'overdue'
        when paid_in.paid = 0 then 'little'
        when not paid_in.in_yuan then null
        when paid_in.paid / paid_in.capital >= {H020106.paid_from} then 'paid'
        when paid_in.paid / paid_in.capital >= {H020106.part_from} then 'part'
        else 'little'
    end as h020106
from paid_in
cross join fresh
left join counted on paid_in.enterprise_id = counted.enterprise_id
left join capital on paid_in.enterprise_id = capital.enterprise_id

-- values h0202: H020201 live enterprises at the same address, 0 where it is approved for cluster registration; H020202 with
-- the same legal representative; H020203 false registration, suspected or revoked.
with at_address as (
    select district_code, address, count(*) as n
    from enterprise
    where address <> ''
    group by district_code, address
),
cluster as (
    select distinct district_code, {plain address} as address
    from c01_cluster_addresses
    where approved_on <= {month_end} and (ended_on is null or ended_on > {month_end})
),
of_head as (
    select head_id, count(*) as n from enterprise where head_id is not null group by head_id
),
false_case as (
    select enterprise_id, bool_or(revoked) as revoked
    from (
        select
            enterprise_id,
            state = '2' and decided_on <= {month_end} as revoked,
            case when state = '2' and decided_on <= {month_end} then decided_on else opened_on end as since
        from c01_false_registrations
        -- a decision that is dated after the month leaves a suspicion until then
        where opened_on <= {month_end} and (state in ('1', '2') or decided_on > {month_end})
    ) as known
    where since > {window_H020203}
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    case
        when fresh.c01_base and fresh.c01_cluster_addresses
            then case when cluster.address is null then at_address.n else 0 end
    end as h020201,
    case when fresh.c01_base then of_head.n end as h020202,
    case
        when not fresh.c01_false_registrations then null
        when false_case.revoked then 'revoked'
        when false_case.enterprise_id is not null then 'suspected'
        else 'none'
    end as h020203
from enterprise
cross join fresh
left join at_address
    on enterprise.district_code = at_address.district_code and enterprise.address = at_address.address
left join cluster on enterprise.district_code = cluster.district_code and enterprise.address = cluster.address
left join of_head on enterprise.head_id = of_head.head_id
left join false_case on enterprise.enterprise_id = false_case.enterprise_id

-- values h0203: H020301 licences the business may not run without, expired and not renewed; H020302 licences valid;
-- H020303 nearest end of a required one not renewed; H020304 the term of the business licence has passed.
with licence as (
    select
        *,
        coalesce(licence_state = '1', false)
        and valid_from <= {month_end}
        and (valid_to is null or valid_to >= {month_end}) as is_valid,
        coalesce(valid_to, valid_from) as ended_on
    from c02_licences
),
expired as (
    select enterprise_id, count(distinct licence_no) as n
    from licence
    where
        required_for_business
        and valid_from <= {month_end}
        and (licence_state = '5' or (licence_state = '1' and valid_to < {month_end}))
        and not exists (
            select 1
            from licence as later
            where
                later.enterprise_id = licence.enterprise_id
                and later.valid_from > licence.valid_from
                and later.valid_from <= {month_end}
                and (
                    later.licence_no = licence.licence_no
                    or (
                        later.licence_item = licence.licence_item
                        and (later.valid_from >= licence.ended_on - interval '12' month or later.is_valid)
                    )
                )
        )
    group by enterprise_id
),
expiring as (
    select enterprise_id, min(valid_to) as first_end
    from licence
    where
        required_for_business
        and is_valid
        and valid_to <= {month_end} + {H020303.soon_days}
        and not exists (
            select 1
            from licence as later
            where
                later.enterprise_id = licence.enterprise_id
                and later.valid_from > licence.valid_from
                and later.licence_state = '1'
                and (later.valid_to is null or later.valid_to > licence.valid_to)
                and (later.licence_no = licence.licence_no or later.licence_item = licence.licence_item)
        )
    group by enterprise_id
),
held_licence as (
    select enterprise_id, count(distinct licence_no) as n from licence where is_valid group by enterprise_id
)
select
    enterprise.enterprise_id,
    case when fresh.c02_licences then coalesce(expired.n, 0) end as h020301,
    case when fresh.c02_licences then coalesce(held_licence.n, 0) end as h020302,
    case
        when not fresh.c02_licences then null
        when expiring.first_end <= {month_end} + {H020303.imminent_days} then 'imminent'
        when expiring.enterprise_id is not null then 'soon'
        else 'none'
    end as h020303,
    case when fresh.c01_base then case when enterprise.term_to < {month_end} then 1 else 0 end end as h020304
from enterprise
cross join fresh
left join expired on enterprise.enterprise_id = expired.enterprise_id
left join expiring on enterprise.enterprise_id = expiring.enterprise_id
left join held_licence on enterprise.enterprise_id = held_licence.enterprise_id
