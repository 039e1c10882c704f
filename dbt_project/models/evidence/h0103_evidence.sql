-- H0103 企业背景 Enterprise background: the records behind its indicators. Source: C01 (c01_base, c01_shareholders).
-- H010301: the base record; of a branch the record of its parent, too, whose type it inherits.
-- H010302: the base record. H010303: the shareholders of the kind that decides.
with enterprise as (
    select
        enterprise_id,
        type_group,
        parent_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

decided as (
    select
        enterprise_id,
        h010303
    from {{ ref("h0103_enterprise_background") }}
    where month = {{ month() }}
)

select
    base.enterprise_id,
    {{ evidence("H010301", "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
union all
select
    enterprise.enterprise_id,
    {{ evidence("H010301", "c01_base", "parent", event_on="parent.approved_on", about_id="parent.enterprise_id") }}
from enterprise
inner join {{ ref("stg_c01_base") }} as parent on enterprise.parent_id = parent.enterprise_id
where enterprise.type_group = 'branch'
union all
select
    base.enterprise_id,
    {{ evidence("H010302", "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
union all
select
    holder.enterprise_id,
    {{ evidence(
        "H010303",
        "c01_shareholders",
        "holder",
        event_on="holder.contributed_on",
        about_id="case when holder.holder_kind = '2' then holder.holder_id end",
    ) }}
from {{ ref("stg_c01_shareholders") }} as holder
inner join decided on holder.enterprise_id = decided.enterprise_id
where
    {{ is_held("holder") }}
    and {{ shareholder_kind("holder") }} = decided.h010303
