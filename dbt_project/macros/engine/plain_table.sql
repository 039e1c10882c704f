{#- Materialization: a table in one statement, for what lives in the memory of one run and is read by something that costs
    more with every step beneath it than the rows cost to keep. dbt's own builds a second table and renames it. -#}
{% materialization plain_table, adapter="duckdb" %}
    {%- set target_relation = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement("main") -%}
        create or replace table {{ target_relation }} as (
            {{ compiled_code }}
        )
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
