-- Each enterprise once per bond, live, and as many members as rows; an exempt hub is one address for all of it; alone
-- only at an exempt address; nobody who shares a head is left out.
with hub as (
    select * from {{ ref("affiliate_hub") }}
),

hubs as (
    select
        bond,
        hub_id,
        count(*) as found,
        count(distinct members) + count(distinct coalesce(exempt, false)) as versions,
        max(members) as members
    from hub
    group by bond, hub_id
),

rows_of_enterprise as (
    select
        enterprise_id,
        count(*) as found,
        count(distinct bond) as bonds
    from hub
    group by enterprise_id
),

spine as (
    select
        enterprise_id,
        legal_rep_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

problems as (
    select
        (select count(*) filter (where hubs.found <> hubs.members or hubs.versions <> 2) from hubs) as wrong_members,
        (select count(*) filter (where own.found <> own.bonds) from rows_of_enterprise as own) as bond_twice,
        (
            select count(*)
            from rows_of_enterprise as own
            left join spine on own.enterprise_id = spine.enterprise_id
            where spine.enterprise_id is null
        ) as not_in_spine,
        (select count(*) filter (where hub.bond = 'head' and hub.exempt) from hub) as exempt_head,
        -- an address of one has a row only if it is approved, which is null while nobody knows
        (
            select count(*)
            from hub
            where
                hub.members < 2
                and not coalesce(hub.exempt, true)
        ) as shared_with_nobody,
        -- of the live enterprises with a head all but one of each head
        (
            select
                count(spine.legal_rep_id) - count(distinct spine.legal_rep_id)
                - (select coalesce(sum(hubs.members - 1) filter (where hubs.bond = 'head'), 0) from hubs)
            from spine
        ) as head_not_shared
)

select *
from problems
where wrong_members + bond_twice + not_in_spine + exempt_head + shared_with_nobody + abs(head_not_shared) > 0
