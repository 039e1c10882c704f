{#- Stand-ins for the linter, which reads the models without dbt: each macro of `macros/` as the kind of SQL it writes.
    dbt does not read this folder. -#}
{% macro env_var(name, default="{}") -%}{{ default }}{%- endmacro %}
{% macro fromjson(text) -%}{%- endmacro %}
{% macro month() -%}'2026-05'{%- endmacro %}
{% macro month_end(shift=0) -%}date '2026-05-31'{%- endmacro %}
{% macro window_start(indicator) -%}date '2023-05-31'{%- endmacro %}
{% macro window_months(indicator) -%}36{%- endmacro %}
{% macro parameter(indicator, name) -%}1{%- endmacro %}
{% macro is_counted_penalty(penalty) -%}({{ penalty }}.subject_kind = '1'){%- endmacro %}
{% macro year() -%}2026{%- endmacro %}
{% macro report_year_due() -%}2024{%- endmacro %}
{% macro fresh(feed) -%}(select bool_or(fresh) from feed_freshness where feed = '{{ feed }}'){%- endmacro %}
{% macro as_known(feed, key, columns) -%}select * from {{ feed }}{%- endmacro %}
{% macro whole_months(from_date, to_date) -%}date_sub('month', {{ from_date }}, {{ to_date }}){%- endmacro %}
{% macro months_after(from_date, months) -%}cast({{ from_date }} as date){%- endmacro %}
{% macro days_after(from_date, days) -%}cast({{ from_date }} as date){%- endmacro %}
{% macro calendar_months(from_date) -%}(month({{ from_date }})){%- endmacro %}
{% macro peer_percentile(count_column) -%}{{ count_column }}{%- endmacro %}
{% macro plain_text(column) -%}upper({{ column }}){%- endmacro %}
{% macro capital_in_text(column) -%}try_cast({{ column }} as double){%- endmacro %}
{% macro currency_in_text(column) -%}upper({{ column }}){%- endmacro %}
{% macro scoring_rules() -%}{%- endmacro %}
{% macro known_codes() -%}{%- endmacro %}
{% macro level2_model(models, code) -%}{%- endmacro %}
{% macro versions_of_codes() -%}{%- endmacro %}
{% macro catalogue_version() -%}v1{%- endmacro %}
{% macro month_before(column) -%}left({{ column }}, 7){%- endmacro %}
{% macro class_counts(relation, dimension=none) -%}compared as (
    select * from {{ relation }}
){%- endmacro %}
{% macro rows_of(columns, rows) -%}unnest([1]){%- endmacro %}
{% macro wrong_values(values) -%}count(*) as wrong_value{%- endmacro %}
