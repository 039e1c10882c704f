-- H0101 企业规模 Enterprise scale. Source: C01 (c01_base through the spine, c01_branches, c01_shareholders).
-- H010101 注册资本: registered capital in 万元 CNY as last recorded; null where unknown. A branch has no capital of its own.
-- H010102 分支机构数: branches registered and not closed by the last day of the month; 0 when the feed is fresh and names
--         none.
-- H010103 法人股东数: enterprises (holder kind 2) that hold a share on the last day of the month, each once however often it
--         contributed; 0 when the feed is fresh and names none.
-- H010104 对外投资企业数: live enterprises in which it holds a share on the last day of the month, itself not included; 0 when
--         the feed is fresh and names none.
with spine as (
    select
        enterprise_id,
        registered_capital
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

branches as (
    select
        enterprise_id,
        count(distinct branch_id) as branches
    from {{ ref("stg_c01_branches") }}
    where
        opened_on <= {{ month_end() }}
        and (closed_on is null or closed_on > {{ month_end() }})
    group by enterprise_id
),

held as (
    select
        holder.enterprise_id,
        holder.holder_id,
        holder.holder_kind
    from {{ ref("stg_c01_shareholders") }} as holder
    where {{ is_held("holder") }}
),

corporate as (
    select
        enterprise_id,
        count(distinct holder_id) as holders
    from held
    where holder_kind = '2'
    group by enterprise_id
),

invested as (
    select
        held.holder_id as enterprise_id,
        count(distinct held.enterprise_id) as enterprises
    from held
    inner join spine as holder on held.holder_id = holder.enterprise_id
    inner join spine on held.enterprise_id = spine.enterprise_id
    where held.holder_id <> held.enterprise_id
    group by held.holder_id
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    spine.enterprise_id,
    spine.registered_capital as h010101,
    case when {{ fresh("c01_branches") }} then cast(coalesce(branches.branches, 0) as integer) end as h010102,
    case when {{ fresh("c01_shareholders") }} then cast(coalesce(corporate.holders, 0) as integer) end as h010103,
    case when {{ fresh("c01_shareholders") }} then cast(coalesce(invested.enterprises, 0) as integer) end as h010104
from spine
left join branches on spine.enterprise_id = branches.enterprise_id
left join corporate on spine.enterprise_id = corporate.enterprise_id
left join invested on spine.enterprise_id = invested.enterprise_id
