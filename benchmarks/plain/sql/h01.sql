-- H01 自身属性 What the enterprise is.

-- values h0101: scale. H010101 registered capital in 万元 CNY; H010102 branches open; H010103 corporate shareholders;
-- H010104 other live enterprises in which it holds a share.
select
    enterprise.enterprise_id,
    enterprise.capital as h010101,
    case when fresh.c01_branches then coalesce(branches.n, 0) end as h010102,
    case when fresh.c01_shareholders then coalesce(corporate.n, 0) end as h010103,
    case when fresh.c01_shareholders then coalesce(invested.n, 0) end as h010104
from enterprise
cross join fresh
left join (
    select enterprise_id, count(distinct branch_id) as n from c01_branches
    where opened_on <= {month_end} and (closed_on is null or closed_on > {month_end})
    group by enterprise_id
) as branches on enterprise.enterprise_id = branches.enterprise_id
left join (
    select enterprise_id, count(distinct holder_id) as n from held where holder_kind = '2' group by enterprise_id
) as corporate on enterprise.enterprise_id = corporate.enterprise_id
left join (
    select held.holder_id, count(distinct held.enterprise_id) as n
    from held
    inner join enterprise as other on held.enterprise_id = other.enterprise_id
    where held.holder_id <> held.enterprise_id
    group by held.holder_id
) as invested on enterprise.enterprise_id = invested.holder_id

-- values h0102: H010201 years in operation.
select enterprise_id, age_years as h010201 from enterprise

-- values h0103: background. H010301 type, a branch takes its parent's; H010302 inherent risk of the industry, by the
-- longest prefix of the governed list; H010303 kind of shareholders: shell before state before corporate before natural.
with risk as (
    select prefix, max(category) as category
    from industry_risk
    where effective_from <= '{month}' and (effective_to is null or effective_to >= '{month}')
    group by prefix
),
parent as (
    select base.enterprise_id, max(type_group.type_group) as type_group
    from c01_base as base
    inner join entity_type_groups as type_group on base.entity_type = type_group.entity_type
    group by base.enterprise_id
),
holders as (
    select
        enterprise_id,
        bool_or(kind = 'shell') as shell,
        bool_or(kind = 'state') as state,
        bool_or(kind = 'corporate') as corporate,
        bool_or(kind = 'natural') as natural_person
    from (
        select
            enterprise_id,
            case
                when investor_type in ('35', '36') then 'shell'
                when investor_type in ('21', '22') then 'state'
                when investor_type = '20' then 'corporate'
                when investor_type = '10' then 'natural'
                when holder_kind = '2' then 'corporate'
                when holder_kind = '1' then 'natural'
            end as kind
        from held
    ) as kinds
    group by enterprise_id
),
typed as (
    select
        enterprise.enterprise_id,
        enterprise.industry_code,
        case when enterprise.type_group = 'branch' then parent.type_group else enterprise.type_group end as type_group
    from enterprise
    left join parent on enterprise.parent_id = parent.enterprise_id
)
select
    typed.enterprise_id,
    case
        when typed.type_group in ('state', 'listed') then 'state'
        when typed.type_group in ('limited', 'cooperative', 'partnership') then 'limited'
        when typed.type_group in ('foreign', 'sole', 'individual') then typed.type_group
    end as h010301,
    case
        when typed.industry_code is not null
            then coalesce(by_class.category, by_group.category, by_division.category, 'general')
    end as h010302,
    case
        when not fresh.c01_shareholders then null
        when holders.shell then 'shell'
        when holders.state then 'state'
        when holders.corporate then 'corporate'
        when holders.natural_person then 'natural'
    end as h010303
from typed
cross join fresh
left join holders on typed.enterprise_id = holders.enterprise_id
left join risk as by_class on typed.industry_code = by_class.prefix
left join risk as by_group on substr(typed.industry_code, 1, 3) = by_group.prefix
left join risk as by_division on substr(typed.industry_code, 1, 2) = by_division.prefix
