-- The spine 企业主体: one row per enterprise live at the end of the month, branches included (domain rule: enterprises and
-- their branches are classed). Live: state 1 存续 in the record last received, established by then, and neither
-- deregistered 注销 nor revoked 吊销 by then. What is not known stays null.
with region as (
    select
        district_code,
        max(region_code) as region_code
    from {{ source("reference", "districts") }}
    group by district_code
),

type_group as (
    select
        entity_type,
        max(type_group) as type_group
    from {{ source("reference", "entity_type_groups") }}
    group by entity_type
),

-- The rate used is the last one set by the end of the month.
rate as (
    select
        currency,
        name_zh,
        name_en,
        max_by(cast(cny_per_unit as double), effective_from) as cny_per_unit
    from {{ source("reference", "exchange_rates") }}
    where cast(effective_from as date) <= {{ month_end() }}
    group by currency, name_zh, name_en
),

rate_by_name as (
    select
        currency as written_as,
        cny_per_unit
    from rate
    union
    select
        upper(name_en) as written_as,
        cny_per_unit
    from rate
    union
    select
        name_zh as written_as,
        cny_per_unit
    from rate
),

ended as (
    select enterprise_id
    from {{ ref("stg_c01_deregistrations") }}
    where deregistered_on <= {{ month_end() }}
    union
    select enterprise_id
    from {{ ref("stg_c01_revocations") }}
    where revoked_on <= {{ month_end() }}
),

-- Staff of the latest annual report filed by the end of the month.
staff as (
    select
        enterprise_id,
        max_by(staff, report_year) as staff
    from {{ ref("stg_c03_annual_reports") }}
    where
        filed_on <= {{ month_end() }}
        and staff is not null
    group by enterprise_id
),

parent as (
    select
        branch_id,
        max_by(enterprise_id, opened_on) as parent_id
    from {{ ref("stg_c01_branches") }}
    where
        opened_on <= {{ month_end() }}
        and (closed_on is null or closed_on > {{ month_end() }})
    group by branch_id
),

-- Persons are asked only where the record itself names no head: they are many.
head as (
    select
        enterprise_id,
        max_by(person_id, appointed_on) as legal_rep_id
    from {{ ref("stg_c01_persons") }}
    where
        enterprise_id in (
            select base.enterprise_id
            from {{ ref("stg_c01_base") }} as base
            where
                base.state = '1'
                and base.legal_rep_id is null
        )
        and position = '01'
        and appointed_on <= {{ month_end() }}
        and (left_on is null or left_on > {{ month_end() }})
    group by enterprise_id
),

live as (
    select
        base.enterprise_id,
        region.region_code,
        base.district_code,
        base.entity_type,
        type_group.type_group,
        base.industry_section,
        base.industry_code,
        base.established_on,
        {{ whole_months("base.established_on", month_end()) }} / cast(12 as double) as age_years,
        -- No currency named means yuan; a currency without a rate leaves the capital unknown.
        cast(base.registered_capital as double) * case
            when base.capital_currency is null then 1.0
            else rate_by_name.cny_per_unit
        end as registered_capital,
        staff.staff,
        coalesce(base.parent_id, parent.parent_id) as parent_id,
        coalesce(base.legal_rep_id, head.legal_rep_id) as legal_rep_id
    from {{ ref("stg_c01_base") }} as base
    left join region on base.district_code = region.district_code
    left join type_group on base.entity_type = type_group.entity_type
    left join rate_by_name on upper(base.capital_currency) = rate_by_name.written_as
    left join staff on base.enterprise_id = staff.enterprise_id
    left join parent on base.enterprise_id = parent.branch_id
    left join head on base.enterprise_id = head.enterprise_id
    left join ended on base.enterprise_id = ended.enterprise_id
    where
        base.state = '1'
        and base.established_on <= {{ month_end() }}
        and ended.enterprise_id is null
),

-- Size 规模 as a peer group, not a legal status: the smaller of what capital and staff say, because subscribed capital
-- alone is easily inflated. Steps: capital 100, 1000, 10000 万元; staff 10, 100, 300.
sized as (
    select
        *,
        case
            when registered_capital < 100 then 1
            when registered_capital < 1000 then 2
            when registered_capital < 10000 then 3
            when registered_capital >= 10000 then 4
        end as by_capital,
        case
            when staff < 10 then 1
            when staff < 100 then 2
            when staff < 300 then 3
            when staff >= 300 then 4
        end as by_staff
    from live
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    enterprise_id,
    region_code,
    district_code,
    entity_type,
    type_group,
    industry_section,
    industry_code,
    established_on,
    age_years,
    registered_capital,
    case least(coalesce(by_capital, by_staff), coalesce(by_staff, by_capital))
        when 1 then 'micro'
        when 2 then 'small'
        when 3 then 'medium'
        when 4 then 'large'
        else 'unknown'
    end as size_group,
    parent_id,
    legal_rep_id
from sized
