-- Each enterprise once per bond, live, and as many members as rows; an exempt hub is one address for all of it.
with hub as (
    select *
    from {{ ref("affiliate_hub") }}
    where month = {{ month() }}
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
        hub.enterprise_id,
        count(*) as found,
        count(distinct hub.bond) as bonds,
        max(enterprise.enterprise_id) as live_id
    from hub
    left join {{ ref("enterprise") }} as enterprise
        on
            hub.enterprise_id = enterprise.enterprise_id
            and enterprise.month = {{ month() }}
    group by hub.enterprise_id
),

problems as (
    select
        (select count(*) filter (where hubs.found <> hubs.members or hubs.versions <> 2) from hubs) as wrong_members,
        (select count(*) filter (where own.found <> own.bonds) from rows_of_enterprise as own) as bond_twice,
        (select count(*) filter (where own.live_id is null) from rows_of_enterprise as own) as not_in_spine,
        (select count(*) filter (where hub.bond = 'head' and hub.exempt) from hub) as exempt_head
)

select *
from problems
where wrong_members + bond_twice + not_in_spine + exempt_head > 0
