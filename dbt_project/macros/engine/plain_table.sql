{#- Materialization: a table in one statement, for what lives in the memory of one run and is read by something that costs
    more with every step beneath it than the rows cost to keep. dbt's own builds a second table and renames it.
    With in_order the rows are kept as slices are read: in order of enterprise_id, without the columns that are the same in
    every such table (slices). The model itself is then a view that puts these columns back. -#}
{% materialization plain_table, adapter="duckdb" %}
    {%- set in_order = config.get("in_order") -%}
    {%- set target_relation = this.incorporate(type="view" if in_order else "table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if in_order -%}
        {%- do keep_order(ref("enterprise")) -%}
    {%- endif -%}
    {% call statement("main", fetch_result=True) -%}
        create or replace table {{ kept_rows(target_relation) if in_order else target_relation }} as (
            {{ rows_in_order(compiled_code) if in_order else compiled_code }}
        )
    {%- endcall %}
    {%- if in_order -%}
        {%- do run_query("create or replace view " ~ target_relation ~ " as " ~ all_columns(target_relation, ref("enterprise"))) -%}
    {%- endif -%}
    {%- if config.get("contract").enforced -%}
        {%- do keep_contract(adapter.get_columns_in_relation(target_relation)) -%}
    {%- endif -%}
    {%- do tell_rows(rows_written()) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
