{#- What several indicators share. Engine differences belong in macros/engine, dates that follow from the month in time. -#}

{#- Where a count stands among peers, 0 to 1 (同行业同规模分位): the share of all peers, the enterprise included, that have
    strictly fewer. 0 where the count is 0. Ties get the lower place, and the highest place among n is 1 - 1/n, so
    nobody stands above P95 among twenty or fewer. Peers: same industry_section and size_group, which the relation
    must have, with one row per enterprise of the spine. -#}
{% macro peer_percentile(count_column) -%}
    case
        when {{ count_column }} = 0 then 0.0
        else
            (rank() over (partition by industry_section, size_group order by {{ count_column }}) - 1)
            / cast(count(*) over (partition by industry_section, size_group) as double)
    end
{%- endmacro %}

{#- Calendar months from a date to the month in force: 0 in the same month. Counted as window_start counts, whose windows
    of n months cover n calendar months, so that an event leaves a window exactly when it reaches that age. -#}
{% macro calendar_months(from_date) -%}
    ((year({{ month_end() }}) - year({{ from_date }})) * 12 + month({{ month_end() }}) - month({{ from_date }}))
{%- endmacro %}
