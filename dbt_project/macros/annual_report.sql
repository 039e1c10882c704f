{#- Year of the latest annual report (年报) that is due: the report on year Y is due by 30 June of Y + 1, and is missing only once
    that day has passed, so the year turns with the month of July. -#}
{% macro report_year_due() -%}
    {%- set parts = env_var("ECR_MONTH", "2000-01").split("-") -%}
    {{ (parts[0] | int) - (1 if (parts[1] | int) >= 7 else 2) }}
{%- endmacro %}
