-- H0103 企业背景 Enterprise background. Source: C01 (c01_base, c01_branches through the spine,
-- c01_shareholders), reference lists.
-- H010301 企业类型: state | foreign | limited | sole | individual. Listed companies stand with state ones; cooperatives
--         and partnerships with limited ones; a branch inherits its parent's type, unknown where the parent is.
-- H010302 行业固有风险: general | licensed | key | declared, from the governed list industry_risk.csv by the longest prefix
--         of the GB/T 4754 class that is in force in the month.
-- H010303 股东类型: from the shareholders on the last day of the month, shell if any is a nominee or an overseas shell;
--         else state if any is the state or a listed company; else corporate if any is an enterprise; else natural. The
--         kind is that of the macro shareholder_kind. Unknown while the feed is not fresh and where no shareholder, or
--         none of a known kind, is on record (individual businesses, branches).
with spine as (
    select
        enterprise_id,
        type_group,
        parent_id,
        industry_code
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

type_group as (
    select
        entity_type,
        max(type_group) as type_group
    from {{ source("reference", "entity_type_groups") }}
    group by entity_type
),

-- The parent may be gone or registered elsewhere; its type is known as long as its record is.
parent as (
    select
        base.enterprise_id,
        type_group.type_group
    from {{ ref("stg_c01_base") }} as base
    inner join type_group on base.entity_type = type_group.entity_type
),

risk as (
    select
        prefix,
        max(category) as category
    from {{ source("reference", "industry_risk") }}
    where
        effective_from <= {{ month() }}
        and (effective_to is null or effective_to >= {{ month() }})
    group by prefix
),

grouped as (
    select
        spine.enterprise_id,
        spine.industry_code,
        case when spine.type_group = 'branch' then parent.type_group else spine.type_group end as type_group
    from spine
    left join parent on spine.parent_id = parent.enterprise_id
),

shareholders as (
    select
        holder.enterprise_id,
        bool_or({{ shareholder_kind("holder") }} = 'shell') as has_shell,
        bool_or({{ shareholder_kind("holder") }} = 'state') as has_state,
        bool_or({{ shareholder_kind("holder") }} = 'corporate') as has_corporate,
        bool_or({{ shareholder_kind("holder") }} = 'natural') as has_natural
    from {{ ref("stg_c01_shareholders") }} as holder
    where {{ is_held("holder") }}
    group by holder.enterprise_id
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    grouped.enterprise_id,
    case
        when grouped.type_group in ('state', 'listed') then 'state'
        when grouped.type_group in ('limited', 'cooperative', 'partnership') then 'limited'
        when grouped.type_group in ('foreign', 'sole', 'individual') then grouped.type_group
    end as h010301,
    case
        when grouped.industry_code is not null
            then coalesce(by_class.category, by_group.category, by_division.category, 'general')
    end as h010302,
    case
        when not {{ fresh("c01_shareholders") }} then null
        when shareholders.has_shell then 'shell'
        when shareholders.has_state then 'state'
        when shareholders.has_corporate then 'corporate'
        when shareholders.has_natural then 'natural'
    end as h010303
from grouped
left join shareholders on grouped.enterprise_id = shareholders.enterprise_id
left join risk as by_class on grouped.industry_code = by_class.prefix
left join risk as by_group on substr(grouped.industry_code, 1, 3) = by_group.prefix
left join risk as by_division on substr(grouped.industry_code, 1, 2) = by_division.prefix
