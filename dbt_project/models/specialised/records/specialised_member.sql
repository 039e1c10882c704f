-- 领域主体 Who belongs to a key field: enterprises of the spine with
-- food, drugs        a licence of C15 that is valid, or lapsed less than member_months ago
-- industrial         a production permit likewise; or a manufacturer (section C) whose product of a class with a harm
--                    grade (list of S030101) was sampled in member_months
-- special_equipment  registered equipment in use (1) or stopped (2)
-- One enterprise may belong to several fields. Registers that are not fresh keep their members as last known.
{{ config(materialized="table") }}
with found as (
    select
        enterprise_id,
        field_code
    from {{ ref("field_licences") }}
    union
    select
        batch.enterprise_id,
        'S03' as field_code
    from {{ ref("field_samples") }} as batch
    inner join {{ ref("specialised_rule") }} as governed
        on
            governed.code = 'S030101'
            and batch.product_class = governed.entry
    inner join {{ ref("enterprise") }} as maker
        on
            batch.enterprise_id = maker.enterprise_id
            and maker.month = {{ month() }}
            and maker.industry_section = 'C'
    where batch.sampled_on > {{ window_start("S03") }}
    union
    select
        enterprise_id,
        'S04' as field_code
    from {{ ref("stg_c15_special_equipment") }}
    where
        registered_on <= {{ month_end() }}
        and state in ('1', '2')
)

select
    enterprise.month,
    enterprise.region_code,
    enterprise.enterprise_id,
    found.field_code,
    case found.field_code
        when 'S01' then 'food'
        when 'S02' then 'drugs'
        when 'S03' then 'industrial'
        when 'S04' then 'special_equipment'
    end as field
from found
inner join {{ ref("enterprise") }} as enterprise
    on
        found.enterprise_id = enterprise.enterprise_id
        and enterprise.month = {{ month() }}
