{#- Ends that are known beforehand, as the first month (text) in which a record counts no more; null without a day. Put
    together with the window by least(), which passes over nulls. -#}

{#- Of a record that counts while its day of ending is after the last day of the month. -#}
{% macro ends_in(ended_on) -%}
    left(cast({{ ended_on }} as varchar), 7)
{%- endmacro %}

{#- Of a record that counts while its last day is not before the last day of the month. -#}
{% macro lapses_in(last_day) -%}
    left(cast({{ days_after(last_day, 1) }} as varchar), 7)
{%- endmacro %}
