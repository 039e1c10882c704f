{#- Whether two tables hold the same values, without joining them. Engines differ in their hash of a value. -#}

{#- A number over all values of a column, as an aggregate: the same for the same values in whatever order, and another
    one if a value is missing, is there twice or differs. Null without rows. -#}
{% macro checksum(column) -%}
    {{ return(adapter.dispatch("checksum")(column)) }}
{%- endmacro %}

{% macro duckdb__checksum(column) -%}
    sum(hash({{ column }}))
{%- endmacro %}

{% macro spark__checksum(column) -%}
    sum(cast(xxhash64({{ column }}) as decimal(38, 0)))
{%- endmacro %}
