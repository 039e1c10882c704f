{#- Materialization: a view in one statement. dbt's own builds a second view and renames it, which matters where a reader may
    look in between; staging views live in the memory of one run, and `create or replace` is atomic in DuckLake too. -#}
{% materialization plain_view, adapter="duckdb" %}
    {%- set target_relation = this.incorporate(type="view") -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement("main") -%}
        create or replace view {{ target_relation }} as (
            {{ compiled_code }}
        )
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
