-- noqa: disable=RF04
-- 控制关系与集团 Who stands behind each enterprise of the spine, and which enterprises belong together. Source: the spine,
-- control_holding, affiliate_hub (who shares a head).
-- ultimate_controller_id 实际控制人: control holdings are followed upwards until nobody controls. A ring of enterprises that
--         hold each other and that nobody else controls is its own controller and goes by its least code. Of several
--         controllers, the one whose weakest holding on the way down is largest; then the nearest; then the least id.
-- controller_kind: person, enterprise (one that nobody controls, as far as is known), cycle (such a ring), or none.
-- controllers: how many ultimate controllers there are; 0 where nobody controls the enterprise.
-- depth: holdings on the shortest way from the one named; 0 inside a ring, and where there is none.
-- group_id, group_size: the connected component over control holdings and shared heads: the least code of its live
--         enterprises, and how many there are. A person who holds control of one enterprise and heads another joins
--         them; so does a revoked enterprise between two.
-- Unknown while c01_shareholders is not fresh; the group also while c01_base is not.
-- Most enterprises have persons above them and nothing else, and are answered at once. Those that hold or are held by
-- an enterprise get whole numbers, in the order of their ids. Who has one holder only has that holder's controllers:
-- such ways are followed by doubling; what is left, with several holders, is walked step by step.
with spine as (
    select
        enterprise_id,
        legal_rep_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

-- 1. ultimate controllers --------------------------------------------------------------------------------------------
linked as (
    select enterprise_id as id
    from {{ ref("control_holding") }}
    where holder_kind = 'enterprise'
    union
    select holder_id as id
    from {{ ref("control_holding") }}
    where holder_kind = 'enterprise'
),

-- holdings in what is linked: few
tangled as (
    select
        holding.enterprise_id,
        holding.holder_id,
        holding.holder_kind,
        holding.share
    from {{ ref("control_holding") }} as holding
    inner join linked on holding.enterprise_id = linked.id
),

numbered as (
    select
        id,
        max(is_enterprise) as is_enterprise,
        row_number() over (order by id asc) as number
    from (
        select
            id,
            1 as is_enterprise
        from linked
        union all
        select
            holder_id as id,
            0 as is_enterprise
        from tangled
        where holder_kind = 'person'
    ) as named
    group by id
),

upward as (
    select
        held.number as node,
        holder.number as holder,
        tangled.share,
        tangled.holder_kind
    from tangled
    inner join numbered as held on tangled.enterprise_id = held.id
    inner join numbered as holder on tangled.holder_id = holder.id
),

downward as (
    select
        holder as node,
        node as next_node,
        1 as steps,
        share
    from upward
    where holder_kind = 'enterprise'
),

-- one holder, an enterprise
pointers as (
    select
        node,
        max(holder) as next_node,
        max(share) as share
    from upward
    group by node
    having count(*) = 1 and max(holder_kind) = 'enterprise'
),

ways as (
    {{ follow("pointers") }}
),

-- A way that does not end leads into a ring in which each has one holder: nobody else controls that ring.
plain_rings as (
    select distinct
        in_ring.node,
        in_ring.least as ring
    from ways
    inner join ways as in_ring on ways.last = in_ring.node
),

pointers_outside as (
    select pointers.*
    from pointers
    left join plain_rings on pointers.node = plain_rings.node
    where plain_rings.node is null
),

-- every way ends now: at several holders, at a person's enterprise, at the top or in a ring
leads as (
    {{ follow("pointers_outside") }}
),

roots as (
    select
        upward.node,
        upward.holder as origin,
        1 as depth,
        upward.share as strength
    from upward
    where upward.holder_kind = 'person'
    union all
    -- nobody controls it: it is a controller itself
    select
        numbered.number as node,
        numbered.number as origin,
        0 as depth,
        1.0 as strength
    from numbered
    left join upward on numbered.number = upward.node
    where
        numbered.is_enterprise = 1
        and upward.node is null
    union all
    select
        node,
        ring as origin,
        0 as depth,
        1.0 as strength
    from plain_rings
),

-- what has several holders, held by the ends of the ways to them
shortened as (
    select
        coalesce(leads.last, downward.node) as node,
        downward.next_node,
        coalesce(leads.steps, 0) + 1 as steps,
        least(downward.share, coalesce(leads.strength, downward.share)) as share
    from downward
    left join pointers on downward.next_node = pointers.node
    left join leads on downward.node = leads.node
    where pointers.node is null
),

under_roots as (
    {{ reach("roots", "shortened") }}
),

rooted as (
    select distinct node from under_roots
),

-- What no root reaches hangs under rings in which somebody has two holders. Everybody who holds one of these is one of
-- these. They are few, and walk step by step along all their holdings.
unrooted as (
    select downward.*
    from downward
    left join leads on downward.next_node = leads.node
    left join rooted on coalesce(leads.last, downward.next_node) = rooted.node
    where rooted.node is null
),

unrooted_nodes as (
    select node from unrooted
    union
    select next_node as node from unrooted
),

-- The least above each. All of a ring have the same, that of its least member; who has its own number and is in a
-- ring is such a member, and walking up from it within the label finds the others.
least_above as (
    {{ least_label("unrooted_nodes", "unrooted") }}
),

upward_within as (
    select
        unrooted.next_node as node,
        unrooted.node as next_node,
        1 as steps,
        unrooted.share
    from unrooted
    inner join least_above as held on unrooted.next_node = held.node
    inner join least_above as holder on unrooted.node = holder.node
    where held.label = holder.label
),

least_members as (
    select
        node,
        node as origin,
        0 as depth,
        1.0 as strength
    from least_above
    where node = label
),

loops as (
    {{ reach("least_members", "upward_within") }}
),

-- held by somebody with another label: not the top
held_from_outside as (
    select distinct loops.origin
    from loops
    inner join unrooted on loops.node = unrooted.next_node
    inner join least_above on unrooted.node = least_above.node
    where least_above.label <> loops.origin
),

knotted_rings as (
    select
        loops.node,
        loops.origin,
        0 as depth,
        1.0 as strength
    from loops
    left join held_from_outside on loops.origin = held_from_outside.origin
    where held_from_outside.origin is null
),

under_knotted_rings as (
    {{ reach("knotted_rings", "downward") }}
),

rings as (
    select ring as origin from plain_rings
    union
    select origin from knotted_rings
),

controllers as (
    select
        node,
        origin,
        depth,
        strength
    from under_roots
    union all
    select
        leads.node,
        under_roots.origin,
        under_roots.depth + leads.steps as depth,
        least(under_roots.strength, leads.strength) as strength
    from leads
    inner join under_roots on leads.last = under_roots.node
    union all
    select
        node,
        origin,
        depth,
        strength
    from under_knotted_rings
),

-- the strongest, then the nearest, then the least: the least of the three in turn
named as (
    select
        controllers.node,
        count(*) as controllers,
        min({ 'weakness': -controllers.strength, 'depth': controllers.depth, 'origin': controllers.origin }) as best
    from controllers
    left join rings on controllers.origin = rings.origin
    -- nobody is its own controller but a ring
    where controllers.node <> controllers.origin or rings.origin is not null
    group by controllers.node
),

controlled as (
    select
        held.id as enterprise_id,
        origin.id as ultimate_controller_id,
        case
            when rings.origin is not null then 'cycle'
            when origin.is_enterprise = 1 then 'enterprise'
            else 'person'
        end as controller_kind,
        named.controllers,
        named.best.depth
    from named
    inner join numbered as held on named.node = held.number
    inner join numbered as origin on named.best.origin = origin.number
    left join rings on named.best.origin = rings.origin
    union all
    select
        holding.enterprise_id,
        min({ 'weakness': -holding.share, 'origin': holding.holder_id }).origin as ultimate_controller_id,
        'person' as controller_kind,
        count(*) as controllers,
        1 as depth
    from {{ ref("control_holding") }} as holding
    left join linked on holding.enterprise_id = linked.id
    where linked.id is null
    group by holding.enterprise_id
),

-- 2. groups ----------------------------------------------------------------------------------------------------------
-- few of the spine, all that hold or are held by an enterprise
linked_spine as (
    select
        enterprise_id,
        legal_rep_id
    from spine
    where enterprise_id in (select linked.id from linked)
),

-- Enterprises of one head are one node from the start, named by the head; what has none goes by its own code.
ties as (
    select
        coalesce(held.legal_rep_id, holding.enterprise_id) as node,
        coalesce(holder.legal_rep_id, holding.holder_id) as next_node
    from {{ ref("control_holding") }} as holding
    left join linked_spine as held on holding.enterprise_id = held.enterprise_id
    left join linked_spine as holder on holding.holder_id = holder.enterprise_id
    where
        holding.holder_kind = 'enterprise'
        and coalesce(held.legal_rep_id, holding.enterprise_id) <> coalesce(holder.legal_rep_id, holding.holder_id)
),

ties_to_persons as (
    select
        coalesce(held.legal_rep_id, holding.enterprise_id) as node,
        holding.holder_id as next_node
    from {{ ref("control_holding") }} as holding
    left join spine as held on holding.enterprise_id = held.enterprise_id
    where
        holding.holder_kind = 'person'
        and coalesce(held.legal_rep_id, holding.enterprise_id) <> holding.holder_id
),

-- a person with a single tie who heads nothing joins nobody to anybody
joining as (
    select next_node
    from ties_to_persons
    group by next_node
    having min(node) <> max(node)
    union
    select ties_to_persons.next_node
    from ties_to_persons
    inner join spine on ties_to_persons.next_node = spine.legal_rep_id
),

all_ties as (
    select
        node,
        next_node
    from ties
    union
    select
        ties_to_persons.node,
        ties_to_persons.next_node
    from ties_to_persons
    inner join joining on ties_to_persons.next_node = joining.next_node
),

tied as (
    select
        id,
        row_number() over (order by id asc) as number
    from (
        select node as id from all_ties
        union
        select next_node as id from all_ties
    ) as ends
),

one_way as (
    select
        one.number as node,
        other.number as next_node
    from all_ties
    inner join tied as one on all_ties.node = one.id
    inner join tied as other on all_ties.next_node = other.id
),

both_ways as (
    select
        node,
        next_node
    from one_way
    union all
    select
        next_node as node,
        node as next_node
    from one_way
),

components as (
    {{ component("both_ways") }}
),

labels as (
    select
        tied.id,
        label.id as component
    from components
    inner join tied on components.node = tied.number
    inner join tied as label on components.label = label.number
),

-- by ties, or by nothing but a shared head; everybody else is alone and is not asked for
placed as (
    select
        spine.enterprise_id,
        labels.component
    from spine
    inner join labels on coalesce(spine.legal_rep_id, spine.enterprise_id) = labels.id
    union all
    select
        hub.enterprise_id,
        hub.hub_id as component
    from {{ ref("affiliate_hub") }} as hub
    left join labels on hub.hub_id = labels.id
    where
        hub.bond = 'head'
        and labels.id is null
),

sizes as (
    select
        component,
        min(enterprise_id) as group_id,
        count(*) as group_size
    from placed
    group by component
    having count(*) > 1
),

grouped as (
    select
        placed.enterprise_id,
        sizes.group_id,
        sizes.group_size
    from placed
    inner join sizes on placed.component = sizes.component
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    spine.enterprise_id,
    case when {{ fresh("c01_shareholders") }} then controlled.ultimate_controller_id end as ultimate_controller_id,
    case when {{ fresh("c01_shareholders") }} then coalesce(controlled.controller_kind, 'none') end as controller_kind,
    case
        when {{ fresh("c01_shareholders") }} then cast(coalesce(controlled.controllers, 0) as integer)
    end as controllers,
    case when {{ fresh("c01_shareholders") }} then cast(coalesce(controlled.depth, 0) as integer) end as depth,
    case
        when {{ fresh("c01_base") }} and {{ fresh("c01_shareholders") }}
            then coalesce(grouped.group_id, spine.enterprise_id)
    end as group_id,
    case
        when {{ fresh("c01_base") }} and {{ fresh("c01_shareholders") }}
            then cast(coalesce(grouped.group_size, 1) as integer)
    end as group_size
from spine
left join grouped on spine.enterprise_id = grouped.enterprise_id
left join controlled on spine.enterprise_id = controlled.enterprise_id
