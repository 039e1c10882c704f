{#- Slices of the enterprises of a month: ranges of enterprise_id of about equal size. What joins many relations over all enterprises
    needs room for all of them at once; in slices it needs room for one, and reads each relation only where the slice lies. -#}

{#- Whether a row is of the slice in hand; every row is where no slice has been chosen. -#}
{% macro in_slice(enterprise_id="enterprise_id") -%}
    {{ return(adapter.dispatch("in_slice")(enterprise_id)) }}
{%- endmacro %}

{% macro duckdb__in_slice(enterprise_id) -%}
    coalesce({{ enterprise_id }} >= getvariable('slice_from') and {{ enterprise_id }} < getvariable('slice_until'), true)
{%- endmacro %}

{#- The slices of the spine of the month, as a list of pairs of bounds; a bound is none at either end. -#}
{% macro slices_of(spine, rows) -%}
    {%- set found = run_query(
        "select enterprise_id from (select enterprise_id, row_number() over (order by enterprise_id) as place from " ~ spine
        ~ " where month = " ~ month() ~ ") as placed where place % " ~ rows ~ " = 0 order by enterprise_id"
    ) -%}
    {%- set bounds = [none] + (found.columns[0].values() | list) + [none] -%}
    {%- set slices = [] -%}
    {%- for at in range(bounds | length - 1) -%}
        {%- do slices.append((bounds[at], bounds[at + 1])) -%}
    {%- endfor -%}
    {{ return(slices) }}
{%- endmacro %}

{#- Choose a slice for the queries that follow. -#}
{% macro choose_slice(slice) -%}
    {%- for name, bound in (("slice_from", slice[0]), ("slice_until", slice[1])) -%}
        {%- set text = "null" if bound is none else "'" ~ bound | replace("'", "''") ~ "'" -%}
        {%- do run_query("set variable " ~ name ~ " = cast(" ~ text ~ " as varchar)") -%}
    {%- endfor -%}
{%- endmacro %}
