{#- Walks along the edges of a graph, each one query that can stand as a CTE. Engines differ in how they repeat a step until
    nothing new comes; DuckDB does it by a recursive CTE with a key, which keeps one row per key instead of one per path, so
    that cycles end and memory is bounded by the answer. Another engine needs its own set here.
    Every round reads all edges and all rows so far, so what costs is the number of rounds: `follow` and `component` double
    their steps and need about log2 of the longest way; `reach` and `least_label` need as many rounds as it has steps.
    Nodes are whole numbers, which join several times faster than codes. -#}

{#- Where each node ends that has one way to go: columns node, last (the first on the way without a pointer of its own),
    steps, strength (the weakest share on the way), least (the least node on the way, itself included, last not).
    Who walks into a ring never ends: its last has a pointer; that last is in the ring, and least of a node in the ring is
    the least of all of it.
    pointers   relation with node (once), next_node, share -#}
{% macro follow(pointers) -%}
    {{ return(adapter.dispatch("follow")(pointers)) }}
{%- endmacro %}

{% macro duckdb__follow(pointers) -%}
    -- materialized: what stands inside a walk is computed again in every round
    with recursive followed_pointers as materialized (
        select
            node,
            next_node,
            share
        from {{ pointers }}
    ),

    longest as materialized (
        select count(*) as steps from followed_pointers
    ),

    followed (node, last, steps, strength, least) using key (node) as (
        select
            node,
            next_node as last,
            cast(1 as bigint) as steps,
            cast(share as double) as strength,
            node as least
        from followed_pointers
        union
        -- each takes over how far its last has come: ways double, until they are longer than there are pointers
        select
            followed.node,
            ahead.last,
            followed.steps + ahead.steps as steps,
            least(followed.strength, ahead.strength) as strength,
            least(followed.least, ahead.least) as least
        from followed
        inner join recurring.followed as ahead on followed.last = ahead.node
        where followed.steps <= (select longest.steps from longest)
    )

    select
        node,
        last,
        steps,
        strength,
        least
    from followed
{%- endmacro %}

{#- What is reached from where: columns node, origin, depth (length of the shortest way, added to the seed's), strength (the
    weakest share on that way, and of several shortest ways the strongest).
    seeds   relation with node, origin, depth, strength; of several with one node and origin the best counts
    edges   relation with node, next_node, steps (length), share; walked from node to next_node -#}
{% macro reach(seeds, edges) -%}
    {{ return(adapter.dispatch("reach")(seeds, edges)) }}
{%- endmacro %}

{% macro duckdb__reach(seeds, edges) -%}
    with recursive walked_edges as materialized (
        select
            node,
            next_node,
            steps,
            share
        from {{ edges }}
    ),

    -- cost is depth and weakness in one whole number, the less the better: ten thousand millions for each step, less the
    -- strength in millionths, which is all the digits that shares have
    walked (node, origin, cost) using key (node, origin) as (
        select
            node,
            origin,
            min(depth * 10000000000 - cast(round(strength * 1000000) as bigint)) as cost
        from {{ seeds }}
        group by node, origin
        union
        -- only what is new or better walks on
        select
            came.node,
            came.origin,
            came.cost
        from (
            select
                walked_edges.next_node as node,
                walked.origin,
                min(
                    (walked.depth + walked_edges.steps) * 10000000000
                    - least(walked.millionths, cast(round(walked_edges.share * 1000000) as bigint))
                ) as cost
            from (
                select
                    node,
                    origin,
                    (cost + 9999999999) // 10000000000 as depth,
                    (cost + 9999999999) // 10000000000 * 10000000000 - cost as millionths
                from walked
            ) as walked
            inner join walked_edges on walked.node = walked_edges.node
            group by walked_edges.next_node, walked.origin
        ) as came
        left join recurring.walked as known
            on
                came.node = known.node
                and came.origin = known.origin
        where
            known.node is null
            or came.cost < known.cost
    )

    select
        node,
        origin,
        (cost + 9999999999) // 10000000000 as depth,
        ((cost + 9999999999) // 10000000000 * 10000000000 - cost) / 1000000.0 as strength
    from walked
{%- endmacro %}

{#- The least node from which each node is reached, itself included: columns node, label. One round is one step
    over all edges: for few nodes.
    nodes   relation with node
    edges   relation with node, next_node; walked from node to next_node; both ends are among the nodes -#}
{% macro least_label(nodes, edges) -%}
    {{ return(adapter.dispatch("least_label")(nodes, edges)) }}
{%- endmacro %}

{% macro duckdb__least_label(nodes, edges) -%}
    with recursive labelled_edges as materialized (
        select
            node,
            next_node
        from {{ edges }}
    ),

    labelled (node, label) using key (node) as (
        select
            node,
            node as label
        from {{ nodes }}
        union
        select
            labelled_edges.next_node as node,
            min(labelled.label) as label
        from labelled
        inner join labelled_edges on labelled.node = labelled_edges.node
        inner join recurring.labelled as known on labelled_edges.next_node = known.node
        where labelled.label < known.label
        group by labelled_edges.next_node
    )

    select
        node,
        label
    from labelled
{%- endmacro %}

{#- The connected component of each node: columns node, label (a node of the component, the same for all of it).
    Every node joins its least neighbour, if that is less than itself, which makes trees; each tree becomes one node, and
    so again. Every time at least half of the nodes are gone. What is left after `times` is few, and labelled step by step.
    edges   relation with node, next_node; every edge both ways -#}
{% macro component(edges, times=4) -%}
    with tied_0 as (
        select
            node,
            next_node
        from {{ edges }}
    ),

    named_0 as (
        select distinct
            node,
            node as label
        from tied_0
    ),
    {%- for k in range(times) %}

    lower_{{ k }} as (
        select
            node,
            min(next_node) as next_node,
            1.0 as share
        from tied_{{ k }}
        group by node
        having min(next_node) < node
    ),

    trees_{{ k }} as (
        {{ follow("lower_" ~ k) }}
    ),

    named_{{ k + 1 }} as (
        select
            named.node,
            coalesce(trees.last, named.label) as label
        from named_{{ k }} as named
        left join trees_{{ k }} as trees on named.label = trees.node
    ),

    tied_{{ k + 1 }} as (
        select distinct
            coalesce(one.last, tied.node) as node,
            coalesce(other.last, tied.next_node) as next_node
        from tied_{{ k }} as tied
        left join trees_{{ k }} as one on tied.node = one.node
        left join trees_{{ k }} as other on tied.next_node = other.node
        where coalesce(one.last, tied.node) <> coalesce(other.last, tied.next_node)
    ),
    {%- endfor %}

    left_over as (
        select distinct node from tied_{{ times }}
    ),

    labelled as (
        {{ least_label("left_over", "tied_" ~ times) }}
    )

    select
        named.node,
        coalesce(labelled.label, named.label) as label
    from named_{{ times }} as named
    left join labelled on named.label = labelled.node
{%- endmacro %}
