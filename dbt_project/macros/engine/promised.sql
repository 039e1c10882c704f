{#- What the materializations of this project share: contracts, and rows told to orchestration.warehouse.dbt. -#}

{#- Whether columns are those of the model's YAML, in name, order apart, and in type. -#}
{% macro _as_promised(columns) -%}
    {%- set promised = {} -%}
    {%- for name, column in model["columns"].items() -%}
        {%- do promised.update({name | lower: column["data_type"] | upper}) -%}
    {%- endfor -%}
    {%- set found = {} -%}
    {%- for column in columns -%}
        {%- do found.update({column.name | lower: column.data_type | upper}) -%}
    {%- endfor -%}
    {{ return(promised == found) }}
{%- endmacro %}

{#- Refuse a model with an enforced contract whose columns are others; dbt's own check tells the differences in a table. -#}
{% macro keep_contract(columns) -%}
    {%- if config.get("contract").enforced and not _as_promised(columns) -%}
        {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- endif -%}
{%- endmacro %}

{#- How many rows the statement `main` wrote, as its result tells. -#}
{% macro rows_written() -%}
    {{ return(load_result("main").table.rows[0][0]) }}
{%- endmacro %}

{#- Say how many rows of the model were written; orchestration.warehouse.dbt listens. Counting them afterwards would cost as
    much as several models. -#}
{% macro tell_rows(rows) -%}
    {%- do log("ecr_rows " ~ model["unique_id"] ~ " " ~ rows) -%}
{%- endmacro %}
