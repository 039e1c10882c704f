-- noqa: disable=RF04
-- 控制持股 Holdings of control in force at the end of the month. Source: C01 (c01_shareholders, c01_deregistrations).
-- A holding of control: what one holder has of one enterprise, all its contributions together (a holder may come back
--         or add to his share), reaches `control_share` of parameters.csv. In force: contributed by the end of the
--         month, not left.
-- holder_kind: person 自然人 (keyed hash) or enterprise 企业 (unified code, also one that is not of this province).
-- Enterprises that were revoked (吊销) still hold and are held until they are deregistered (注销). An enterprise that holds
-- itself controls nobody. A share that is not stated is not known to be control.
-- A table in the memory of the run: who controls whom lasts in control_group, the contributions themselves in raw.
{{ config(materialized="plain_table", database="memory", schema="staging") }}
with holdings as (
    select
        holder.enterprise_id,
        holder.holder_id,
        case holder.holder_kind when '1' then 'person' else 'enterprise' end as holder_kind,
        -- shares are stated with four decimals or so; their sum must not fail at the bound by a last binary digit
        round(sum(holder.share), 6) as share
    from {{ ref("stg_c01_shareholders") }} as holder
    where
        {{ is_held("holder") }}
        and holder.enterprise_id <> holder.holder_id
    group by
        holder.enterprise_id,
        holder.holder_id,
        case holder.holder_kind when '1' then 'person' else 'enterprise' end
),

control as (
    select *
    from holdings
    where share >= {{ parameter("H060101", "control_share") }}
),

deregistered as (
    select distinct enterprise_id
    from {{ ref("stg_c01_deregistrations") }}
    where deregistered_on <= {{ month_end() }}
)

select
    control.enterprise_id,
    control.holder_id,
    control.holder_kind,
    cast(control.share as double) as share
from control
left join deregistered as held on control.enterprise_id = held.enterprise_id
left join deregistered as holder on control.holder_id = holder.enterprise_id
where
    held.enterprise_id is null
    and holder.enterprise_id is null
