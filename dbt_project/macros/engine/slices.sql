{#- Tables side by side, and slices of them. What is known of an enterprise lies in many tables of the run's memory, each with
    exactly one row for every enterprise (test `indicator_holds`), written in order of enterprise_id. So they are read row
    beside row: a join by enterprise_id costs ten times as much and needs room for all tables at once. A slice is a range of
    those rows; what joins or widens many columns needs room for one slice only. -#}

{#- The FROM clause over tables in the order of enterprise_id: `first`, then `others`, a mapping alias -> relation. Only the
    rows of the slice in hand; all rows where no slice has been chosen. -#}
{% macro side_by_side(alias, first, others) -%}
    {{ return(adapter.dispatch("side_by_side")(alias, first, others)) }}
{%- endmacro %}

{% macro duckdb__side_by_side(alias, first, others) -%}
    {%- set rows = "where rowid >= coalesce(getvariable('slice_from'), 0)"
        ~ " and rowid < coalesce(getvariable('slice_until'), 9223372036854775807)" -%}
from (select * from {{ first }} {{ rows }}) as {{ alias }}
    {%- for name, relation in others.items() %}
positional join (select * from {{ relation }} {{ rows }}) as {{ name }}
    {%- endfor -%}
{%- endmacro %}

{% macro spark__side_by_side(alias, first, others) -%}
from {{ first }} as {{ alias }}
    {%- for name, relation in others.items() %}
left join {{ relation }} as {{ name }} on {{ alias }}.enterprise_id = {{ name }}.enterprise_id
    {%- endfor -%}
{%- endmacro %}

{#- enterprise_id of rows side by side. Order is a promise of whoever wrote the tables; one row beside another enterprise's,
    and the query stops. -#}
{% macro same_enterprise(alias, others) -%}
    {{ return(adapter.dispatch("same_enterprise")(alias, others)) }}
{%- endmacro %}

{% macro duckdb__same_enterprise(alias, others) -%}
    case
        when
            {%- for name in others %}
            {{ "and " if not loop.first }}{{ name }}.enterprise_id = {{ alias }}.enterprise_id
            {%- endfor %}
            then {{ alias }}.enterprise_id
        else error('the indicators of the month are not in the order of the enterprises; this is an error of the platform')
    end
{%- endmacro %}

{% macro spark__same_enterprise(alias, others) -%}
    {{ alias }}.enterprise_id
{%- endmacro %}

{#- The slices of the spine of the month, as a list of pairs of row numbers: from, and until but not including. -#}
{% macro slices_of(spine, rows) -%}
    {%- set found = run_query("select count(*) from " ~ spine ~ " where month = " ~ month()) -%}
    {%- set slices = [] -%}
    {%- for start in range(0, [found.columns[0].values()[0] | int, 1] | max, rows) -%}
        {%- do slices.append((start, start + rows)) -%}
    {%- endfor -%}
    {{ return(slices) }}
{%- endmacro %}

{#- Choose a slice for the queries that follow; none for both bounds is all rows. -#}
{% macro choose_slice(slice) -%}
    {%- for name, bound in (("slice_from", slice[0]), ("slice_until", slice[1])) -%}
        {%- do run_query("set variable " ~ name ~ " = cast(" ~ ("null" if bound is none else bound) ~ " as bigint)") -%}
    {%- endfor -%}
{%- endmacro %}

{#- Between `as` and the bracket of a common table expression: it is computed first and kept, for the slice. What a join leaves
    is chosen rows of many tables, and every expression over it would gather them anew. -#}
{% macro kept_apart() -%}
    {{ return(adapter.dispatch("kept_apart")()) }}
{%- endmacro %}

{% macro duckdb__kept_apart() -%}
    materialized
{%- endmacro %}

{% macro spark__kept_apart() -%}
{%- endmacro %}
