{#- Tables side by side, and slices of them. What is known of an enterprise lies in many tables of the run's memory, each with
    exactly one row for every enterprise (test `indicator_holds`), written in order of enterprise_id. So they are read row
    beside row: a join by enterprise_id costs ten times as much and needs room for all tables at once. A slice is a range of
    those rows; what joins or widens many columns needs room for one slice only.
    Of such a model the table `<model>__rows` is kept. It has neither month nor enterprise_id, which stand once, in the rows
    of the spine (`keep_order`), and would be half of what the memory of a run holds; four bytes of a hash of enterprise_id
    stay, enterprise_mark, by which rows are seen to lie beside those of the same enterprise. -#}

{#- The table that holds the rows of a model that is written in order, or of the spine. -#}
{% macro kept_rows(relation) -%}
    {{ return(relation.incorporate(path={"database": "memory", "identifier": relation.identifier ~ "__rows"}, type="table")) }}
{%- endmacro %}

{#- Of the rows of an enterprise in all these tables the same, and of another enterprise's hardly ever. -#}
{% macro _mark(column) -%}
    cast(hash({{ column }}) >> 32 as uinteger)
{%- endmacro %}

{#- Make the rows of the spine of the month in force, once in a run. -#}
{% macro keep_order(spine) -%}
    {%- do run_query("create schema if not exists " ~ kept_rows(spine).without_identifier()) -%}
    {%- do run_query(
        "create table if not exists " ~ kept_rows(spine) ~ " as select " ~ _mark("enterprise_id")
        ~ " as enterprise_mark, enterprise_id, region_code from " ~ spine ~ " where month = " ~ month()
        ~ " order by enterprise_id"
    ) -%}
{%- endmacro %}

{#- The rows of a query with month and enterprise_id as they are kept: those of the month in force. -#}
{% macro rows_in_order(query) -%}
    select
        {{ _mark("enterprise_id") }} as enterprise_mark,
        * exclude (month, enterprise_id)
    from (
        {{ query }}
    )
    where month = {{ month() }}
    order by enterprise_id
{%- endmacro %}

{#- The query of a model whose rows are kept that way, with all its columns. -#}
{% macro all_columns(relation, spine) -%}
    select
        {{ month() }} as month,
        {{ same_enterprise("enterprise", ["found"]) }} as enterprise_id,
        found.* exclude (enterprise_mark)
    {{ beside_spine("enterprise", spine, "found", relation) }}
{%- endmacro %}

{#- The FROM clause over tables in the order of enterprise_id: `first`, the spine, then `others`, a mapping alias -> relation.
    Only the rows of the slice in hand; all rows where no slice has been chosen. -#}
{% macro side_by_side(alias, first, others) -%}
    {{ return(adapter.dispatch("side_by_side")(alias, first, others)) }}
{%- endmacro %}

{% macro duckdb__side_by_side(alias, first, others) -%}
    {%- set rows = "where rowid >= coalesce(getvariable('slice_from'), 0)"
        ~ " and rowid < coalesce(getvariable('slice_until'), 9223372036854775807)" -%}
from (select * from {{ kept_rows(first) }} {{ rows }}) as {{ alias }}
    {%- for name, relation in others.items() %}
positional join (select * from {{ kept_rows(relation) }} {{ rows }}) as {{ name }}
    {%- endfor -%}
{%- endmacro %}

{% macro spark__side_by_side(alias, first, others) -%}
from (select * from {{ first }} where month = {{ month() }}) as {{ alias }}
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
            {{ "and " if not loop.first }}{{ name }}.enterprise_mark = {{ alias }}.enterprise_mark
            {%- endfor %}
            then {{ alias }}.enterprise_id
        else error('the indicators of the month are not in the order of the enterprises; this is an error of the platform')
    end
{%- endmacro %}

{% macro spark__same_enterprise(alias, others) -%}
    {{ alias }}.enterprise_id
{%- endmacro %}

{#- The FROM clause over the spine of the month and one table in its order, the rows of both whole, too many and too few seen
    as nulls of the other; and what says that there is a row of one of them, the same for the same enterprise. -#}
{% macro beside_spine(alias, spine, name, relation) -%}
    {{ return(adapter.dispatch("beside_spine")(alias, spine, name, relation)) }}
{%- endmacro %}

{% macro duckdb__beside_spine(alias, spine, name, relation) -%}
from {{ kept_rows(spine) }} as {{ alias }}
positional join {{ kept_rows(relation) }} as {{ name }}
{%- endmacro %}

{% macro spark__beside_spine(alias, spine, name, relation) -%}
from (select * from {{ spine }} where month = {{ month() }}) as {{ alias }}
full outer join {{ relation }} as {{ name }} on {{ alias }}.enterprise_id = {{ name }}.enterprise_id
{%- endmacro %}

{% macro enterprise_mark(alias) -%}
    {{ return(adapter.dispatch("enterprise_mark")(alias)) }}
{%- endmacro %}

{% macro duckdb__enterprise_mark(alias) -%}
    {{ alias }}.enterprise_mark
{%- endmacro %}

{% macro spark__enterprise_mark(alias) -%}
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
