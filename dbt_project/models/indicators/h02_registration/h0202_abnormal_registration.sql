-- H0202 登记异常特征 Abnormal registration patterns. Source: C01 (c01_base, c01_cluster_addresses, c01_persons) by way of
-- affiliate_hub, c01_false_registrations.
-- H020201 一址多企: live enterprises at the same normalised address of the same district, itself included; 0 at an address
--         approved for cluster registration (集群登记).
-- H020202 一人多企: live enterprises with the same legal representative (by keyed hash), itself included.
-- H020203 虚假登记或撤销登记记录: the worst case inside the window, revoked | suspected | none. A suspicion counts from the day
--         the case was opened, a revocation from its decision; a dismissed case does not count.
-- Unknown: no address or no legal representative on record, or a feed that is not fresh.
with hubs as (
    select
        enterprise_id,
        max(case when exempt then 0 else members end) filter (where bond = 'address') as at_address,
        max(members) filter (where bond = 'head') as under_head
    from {{ ref("affiliate_hub") }}
    where month = {{ month() }}
    group by enterprise_id
),

false_cases as (
    select
        enterprise_id,
        bool_or(standing = 'revoked') as revoked
    from ({{ false_registrations() }}) as counted
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh("c01_base") }} and {{ fresh("c01_cluster_addresses") }} then hubs.at_address end as h020201,
    case when {{ fresh("c01_base") }} then hubs.under_head end as h020202,
    case
        when not {{ fresh("c01_false_registrations") }} then null
        when false_cases.revoked then 'revoked'
        when false_cases.enterprise_id is not null then 'suspected'
        else 'none'
    end as h020203
from {{ ref("enterprise") }} as enterprise
left join hubs on enterprise.enterprise_id = hubs.enterprise_id
left join false_cases on enterprise.enterprise_id = false_cases.enterprise_id
where enterprise.month = {{ month() }}
