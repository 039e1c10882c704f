-- 关联枢纽 What several live enterprises share: a legal representative, an address. One row for each enterprise and bond,
-- never a pair of enterprises, so that n enterprises of one person or address cost n rows. Source: the spine, C01
-- (c01_base, c01_cluster_addresses).
-- bond: head 法定代表人 (by keyed hash), address 住所 (the same normalised text in the same district: full width to half
--         width, no spaces; 号 and 室 stay).
-- hub_id: the hash of the person; or the least code of the enterprises at the address.
-- members: live enterprises at the hub, this one included.
-- exempt: an address approved for cluster registration (集群登记) and not ended by the end of the month; null, that is
--         unknown, while c01_cluster_addresses is not fresh; false for a head.
-- Who shares its head or address with nobody has no row of that bond, which saves four rows in five; of an approved
-- cluster address even the only enterprise has one. A table in the memory of the run.
{{ config(materialized="plain_table", database="memory", schema="staging") }}
with spine as (
    select
        enterprise_id,
        district_code,
        legal_rep_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

located as (
    select
        spine.enterprise_id,
        spine.district_code,
        {{ plain_text("base.address") }} as address
    from spine
    inner join {{ ref("stg_c01_base") }} as base on spine.enterprise_id = base.enterprise_id
    where base.address is not null
),

clusters as (
    select distinct
        district_code,
        {{ plain_text("address") }} as address
    from {{ ref("stg_c01_cluster_addresses") }}
    where
        approved_on <= {{ month_end() }}
        and (ended_on is null or ended_on > {{ month_end() }})
),

addresses as (
    select
        district_code,
        address,
        min(enterprise_id) as hub_id,
        count(*) as members
    from located
    where address <> ''
    group by
        district_code,
        address
),

hubs as (
    select
        addresses.district_code,
        addresses.address,
        addresses.hub_id,
        addresses.members,
        clusters.address is not null as is_cluster
    from addresses
    left join clusters
        on
            addresses.district_code = clusters.district_code
            and addresses.address = clusters.address
    where
        addresses.members > 1
        or clusters.address is not null
),

heads as (
    select
        legal_rep_id as hub_id,
        count(*) as members
    from spine
    where legal_rep_id is not null
    group by legal_rep_id
    having count(*) > 1
)

select
    spine.enterprise_id,
    'head' as bond,
    heads.hub_id,
    cast(heads.members as integer) as members,
    false as exempt
from spine
inner join heads on spine.legal_rep_id = heads.hub_id
union all
select
    located.enterprise_id,
    'address' as bond,
    hubs.hub_id,
    cast(hubs.members as integer) as members,
    case when {{ fresh("c01_cluster_addresses") }} then hubs.is_cluster end as exempt
from located
inner join hubs
    on
        located.district_code = hubs.district_code
        and located.address = hubs.address
