{#- Materialization: the month in force of a table in the lake. The month is replaced as a whole and every other month stays
    untouched: `delete` compares with a literal, so that DuckLake drops the month's files instead of searching all of them, and
    `insert` streams from the query into Parquet. dbt's incremental builds a temporary table first, which costs a second pass
    over everything and room for all of it. A query of many branches would hold what all of them need at once: one that says
    next_part() between them is written part by part, and needs room for the largest. With slice_rows the query is written for so
    many enterprises at a time (slices): what it reads must be read side by side (side_by_side).
    A query whose columns are not those of the table is refused before anything is deleted; with
    on_schema_change=append_new_columns columns that are new are added, and are null in the months computed before. -#}
{% materialization month_partition, adapter="duckdb" %}
    {%- set target = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set columns = adapter.get_column_schema_from_query(get_empty_subquery_sql(compiled_code)) -%}
    {%- do keep_contract(columns) -%}
    {%- if load_cached_relation(this) is none -%}
        {%- do run_query(_create_by_month(target, columns)) -%}
    {%- else -%}
        {%- do _agree_with_table(target, columns) -%}
    {%- endif -%}
    {%- set names = columns | map(attribute="quoted") | join(", ") -%}
    {%- do run_query("delete from " ~ target ~ " where month = " ~ month()) -%}
    {%- set written = [] -%}
    {%- set rows = config.get("slice_rows") -%}
    {%- set slices = slices_of(this.incorporate(path={"identifier": "enterprise"}), rows) if rows else [(none, none)] -%}
    {%- for slice in slices -%}
        {%- if rows -%}{%- do choose_slice(slice) -%}{%- endif -%}
        {%- for part in compiled_code.split(next_part()) -%}
            {% call statement("main", fetch_result=True) -%}
                insert into {{ target }} ({{ names }})
                {{ part }}
            {%- endcall %}
            {%- do written.append(rows_written()) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if rows -%}{%- do choose_slice((none, none)) -%}{%- endif -%}
    {%- do tell_rows(written | sum) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{#- Stands for `union all` between two queries in brackets, and makes a statement of its own of each; one transaction all the
    same. -#}
{% macro next_part() -%}
    {{ return("union all -- next part") }}
{%- endmacro %}

{% macro _create_by_month(target, columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append(column.quoted ~ " " ~ column.data_type) -%}
    {%- endfor -%}
    create table {{ target }} ({{ parts | join(", ") }});
    alter table {{ target }} set partitioned by (month)
{%- endmacro %}

{#- Refuse a query that does not fit the table; add columns that are new where the model says so. -#}
{% macro _agree_with_table(target, columns) -%}
    {%- set kept = {} -%}
    {%- for column in adapter.get_columns_in_relation(target) -%}
        {%- do kept.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {%- set faults = [] -%}
    {%- set names = [] -%}
    {%- for column in columns -%}
        {%- do names.append(column.name) -%}
        {%- if column.name not in kept and config.get("on_schema_change") == "append_new_columns" -%}
            {%- do run_query("alter table " ~ target ~ " add column " ~ column.quoted ~ " " ~ column.data_type) -%}
        {%- elif column.name not in kept -%}
            {%- do faults.append(column.name ~ " is new") -%}
        {%- elif kept[column.name] != column.data_type -%}
            {%- do faults.append(column.name ~ " is " ~ column.data_type ~ " and was " ~ kept[column.name]) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if config.get("on_schema_change") != "append_new_columns" -%}
        {%- for name in kept if name not in names -%}
            {%- do faults.append(name ~ " is gone") -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if faults -%}
        {%- do exceptions.raise_compiler_error(
            "the columns of " ~ this.identifier ~ " are not those of its table in the lake: " ~ faults | join(", ")
            ~ "; mend the model, or give the table a new name"
        ) -%}
    {%- endif -%}
{%- endmacro %}
