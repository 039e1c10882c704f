{#- The month in force and what follows from it. Nothing here asks the clock: month M is a function of its inputs. -#}

{#- The month in force as a text literal, e.g. '2026-05'. -#}
{% macro month() -%}
    '{{ env_var("ECR_MONTH", "2000-01") }}'
{%- endmacro %}

{#- Last day of the month in force, or of the month `shift` months after it (before, if negative), as a date literal. -#}
{% macro month_end(shift=0) -%}
    {%- set parts = env_var("ECR_MONTH", "2000-01").split("-") -%}
    {#- first day of the following month, less one day -#}
    {%- set index = (parts[0] | int) * 12 + (parts[1] | int) + shift -%}
    {%- set following = modules.datetime.date(index // 12, index % 12 + 1, 1) -%}
    date '{{ following - modules.datetime.timedelta(days=1) }}'
{%- endmacro %}

{#- Calendar year of the month in force, as a number. -#}
{% macro year() -%}
    {{ env_var("ECR_MONTH", "2000-01").split("-")[0] | int }}
{%- endmacro %}

{#- Window of an indicator in months, from the catalogue version in force. -#}
{% macro window_months(indicator) -%}
    {%- set windows = fromjson(env_var("ECR_WINDOWS", "{}")) -%}
    {%- if indicator not in windows and execute -%}
        {{ exceptions.raise_compiler_error("The catalogue has no window_months for " ~ indicator ~ "; add it to indicators.csv.") }}
    {%- endif -%}
    {{ windows.get(indicator, 12) }}
{%- endmacro %}

{#- Day before an indicator's window opens, as a date literal: an event on day d counts when
    d > window_start and d <= month_end. A window of n months covers exactly n calendar months. -#}
{% macro window_start(indicator) -%}
    {{ month_end(0 - (window_months(indicator) | int)) }}
{%- endmacro %}
