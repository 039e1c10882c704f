{#- What several indicators share. Engine differences belong in macros/engine, dates that follow from the month in time. -#}

{#- Where counts stand among peers, 0 to 1 (同行业同规模分位): the share of all peers, the enterprise included, that have
    strictly fewer. 0 where the count is 0. Ties get the lower place, and the highest place among n is 1 - 1/n, so
    nobody stands above P95 among twenty or fewer.
    Peers are of the same industry_section and size_group. Where they are fewer than `peers_at_least`, among whom one record
    would move a place by far too much, peers are the whole section, and where the section is too small all enterprises.
    relation        one row per enterprise of the spine, with industry_section, size_group and the count
    peers_at_least  fewest peers, the enterprise included; 1 never widens
    Gives one row per group and count, with its `place`; join it on all three (same_peers). Places are read off the few
    counts that occur in a group, so that the enterprises are neither sorted nor ranked. -#}
{% macro peer_places(relation, count_column, peers_at_least) -%}
    {%- set group, section = "industry_section, size_group", "industry_section" -%}
    select
        {{ group }},
        {{ count_column }},
        cast(case
            when sum(enterprises) over (partition by {{ group }}) >= {{ peers_at_least }}
                then
                    (sum(enterprises) over (partition by {{ group }} order by {{ count_column }}) - enterprises)
                    / cast(sum(enterprises) over (partition by {{ group }}) as double)
            when sum(enterprises) over (partition by {{ section }}) >= {{ peers_at_least }}
                then
                    (
                        sum(enterprises) over (partition by {{ section }} order by {{ count_column }})
                        - sum(enterprises) over (partition by {{ section }}, {{ count_column }})
                    ) / cast(sum(enterprises) over (partition by {{ section }}) as double)
            else
                (
                    sum(enterprises) over (order by {{ count_column }})
                    - sum(enterprises) over (partition by {{ count_column }})
                ) / cast(sum(enterprises) over () as double)
        end as double) as place
    from (
        select
            {{ group }},
            {{ count_column }},
            count(*) as enterprises
        from {{ relation }}
        group by {{ group }}, {{ count_column }}
    ) as occurring
{%- endmacro %}

{#- Whether a row of such a relation and a row of its peer_places belong together; an unknown section is one of its own. -#}
{% macro same_peers(enterprise, places, count_column) -%}
    {{ enterprise }}.industry_section is not distinct from {{ places }}.industry_section
    and {{ enterprise }}.size_group is not distinct from {{ places }}.size_group
    and {{ enterprise }}.{{ count_column }} = {{ places }}.{{ count_column }}
{%- endmacro %}

{#- What an event still weighs: `decay` times as much with every full `every` calendar months of age. -#}
{% macro decayed_weight(event_on, decay, every) -%}
    power({{ decay }}, floor({{ calendar_months(event_on) }} / cast({{ every }} as double)))
{%- endmacro %}

{#- Calendar months from a date to the month in force: 0 in the same month. Counted as window_start counts, whose windows
    of n months cover n calendar months, so that an event leaves a window exactly when it reaches that age. -#}
{% macro calendar_months(from_date) -%}
    ((year({{ month_end() }}) - year({{ from_date }})) * 12 + month({{ month_end() }}) - month({{ from_date }}))
{%- endmacro %}
