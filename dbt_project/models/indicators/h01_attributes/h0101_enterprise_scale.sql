-- H0101 企业规模 Enterprise scale. Source: C01 (c01_base through the spine, c01_branches).
-- H010101 注册资本: registered capital in 万元 CNY as last recorded; null where unknown. A branch has no capital of its own.
-- H010102 分支机构数: branches registered and not closed by the last day of the month; 0 when the feed is fresh and names
--         none.
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
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    spine.enterprise_id,
    spine.registered_capital as h010101,
    case when {{ fresh("c01_branches") }} then cast(coalesce(branches.branches, 0) as integer) end as h010102
from spine
left join branches on spine.enterprise_id = branches.enterprise_id
