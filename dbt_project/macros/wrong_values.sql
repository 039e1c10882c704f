{#- Counts of values outside what a column may hold, one aggregate per column, for the test indicator_holds.

    values: column -> {min, max} (numbers, both allowed, each may be missing) or {in: [...]} (categories). -#}
{% macro wrong_values(values) -%}
    {%- for column, rule in values.items() %}
    {%- if "in" in rule -%}
        {%- set bad = column ~ " not in ('" ~ rule["in"] | join("', '") ~ "')" -%}
    {%- else -%}
        {%- set low, high = rule.get("min", column), rule.get("max", column) -%}
        {%- set bad = "not (" ~ column ~ " >= " ~ low ~ " and " ~ column ~ " <= " ~ high ~ ")" -%}
    {%- endif -%}
    count(*) filter (where {{ bad }}) as wrong_{{ column }}{{ ", " if not loop.last }}
    {%- endfor %}
{%- endmacro %}
