-- One row per enterprise of the spine; who is held has a controller and who is not has none; a controller that is
-- itself controlled is a ring; both ends of a holding and all of one head are in one group; sizes add up.
with groups as (
    select *
    from {{ ref("control_group") }}
    where month = {{ month() }}
),

holding as (
    select * from {{ ref("control_holding") }}
),

-- the spine's own test sees to it that it names nobody twice
spine as (
    select
        count(*) as enterprises,
        {{ checksum("enterprise_id") }} as identifiers
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

seen as (
    select
        enterprise_id,
        controllers,
        controller_kind,
        enterprise_id in (select holding.enterprise_id from holding) as is_held,
        coalesce(
            ultimate_controller_id in (select holding.enterprise_id from holding), false
        ) as controller_is_held
    from groups
),

sizes as (
    select
        group_id,
        count(*) as found,
        max(group_size) as group_size,
        min(group_size) as least_size,
        min(enterprise_id) as least_id
    from groups
    -- the rows that do not say that they are alone
    where
        group_size <> 1
        or group_id <> enterprise_id
    group by group_id
),

heads as (
    select hub.hub_id
    from {{ ref("affiliate_hub") }} as hub
    inner join groups on hub.enterprise_id = groups.enterprise_id
    where hub.bond = 'head'
    group by hub.hub_id
    having min(groups.group_id) <> max(groups.group_id)
),

problems as (
    select
        abs(count(*) - (select spine.enterprises from spine)) as rows_wrong,
        case
            when {{ checksum("enterprise_id") }} <> (select spine.identifiers from spine) then 1 else 0
        end as other_enterprises,
        count(*) filter (where controllers is not null and is_held <> (controllers > 0)) as held_without_controller,
        count(*) filter (
            where controllers is not null and (controllers = 0) <> (controller_kind = 'none')
        ) as wrong_kind,
        count(*) filter (
            where controllers > 0 and controller_is_held <> (controller_kind = 'cycle')
        ) as controller_is_controlled,
        (
            select count(*)
            from sizes
            where
                sizes.found <> sizes.group_size
                or sizes.group_size <> sizes.least_size
                or sizes.group_id <> sizes.least_id
        ) as wrong_size,
        (
            select count(*)
            from holding
            inner join groups as below on holding.enterprise_id = below.enterprise_id
            inner join groups as above on holding.holder_id = above.enterprise_id
            where below.group_id <> above.group_id
        ) as holding_across_groups,
        (select count(*) from heads) as head_across_groups
    from seen
)

select *
from problems
where
    rows_wrong + other_enterprises + held_without_controller + wrong_kind + controller_is_controlled
    + wrong_size + holding_across_groups + head_across_groups > 0
