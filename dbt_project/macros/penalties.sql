{#- What H0403 and H0601 share about penalties (行政处罚). -#}

{#- Whether a row of stg_c06_penalties counts as a penalty of the enterprise, as a boolean SQL expression, never null: not
    of a natural person (自然人), not a summary case (简易程序), not a mere warning, that is kind 1 and no money. -#}
{% macro is_counted_penalty(penalty) -%}
    (
        coalesce({{ penalty }}.subject_kind = '1', false)
        and not coalesce({{ penalty }}.summary_procedure, false)
        and not coalesce(
            {{ penalty }}.penalty_kind = '1'
            and coalesce({{ penalty }}.fine, 0) + coalesce({{ penalty }}.confiscation, 0) = 0,
            false
        )
    )
{%- endmacro %}

{#- Whether another department than market regulation decided a row of stg_c06_penalties; null where nobody is named. -#}
{% macro is_of_other_department(penalty) -%}
    ({{ penalty }}.authority_code <> 'market_regulation')
{%- endmacro %}
