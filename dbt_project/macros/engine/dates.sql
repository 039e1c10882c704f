{#- Dates where engines differ. One implementation per engine, chosen by dbt's dispatch. -#}

{#- Whole months from one date to another: 2016-06-30 to 2026-06-30 is 120. -#}
{% macro whole_months(from_date, to_date) -%}
    {{ return(adapter.dispatch("whole_months")(from_date, to_date)) }}
{%- endmacro %}

{% macro duckdb__whole_months(from_date, to_date) -%}
    date_sub('month', {{ from_date }}, {{ to_date }})
{%- endmacro %}

{% macro spark__whole_months(from_date, to_date) -%}
    cast(floor(months_between({{ to_date }}, {{ from_date }})) as bigint)
{%- endmacro %}

{#- A date moved by whole months (back, if negative). -#}
{% macro months_after(from_date, months) -%}
    {{ return(adapter.dispatch("months_after")(from_date, months)) }}
{%- endmacro %}

{% macro duckdb__months_after(from_date, months) -%}
    cast({{ from_date }} + to_months({{ months }}) as date)
{%- endmacro %}

{% macro spark__months_after(from_date, months) -%}
    add_months({{ from_date }}, {{ months }})
{%- endmacro %}

{#- A date moved by days (back, if negative). -#}
{% macro days_after(from_date, days) -%}
    {{ return(adapter.dispatch("days_after")(from_date, days)) }}
{%- endmacro %}

{% macro duckdb__days_after(from_date, days) -%}
    cast({{ from_date }} + to_days({{ days }}) as date)
{%- endmacro %}

{% macro spark__days_after(from_date, days) -%}
    date_add({{ from_date }}, {{ days }})
{%- endmacro %}
