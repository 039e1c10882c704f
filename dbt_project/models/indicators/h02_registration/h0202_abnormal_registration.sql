-- H0202 登记异常特征 Abnormal registration patterns. Source: C01 (c01_base, c01_cluster_addresses, c01_persons).
-- H020201 一址多企: live enterprises at the same normalised address of the same district, itself included; 0 at an address
--         approved for cluster registration (集群登记). Normalised: full width to half width, no spaces; 号 and 室 stay.
-- H020202 一人多企: live enterprises with the same legal representative (by keyed hash), itself included.
-- Unknown: no address or no legal representative on record, or a feed that is not fresh.
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
        spine.legal_rep_id,
        nullif({{ plain_text("base.address") }}, '') as place
    from spine
    inner join {{ ref("stg_c01_base") }} as base on spine.enterprise_id = base.enterprise_id
),

clusters as (
    select distinct
        district_code,
        {{ plain_text("address") }} as place
    from {{ ref("stg_c01_cluster_addresses") }}
    where
        approved_on <= {{ month_end() }}
        and (ended_on is null or ended_on > {{ month_end() }})
),

addresses as (
    select
        located.district_code,
        located.place,
        case when max(clusters.place) is null then count(*) else 0 end as enterprises
    from located
    left join clusters on located.district_code = clusters.district_code and located.place = clusters.place
    where located.place is not null
    group by located.district_code, located.place
),

heads as (
    select
        legal_rep_id,
        count(*) as enterprises
    from spine
    where legal_rep_id is not null
    group by legal_rep_id
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    located.enterprise_id,
    case
        when {{ fresh("c01_base") }} and {{ fresh("c01_cluster_addresses") }}
            then cast(addresses.enterprises as integer)
    end as h020201,
    case when {{ fresh("c01_base") }} then cast(heads.enterprises as integer) end as h020202
from located
left join addresses on located.district_code = addresses.district_code and located.place = addresses.place
left join heads on located.legal_rep_id = heads.legal_rep_id
