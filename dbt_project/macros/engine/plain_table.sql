{#- Materialization: a table in one statement, for what lives in the memory of one run and is read by something that costs
    more with every step beneath it than the rows cost to keep. dbt's own builds a second table and renames it. With in_order
    the rows are written in order of enterprise_id, for tables that are read side by side. -#}
{% materialization plain_table, adapter="duckdb" %}
    {%- set target_relation = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement("main", fetch_result=True) -%}
        create or replace table {{ target_relation }} as (
            {{ compiled_code }}
        )
        {%- if config.get("in_order") %} order by enterprise_id{% endif %}
    {%- endcall %}
    {%- if config.get("contract").enforced -%}
        {%- do keep_contract(adapter.get_columns_in_relation(target_relation)) -%}
    {%- endif -%}
    {%- do tell_rows(rows_written()) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
