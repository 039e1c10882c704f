{#- Incremental strategy: the month in force is replaced as a whole, every other month stays untouched. Unlike
    delete+insert it also empties a month that has no rows any more, and compares with a literal, so that DuckLake
    drops the month's files instead of searching all of them.
    Says how many rows the month has now; orchestration.warehouse.dbt listens. Counting them here is free, asking the lake
    afterwards costs as much as several models. -#}
{% macro get_incremental_replace_month_sql(arguments) -%}
    {%- set columns = arguments["dest_columns"] | map(attribute="quoted") | join(", ") -%}
    {%- set counted = run_query("select count(*) from " ~ arguments["temp_relation"]) -%}
    {%- if execute -%}
        {%- do log("ecr_rows " ~ model["unique_id"] ~ " " ~ counted.rows[0][0]) -%}
    {%- endif -%}
    delete from {{ arguments["target_relation"] }} where month = {{ month() }};
    insert into {{ arguments["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arguments["temp_relation"] }};
{%- endmacro %}
