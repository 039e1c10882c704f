-- H0202 登记异常特征 Abnormal registration patterns. Source: C01 (c01_base, c01_cluster_addresses, c01_persons) by way of
-- affiliate_hub, c01_false_registrations.
-- H020201 一址多企: live enterprises at the same normalised address of the same district, itself included; 0 at an address
--         approved for cluster registration (集群登记).
-- H020202 一人多企: live enterprises with the same legal representative (by keyed hash), itself included.
-- H020203 虚假登记或撤销登记记录: the worst case inside the window, revoked | suspected | none. A suspicion counts from the day
--         the case was opened, a revocation from its decision; a dismissed case does not count.
-- Unknown: no address or no legal representative on record, or a feed that is not fresh. Who has one and is not in
-- affiliate_hub shares it with nobody: 1.
-- without_address: few, while nearly every enterprise has one
with without_address as (
    select enterprise_id
    from {{ ref("stg_c01_base") }}
    where {{ is_blank("address") }}
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
    case
        when {{ fresh("c01_base") }} and {{ fresh("c01_cluster_addresses") }} and without_address.enterprise_id is null
            then case when at_address.exempt then 0 else coalesce(at_address.members, 1) end
    end as h020201,
    case
        when {{ fresh("c01_base") }} and enterprise.legal_rep_id is not null then coalesce(under_head.members, 1)
    end as h020202,
    case
        when not {{ fresh("c01_false_registrations") }} then null
        when false_cases.revoked then 'revoked'
        when false_cases.enterprise_id is not null then 'suspected'
        else 'none'
    end as h020203
from {{ ref("enterprise") }} as enterprise
left join without_address on enterprise.enterprise_id = without_address.enterprise_id
left join {{ ref("affiliate_hub") }} as at_address
    on
        enterprise.enterprise_id = at_address.enterprise_id
        and at_address.bond = 'address'
left join {{ ref("affiliate_hub") }} as under_head
    on
        enterprise.enterprise_id = under_head.enterprise_id
        and under_head.bond = 'head'
left join false_cases on enterprise.enterprise_id = false_cases.enterprise_id
where enterprise.month = {{ month() }}
