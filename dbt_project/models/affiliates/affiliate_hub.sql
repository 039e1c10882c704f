-- 关联枢纽 What many live enterprises can share: a legal representative, an address. One row for each enterprise and
-- bond, never a pair of enterprises, so that n enterprises of one person or address cost n rows. Source: the spine, C01
-- (c01_base, c01_cluster_addresses).
-- bond: head 法定代表人 (by keyed hash), address 住所 (the same normalised text in the same district: full width to half
--         width, no spaces; 号 and 室 stay).
-- hub_id: the hash of the person; or the district and a digest of the normalised address.
-- members: live enterprises at the hub, this one included.
-- exempt: an address approved for cluster registration (集群登记) and not ended by the end of the month; null, that is
--         unknown, while c01_cluster_addresses is not fresh; false for a head.
-- Who has no head or no address on record has no row of that bond.
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
        spine.district_code || ':' || {{ text_digest(plain_text("base.address")) }} as hub_id
    from spine
    inner join {{ ref("stg_c01_base") }} as base on spine.enterprise_id = base.enterprise_id
    where {{ plain_text("base.address") }} <> ''
),

clusters as (
    select distinct district_code || ':' || {{ text_digest(plain_text("address")) }} as hub_id
    from {{ ref("stg_c01_cluster_addresses") }}
    where
        approved_on <= {{ month_end() }}
        and (ended_on is null or ended_on > {{ month_end() }})
),

addresses as (
    select
        hub_id,
        count(*) as members
    from located
    group by hub_id
),

heads as (
    select
        legal_rep_id as hub_id,
        count(*) as members
    from spine
    where legal_rep_id is not null
    group by legal_rep_id
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    spine.enterprise_id,
    'head' as bond,
    heads.hub_id,
    cast(heads.members as integer) as members,
    false as exempt
from spine
inner join heads on spine.legal_rep_id = heads.hub_id
union all
select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    located.enterprise_id,
    'address' as bond,
    located.hub_id,
    cast(addresses.members as integer) as members,
    case when {{ fresh("c01_cluster_addresses") }} then clusters.hub_id is not null end as exempt
from located
inner join addresses on located.hub_id = addresses.hub_id
left join clusters on located.hub_id = clusters.hub_id
