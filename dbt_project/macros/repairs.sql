{#- What credit repair (信用修复) leaves of a record: 1, or `weight` once it is repaired, as a SQL expression. `record` is the alias
    of a row with repaired_on, which staging fills from the month of the decision on. -#}
{% macro unless_repaired(record, weight) -%}
    case when {{ record }}.repaired_on is null then 1.0 else {{ weight }} end
{%- endmacro %}
