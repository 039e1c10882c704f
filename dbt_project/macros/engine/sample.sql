{#- One partition of a decided table, month and region, that stands for the others where all rows are treated alike. -#}

{#- The newest month of a table and a region of it, as a list of two texts: the smallest region of a thousand rows or more, else
    the largest. Both go into queries as literals: a filter that is a subquery is not carried down to the files. -#}
{% macro newest_partition(relation) -%}
    {%- if not execute -%}
        {{ return(["", ""]) }}
    {%- endif -%}
    {%- set found = run_query(
        "select month, region_code from " ~ relation ~ " where month = (select max(month) from " ~ relation ~ ")"
        ~ " group by month, region_code"
        ~ " order by count(*) < 1000, abs(count(*) - 1000), region_code limit 1"
    ) -%}
    {{ return(found.rows[0].values() | list if found.rows | length else ["", ""]) }}
{%- endmacro %}
